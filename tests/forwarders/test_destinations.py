"""docs/destinations.md and the README say what each kind of destination can do; here it does it."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest

from forwarders import REGISTRY
from forwarders.base import Attachment, Message
from forwarders.http import Http
from testkit.case import Case, HttpCase, deliver
from tests.forwarders.cases.email import EmailBySmtps
from tests.forwarders.test_contract import CASES

pytestmark = pytest.mark.anyio

PICTURE = Attachment("view.png", "image/png", b"\x89PNG of this test")
MESSAGE = Message("SMS", text="words", code="481516", attachments=(PICTURE,), key="0f" * 32)
NOT = {"no", "named"}
"""What a cell says of what cannot be done."""


def table(page: Path) -> Mapping[str, Mapping[str, str]]:
    [found] = re.findall(r"^(\| type \|.*?)\n\n", page.read_text(), re.MULTILINE | re.DOTALL)
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()]
    return {row[0].strip("`"): dict(zip(head, row, strict=True)) for row in rows}


@pytest.fixture
def told(root: Path) -> Mapping[str, Mapping[str, str]]:
    return table(root / "docs" / "destinations.md")


def test_both_tables_are_the_same_and_have_every_kind(root: Path) -> None:
    first, second = table(root / "README.md"), table(root / "docs" / "destinations.md")

    assert first == second
    assert list(second) == list(REGISTRY)


def test_every_kind_has_its_section(root: Path) -> None:
    sections = re.findall(r"^## (\w+)$", (root / "docs" / "destinations.md").read_text(), re.MULTILINE)

    assert sections == list(REGISTRY)


async def wire(case: Case) -> bytes:
    """Return all that goes to the service when the message is delivered."""
    async with case.running():
        http = Http()
        await deliver(case.forwarder(http), MESSAGE)
        await http.aclose()
    if isinstance(case, HttpCase):
        return b"\n".join(request.body for request in case.service.requests)
    mails: list[Mail] = [mail.parsed for mail in case._house.mails] if isinstance(case, EmailBySmtps) else []
    return b"\n".join(mail.as_bytes() for mail in mails) or "\n".join(case.shown()).encode()


@pytest.mark.parametrize("kind", REGISTRY)
async def test_pictures_arrive_where_it_says_so(kind: str, told: Mapping[str, Mapping[str, str]]) -> None:
    forms = (PICTURE.data, b64encode(PICTURE.data))
    sent = b"\n".join([await wire(case()) for case in CASES[kind]])

    assert any(form in sent for form in forms) == (told[kind]["pictures"] not in NOT)


@pytest.mark.parametrize("kind", REGISTRY)
async def test_one_tap_copies_a_code_where_it_says_so(
    kind: str, told: Mapping[str, Mapping[str, str]]
) -> None:
    sent = await wire(CASES[kind][0]())

    assert (told[kind]["a code"] == "one tap copies it") == (b"copy_text" in sent or b'"copy"' in sent)
    assert b"481516" in sent


@pytest.mark.parametrize("kind", REGISTRY)
async def test_silent_and_threads_mean_something_where_it_says_so(
    kind: str, told: Mapping[str, Mapping[str, str]]
) -> None:
    for each in CASES[kind]:
        case = each()
        async with case.running():
            forwarder = case.forwarder(Http())
            quiet, other = replace(MESSAGE, silent=True), replace(MESSAGE, thread="another")
            plan, options = forwarder.plan(MESSAGE), forwarder.Options.model_fields

            threads = forwarder.plan(other) != plan or "thread_id" in options
            assert (forwarder.plan(quiet) != plan) == (told[kind]["silent"] not in NOT)
            assert threads == (told[kind]["threads"] not in NOT)


def test_all_that_is_shown_as_typed_is_under_contract(told: Mapping[str, Mapping[str, Any]]) -> None:
    assert {kind for kind, row in told.items() if row["text"] != "as typed"} == {"apprise"}
