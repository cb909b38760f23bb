"""What every forwarder promises of a file that its service does not take, for now or for good."""

# ruff: noqa: S101, D102  a suite asserts, and its tests are named by what they prove

from dataclasses import astuple
from typing import Any

import pytest

from forwarders.base import Attachment, Forwarder, Message, MessageRefused
from testkit.case import Delivery, HttpCase
from testkit.private import nothing_shows

FILE = Attachment("view.txt", "text/plain", b"what the file holds")
OTHER = Attachment("other.txt", "text/plain", b"what another holds")
WORDS = "look at this"
MESSAGE = Message(title="MMS", text=WORDS, attachments=(FILE,))
BOTH = Message(title="MMS", text=WORDS, attachments=(FILE, OTHER))


class Filing:
    """A file costs no words, no other file, and is dropped only for good and not in silence."""

    async def test_a_forwarder_of_files_knows_how_they_are_refused(
        self, over_http: HttpCase, forwarder: Forwarder[Any]
    ) -> None:
        if any(FILE.data in _flat(astuple(post)) for post in forwarder.plan(MESSAGE)):
            kinds = {each.failure for each in over_http.file_refusals.values()}
            assert kinds - {MessageRefused}, "set `file_refusals`: how the service refuses a file for now"

    async def test_a_file_that_is_refused_for_now_follows_at_the_repeat(
        self, over_http: HttpCase, forwarder: Forwarder[Any], for_now: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        refusal = over_http.file_refusals[for_now]
        over_http.refuse_files(refusal.answer)
        delivery = Delivery(forwarder, MESSAGE)

        failure = await delivery.attempt()

        assert type(failure) is refusal.failure
        assert _times(over_http, WORDS) == (1 if refusal.words else 0)
        nothing_shows(over_http, [caplog.text, failure])
        over_http.refuse_files(None)
        assert await delivery.attempt() is None
        assert (_times(over_http, WORDS), _times(over_http, FILE.data.decode())) == (1, 1)

    async def test_a_file_that_is_refused_for_good_is_mentioned_and_reported(
        self, over_http: HttpCase, forwarder: Forwarder[Any], for_good: str
    ) -> None:
        over_http.refuse_files(over_http.file_refusals[for_good].answer)
        delivery = Delivery(forwarder, MESSAGE)

        failure = await delivery.attempt()

        assert type(failure) is MessageRefused
        assert all(reason for part in delivery.refused for reason in part.values())
        assert _times(over_http, WORDS) == _times(over_http, FILE.name) == 1
        attempts = over_http.attempts()
        assert type(await delivery.attempt()) is MessageRefused
        assert over_http.attempts() == attempts

    async def test_a_file_that_was_refused_for_good_can_be_replayed(
        self, over_http: HttpCase, forwarder: Forwarder[Any], for_good: str
    ) -> None:
        over_http.refuse_files(over_http.file_refusals[for_good].answer)
        delivery = Delivery(forwarder, MESSAGE)
        await delivery.attempt()

        over_http.refuse_files(None)
        delivery.replay()

        assert await delivery.attempt() is None
        assert (_times(over_http, WORDS), _times(over_http, FILE.data.decode())) == (1, 1)

    async def test_a_file_that_is_refused_for_good_costs_no_other(
        self, over_http: HttpCase, forwarder: Forwarder[Any], for_good: str
    ) -> None:
        over_http.refuse_files(over_http.file_refusals[for_good].answer, FILE.name)
        delivery = Delivery(forwarder, BOTH)

        failure = await delivery.attempt()

        assert type(failure) is MessageRefused
        assert sum(len(parts) for parts in delivery.refused) == 1
        assert (_times(over_http, WORDS), _times(over_http, OTHER.data.decode())) == (1, 1)
        over_http.refuse_files(None)
        delivery.replay()
        assert await delivery.attempt() is None
        shown = [_times(over_http, each.data.decode()) for each in (FILE, OTHER)]
        assert (_times(over_http, WORDS), shown) == (1, [1, 1])


def _times(case: HttpCase, words: str) -> int:
    return "\n".join(case.shown()).count(words)


def _flat(value: Any) -> list[Any]:
    return [leaf for each in value for leaf in _flat(each)] if isinstance(value, tuple) else [value]
