"""The contract suite itself: a forwarder of one's own keeps it, and broken ones are caught."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from forwarders import base
from forwarders.acceptance import has_id
from forwarders.base import Message, Misconfigured, Probe, TransientFailure
from forwarders.http import Http, retry_after
from forwarders.status import not_accepted
from forwarders.text import file_name, plain, split
from testkit.case import Answered, HttpCase, reads
from testkit.contract import Contract
from testkit.service import reply

PATH = "tests.forwarders.test_testing:Own"
TOKEN = "own-token-4b1f"


@dataclass(frozen=True, slots=True)
class OwnPost(base.Post):
    text: str = field(repr=False)


class Own(base.Forwarder[OwnPost]):
    class Options(base.Options):
        url: str
        token: SecretStr

    def __init__(self, options: Options, http: Http) -> None:
        self._options, self._http = options, http

    def plan(self, message: Message) -> tuple[OwnPost, ...]:
        files = [file_name(file) for file in message.attachments]
        return tuple(OwnPost(piece) for piece in split("\n".join([plain(message), *files]), 4000))

    async def send(self, post: OwnPost) -> str | None:
        token = {"Authorization": f"Bearer {self._options.token.get_secret_value()}"}
        answer = await self._http.request(
            "POST", self._options.url, headers=token, json={"text": post.text}, enough=has_id
        )
        if answer.status == 429 or answer.status >= 500:
            raise TransientFailure("it is busy", retry_after(answer))
        if answer.status >= 300:
            raise Misconfigured("the token is not accepted; set a new one")
        if not has_id(answer.body):
            raise not_accepted(answer, "the service")
        return None

    async def probe(self) -> Probe:
        return Probe("unknown", "it cannot be asked")


class OwnCase(HttpCase):
    path = PATH
    secrets = (TOKEN,)
    acceptance = b'{"id":1'
    answers: ClassVar = {
        "200": Answered(reply(200, {"id": 1}), None),
        "401": Answered(reply(401), Misconfigured),
        "429": Answered(reply(429, Retry_After="7"), TransientFailure, retry_after=7.0),
        "503": Answered(reply(503), TransientFailure),
    }

    def options(self) -> dict[str, Any]:
        return {"url": f"{self.service.url}/in", "token": TOKEN}

    def shown(self) -> Sequence[str]:
        return [request.json()["text"] for request in self.service.requests]


class Escaping(Own):
    """Puts a backslash before every sign, as a service with markup would need it."""

    def plan(self, message: Message) -> tuple[OwnPost, ...]:
        return tuple(OwnPost(re.sub(r"([^\w\s])", r"\\\1", post.text)) for post in super().plan(message))


class EscapingCase(OwnCase):
    path = "tests.forwarders.test_testing:Escaping"

    def shown(self) -> Sequence[str]:
        return [re.sub(r"\\(.)", r"\1", text) for text in super().shown()]


class TestEscaping(Contract):
    cases = (EscapingCase,)


class TestOwn(Contract):
    cases = (OwnCase,)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (["Title\n\nall of it"], "all of it"),
        (["Title\nall of", "2/2\nit"], "all of it"),
        (["Title\nall of\n", "all of it"], "all of\n\nit"),
        (["Title\nalloofit"], "alloofit"),
    ],
)
def test_a_reader_reads_over_decorations(shown: list[str], text: str) -> None:
    assert reads(shown, text)


@pytest.mark.parametrize(
    "shown", [["all of i"], ["ll of it"], ["all  of it"], ["it", "all of"], ["al", "of it"], []]
)
def test_a_reader_misses_what_is_missing(shown: list[str]) -> None:
    assert not reads(shown, "all of it")


def test_nothing_imports_the_suite_at_run_time() -> None:
    root = Path(__file__).parents[2]
    sources = [root / "main.py", *root.glob("relay/**/*.py"), *root.glob("forwarders/**/*.py")]

    assert [
        source.name
        for source in sources
        if "testkit" in source.read_text() and source.parent.name != "testing"
    ] == []
