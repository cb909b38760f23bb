"""Files that are not taken, seen from the relay's own attempts: what is settled is not sent again."""

import asyncio
from typing import Any

import pytest

from forwarders.base import Attachment, Failure, Message, MessageRefused
from forwarders.http import Http
from relay.delivery.attempt import Attempt
from relay.ledger.record import Progress
from testkit.service import Reply, reply
from tests.forwarders.cases.discord import DiscordCase
from tests.forwarders.cases.ntfy import NtfyCase
from tests.forwarders.cases.slack import SlackByBot
from tests.forwarders.cases.telegram import TelegramCase

pytestmark = pytest.mark.anyio

FILES = tuple(Attachment(f"{number}.txt", "text/plain", f"file {number}".encode()) for number in range(3))
MESSAGE = Message("MMS", "look at this", attachments=FILES)
CASES: dict[type[Any], tuple[Reply, Reply]] = {
    TelegramCase: (
        reply(400, {"ok": False, "description": "Bad Request: FILE_PART_0_MISSING"}),
        reply(400, {"ok": False, "description": "Bad Request: file is too big"}),
    ),
    DiscordCase: (Reply(413, b"<html>"), reply(413, {"code": 40005})),
    SlackByBot: (
        reply(200, {"ok": False, "error": "ratelimited"}),
        reply(200, {"ok": False, "error": "file_type_not_allowed"}),
    ),
}


async def attempted(forwarder: Any, known: Progress) -> Attempt:
    attempt = Attempt("a", known, "owner")
    try:
        async for _ in attempt.send(forwarder, forwarder.plan(MESSAGE)):
            pass
    except Failure as failure:
        attempt.fail(failure)
    return attempt


@pytest.mark.parametrize("kind", CASES)
async def test_a_file_is_owed_until_it_is_accepted_or_refused_for_good(kind: type[Any]) -> None:
    for_now, for_good = CASES[kind]
    case, http = kind(), Http()
    async with case.running():
        forwarder = case.forwarder(http)

        case.refuse_files(for_now)
        first = await attempted(forwarder, Progress())
        assert not first.accepted
        case.refuse_files(for_good, "1.txt")
        second = await attempted(forwarder, first.progress())
        assert type(second.failure) is MessageRefused
        case.refuse_files(None)
        third = await attempted(forwarder, second.progress())
        assert type(third.failure) is MessageRefused

        shown = "\n".join(case.shown())
        await http.aclose()
    words = [MESSAGE.text, "file 0", "file 1", "file 2", "1.txt"]
    assert [shown.count(each) for each in words] == [1, 1, 0, 1, 1]


@pytest.mark.parametrize("kind", [TelegramCase, DiscordCase, NtfyCase])
async def test_an_acceptance_of_a_file_whose_rest_never_comes_is_one(kind: type[Any]) -> None:
    case, http = kind(), Http()
    async with case.running(), asyncio.timeout(30):  # what is waited for would never come
        case.refuse_files(Reply(200, case.acceptance, length=500, unending=True))

        delivery = await attempted(case.forwarder(http), Progress())

        await http.aclose()
    assert delivery.accepted
