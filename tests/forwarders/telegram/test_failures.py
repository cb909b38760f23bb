"""What Telegram refuses, and what the operator is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from forwarders.base import Message, MessageRefused, Misconfigured, TransientFailure
from forwarders.http import Http
from forwarders.telegram.request import build_bot
from testkit.service import Reply, Trouble, reply
from testkit.services import telegram
from testkit.services.telegram import Refused
from tests.forwarders.telegram.sending import forwarder, options, picture, shown

pytestmark = pytest.mark.anyio


# Another form, another chat


async def test_markup_that_is_refused_is_left_out(server: telegram.Telegram, http: Http) -> None:
    server.acts.append(Refused(400, "Bad Request: can't parse entities: Unsupported start tag").reply)

    [post], said = await shown(server, http, Message("A <3", "b & c", code="4815"))

    assert (post.text, post.bold, post.copies) == ("4815\nA <3\n\nb & c", "", "")
    assert said == ["sent without markup, which Telegram did not accept"]


async def test_a_button_that_is_refused_is_left_out(server: telegram.Telegram, http: Http) -> None:
    server.buttons = False

    [post], _ = await shown(server, http, Message("T", code="4815", attachments=(picture(),)))

    assert (post.method, post.text, post.copies) == ("sendPhoto", "4815\nT", "")


async def test_a_group_that_has_moved_is_followed_once(server: telegram.Telegram, http: Http) -> None:
    server.moved_to = -1009876543210

    [post], said = await shown(server, http, Message("T"))

    assert post.chat == "-1009876543210"
    assert said == ["the group has become a supergroup: set chat_id to -1009876543210"]


async def test_what_is_refused_for_its_length_is_refused_for_good(
    server: telegram.Telegram, http: Http
) -> None:
    server.always = Refused(400, "Bad Request: text is too long").reply

    with pytest.raises(MessageRefused):
        await shown(server, http, Message("T", "text"))


# What the operator is told


@pytest.mark.parametrize(
    ("status", "description", "mend"),
    [
        (400, "Bad Request: chat not found", "write to the bot first"),
        (400, "Bad Request: PEER_ID_INVALID", "check chat_id"),
        (400, "Bad Request: message thread not found", "check thread_id"),
        (400, "Bad Request: TOPIC_CLOSED", "topic is closed"),
        (400, "Bad Request: TOPIC_DELETED", "check thread_id"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "right to send"),
        (400, "Bad Request: need administrator rights in the channel chat", "right to send"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "right to send"),
        (400, "Bad Request: CHAT_RESTRICTED", "right to send"),
        (400, "Bad Request: group chat was upgraded to a supergroup chat", "new id"),
        (400, "Bad Request: BOT_GAME_WONDER", "for an unknown reason: try a test message"),
        (403, "Forbidden: bot was blocked by the user", "unblock"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "add it again"),
        (403, "Forbidden: bot is not a member of the channel chat", "add it"),
        (403, "Forbidden: bot can't initiate conversation with a user", "press Start"),
        (403, "Forbidden: bot can't send messages to bots", "is a bot"),
        (403, "Forbidden: user is deactivated", "does not exist any more"),
        (403, "Forbidden: the group chat was deleted", "does not exist any more"),
        (401, "Unauthorized", "BotFather"),
        (404, "Not Found", "api_url"),
        (302, "", "api_url"),
        (405, "", r"\(405\).*api_url"),
    ],
)
async def test_the_operator_is_told_what_to_do(
    server: telegram.Telegram, http: Http, status: int, description: str, mend: str
) -> None:
    server.always = Refused(status, description).reply

    with pytest.raises(Misconfigured, match=mend):
        await shown(server, http, Message("T"))

    assert server.attempts == 1


async def test_what_telegram_says_is_not_quoted(server: telegram.Telegram, http: Http) -> None:
    server.always = Refused(400, "Bad Request: strange words of a private text").reply

    with pytest.raises(Misconfigured) as caught:
        await shown(server, http, Message("T"))

    assert "private" not in caught.value.reason
    assert caught.value.__context__ is None


@pytest.mark.parametrize("delta", ["0", "1"])
async def test_a_wait_is_seconds_however_the_library_counts(
    server: telegram.Telegram, http: Http, monkeypatch: pytest.MonkeyPatch, delta: str
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", delta)
    server.always = Refused(429, "Too Many Requests: retry after 13", retry_after=13).reply

    with pytest.raises(TransientFailure) as caught:
        await shown(server, http, Message("T"))

    assert caught.value.retry_after == 13


@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_is_also_told_by_what_stands_before_telegram(
    server: telegram.Telegram, http: Http, status: int
) -> None:
    server.always = reply(status, "busy", Retry_After="17")

    with pytest.raises(TransientFailure) as caught:
        await shown(server, http, Message("T"))

    assert caught.value.retry_after == 17


async def test_a_refusal_is_one_whatever_the_status(server: telegram.Telegram, http: Http) -> None:
    server.always = reply(200, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"})

    with pytest.raises(Misconfigured, match="does not know the chat"):
        await shown(server, http, Message("T"))


# Probes


async def test_a_probe_of_what_works_is_ok(server: telegram.Telegram, http: Http) -> None:
    assert (await forwarder(server, http).probe()).status == "ok"
    assert [request.path.rpartition("/")[2] for request in server.requests] == ["getMe", "getChat"]
    assert server.shown == []


async def test_a_probe_knows_of_topics_only_whether_there_are_any(http: Http) -> None:
    async with telegram.Telegram() as server:
        assert "topic" in (await forwarder(server, http, thread_id=7).probe()).reason
    async with telegram.Telegram(is_forum=False) as server:
        assert (await forwarder(server, http, thread_id=7).probe()).status == "wrong"


@pytest.mark.parametrize(
    ("act", "status", "words"),
    [
        (Refused(401, "Unauthorized").reply, "wrong", "BotFather"),
        (Refused(400, "Bad Request: chat not found").reply, "wrong", "chat_id"),
        (Refused(403, "Forbidden: bot was kicked from the group chat").reply, "wrong", "add it again"),
        (Refused(429, "Too Many Requests", retry_after=3).reply, "unreachable", "fewer"),
        (Reply(500), "unreachable", "internal problem"),
        (Reply(302), "wrong", "api_url"),
        (Reply(200, b"<html>"), "wrong", "api_url"),
        (reply(200, {"result": {}}), "wrong", "api_url"),
        (Reply(200, b'{"ok":true,"resu', length=500), "unreachable", "not understood"),
        (reply(200, {"ok": True, "result": {}}), "unreachable", "not understood"),
        (Trouble.DROP_READ, "unreachable", "closed the connection"),
    ],
)
async def test_a_probe_says_what_is_wrong(
    server: telegram.Telegram, http: Http, act: Reply | Trouble, status: str, words: str
) -> None:
    server.always = act

    probe = await forwarder(server, http).probe()

    assert probe.status == status
    assert words in probe.reason


async def test_a_probe_asks_for_the_chat_that_is_configured(server: telegram.Telegram, http: Http) -> None:
    probe = await forwarder(server, http, chat_id="-100999").probe()

    assert (probe.status, "chat_id" in probe.reason) == ("wrong", True)


# The house


def test_nothing_heavier_than_needed_is_imported() -> None:
    code = (
        "import sys, forwarders.telegram; "
        "print([name for name in ('telegram.ext', 'aiosmtplib', 'relay') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, check=True
    )

    assert done.stdout == b"[]\n"


async def test_the_library_may_be_used_by_others(server: telegram.Telegram, http: Http) -> None:
    server.acts.append(reply(200, {"ok": True, "result": []}))

    assert await build_bot(options(api_url=server.url), http).get_updates() == ()
