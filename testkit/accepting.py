"""What every forwarder promises of an answer that comes by HTTP: the service's own word counts."""

# ruff: noqa: S101, D102  a suite asserts, and its tests are named by what they prove

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from forwarders.base import Forwarder, Misconfigured, TransientFailure
from testkit.case import HttpCase
from testkit.private import attempt, nothing_shows
from testkit.service import Reply

PAGE = b"<!DOCTYPE html><html><title>Please log in</title><p>ok, welcome</p></html>"
STRANGE: Mapping[str, Reply] = {
    "nothing": Reply(200, b""),
    "a page of a portal": Reply(200, PAGE, {"Content-Type": "text/html"}),
    "a page of a proxy": Reply(203, PAGE, {"Content-Type": "text/html"}),
    "no content": Reply(204, b""),
    "a list": Reply(200, b"[]"),
    "a list of acceptances": Reply(200, b'[{"ok":true,"success":true,"id":"1"}]'),
    "an acceptance within": Reply(200, b'{"result":{"ok":true,"success":true,"id":"1"}}'),
    "an acceptance in words": Reply(200, b'{"ok":"true","success":"true","id":null}'),
    "a refusal in words": Reply(200, b'{"ok":"false"}'),
    "another service": Reply(200, b'{"status":"pass"}'),
    "a text": Reply(200, b'"ok"'),
    "a number": Reply(200, b"1"),
    "too deep": Reply(200, b'{"ok":' + b"[" * 100_000),
}
"""What a service never says to a post that it takes, with a status as if it had."""


class Accepting:
    """A post counts as accepted once the service has said so, and not before."""

    async def test_the_word_of_acceptance_is_known(self, over_http: HttpCase) -> None:
        assert hasattr(over_http, "acceptance"), "set `acceptance`: what the service says to a post it takes"

    @pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
    async def test_what_the_service_would_never_say_is_no_acceptance(
        self, over_http: HttpCase, forwarder: Forwarder[Any], strange: Reply, caplog: pytest.LogCaptureFixture
    ) -> None:
        if over_http.acceptance is None:
            return
        over_http.answer(strange)

        failure = await attempt(forwarder)

        assert type(failure) is Misconfigured
        assert over_http.attempts() == 1
        nothing_shows(over_http, [caplog.text, failure])

    async def test_an_acceptance_that_is_cut_off_is_one(
        self, over_http: HttpCase, forwarder: Forwarder[Any]
    ) -> None:
        if over_http.acceptance is None:
            return
        over_http.answer(Reply(200, over_http.acceptance, length=len(over_http.acceptance) + 500))

        assert await attempt(forwarder) is None

    async def test_an_acceptance_whose_rest_never_comes_is_one(
        self, over_http: HttpCase, forwarder: Forwarder[Any]
    ) -> None:
        if over_http.acceptance is None:
            return
        over_http.answer(
            Reply(200, over_http.acceptance, length=len(over_http.acceptance) + 500, unending=True)
        )

        async with asyncio.timeout(30):  # what is waited for would never come
            assert await attempt(forwarder) is None

    @pytest.mark.parametrize("begun", [b"", PAGE, b'{"result":'], ids=["nothing", "a page", "an object"])
    async def test_an_answer_that_is_cut_off_before_its_word_is_transient(
        self, over_http: HttpCase, forwarder: Forwarder[Any], begun: bytes
    ) -> None:
        if over_http.acceptance is None:
            return
        for cut in (begun, over_http.acceptance[:-1]):
            over_http.answer(Reply(200, cut, length=len(cut) + 500))

            assert type(await attempt(forwarder)) is TransientFailure
