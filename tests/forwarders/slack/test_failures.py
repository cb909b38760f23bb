"""What Slack refuses, and what the operator is told."""

import re
from typing import Any

import pytest

from forwarders.base import Failure, Message, MessageRefused, Misconfigured
from forwarders.slack import Slack
from testkit.service import Reply
from testkit.services import slack as service
from testkit.services.slack import no, yes
from tests.forwarders.slack.posting import MESSAGE, send

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("word", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
async def test_a_refused_form_goes_once_more_as_plain_text(
    workspace: service.Slack, hook: Slack, bot: Slack, word: str
) -> None:
    text = "*a* _b_ <!channel> & `c`"
    workspace.refused = {"hook": [Reply(400, word.encode())], "chat.postMessage": [no(word)]}

    for slack in (hook, bot):
        said = await send(slack, Message("SMS", text=text))

        assert said == [f"sent as plain text: Slack does not take this message ({word})"]
    for posted in workspace.posted:
        assert "blocks" not in posted.payload
        assert posted.shown == f"SMS\n{text}"
    assert workspace.attempts == 4


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("not_in_channel", "/invite @"),
        ("channel_not_found", "/invite @"),
        ("invalid_auth", "set a new one"),
        ("is_archived", "choose another"),
        ("restricted_action_read_only_channel", "administrator"),
        ("something_new", "unknown reason (an unknown word, 200)"),
    ],
)
async def test_what_the_operator_can_mend_says_how(
    workspace: service.Slack, bot: Slack, word: str, advice: str
) -> None:
    workspace.refused["chat.postMessage"] = [no(word)]

    with pytest.raises(Misconfigured, match=re.escape(advice)):
        await send(bot, MESSAGE)


async def test_a_missing_scope_may_be_told_without_a_scope(workspace: service.Slack, hook: Slack) -> None:
    workspace.refused["hook"] = [Reply(403, b"missing_scope")]

    with pytest.raises(Misconfigured, match="lacks a scope"):
        await send(hook, MESSAGE)


@pytest.mark.parametrize(
    ("needed", "told"),
    [
        ("files:write", "lacks the scope files:write"),
        ("<!channel>", "lacks a scope"),
        ("mum said hello", "lacks a scope"),
        (7, "lacks a scope"),
    ],
)
async def test_a_missing_scope_is_named(workspace: service.Slack, bot: Slack, needed: Any, told: str) -> None:
    workspace.refused["chat.postMessage"] = [no("missing_scope", needed=needed)]

    with pytest.raises(Misconfigured, match=told):
        await send(bot, MESSAGE)


@pytest.mark.parametrize(
    "word", ["hunter2", "mum_said_hello", "restricted_action_hunter2", "invalid_blocks_hunter2", "xoxb_1"]
)
@pytest.mark.parametrize("status", [200, 400, 403, 503])
async def test_a_word_that_slack_does_not_have_is_not_repeated(
    workspace: service.Slack, hook: Slack, bot: Slack, word: str, status: int
) -> None:
    """A server that repeats what it gets must not bring a text into the log."""
    workspace.refused = {
        "hook": [Reply(status, word.encode())] * 2,
        "chat.postMessage": [no(word, status)] * 2,
    }

    for slack in (hook, bot):
        with pytest.raises(Failure) as caught:
            await send(slack, MESSAGE)
        assert word not in caught.value.reason


async def test_what_is_no_word_is_not_repeated(workspace: service.Slack, bot: Slack) -> None:
    workspace.refused["chat.postMessage"] = [no("your secret is xoxb-1", 400)]

    with pytest.raises(Misconfigured) as caught:
        await send(bot, MESSAGE)

    assert "secret" not in caught.value.reason


async def test_a_plainer_form_that_is_refused_too_is_final(workspace: service.Slack, bot: Slack) -> None:
    workspace.refused["chat.postMessage"] = [no("invalid_blocks"), no("msg_too_long")]

    with pytest.raises(MessageRefused) as caught:
        await send(bot, MESSAGE)

    assert caught.value.__context__ is None
    assert workspace.attempts == 2


async def test_probe_posts_nothing(workspace: service.Slack, slack: Slack) -> None:
    found = await slack.probe()

    assert (found.status, found.reason) == ("ok", "")
    assert workspace.posted == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Reply(404, b"no_service"), "wrong"),
        (Reply(403, b"invalid_token"), "wrong"),
        (Reply(410, b"channel_is_archived"), "wrong"),
        (Reply(400, b"invalid_payload"), "ok"),
        (Reply(429, b"rate_limited"), "unreachable"),
        (Reply(500, b"rollup_error"), "unreachable"),
        (Reply(200, b"ok"), "unknown"),
        (Reply(200, b"<html>"), "unknown"),
        (Reply(404, b"<html>"), "unknown"),
    ],
)
async def test_probe_knows_a_dead_webhook(
    workspace: service.Slack, hook: Slack, answer: Reply, status: str
) -> None:
    workspace.always = answer

    found = await hook.probe()

    assert found.status == status
    assert found.reason or status == "ok"
    assert workspace.requests[0].json() == {}


@pytest.mark.parametrize(
    ("method", "answer", "found"),
    [
        ("auth.test", no("invalid_auth"), ("wrong", "set a new one")),
        ("auth.test", Reply(503, b""), ("unreachable", "busy")),
        ("conversations.info", no("missing_scope", needed="channels:read"), ("unknown", "channels:read")),
        ("conversations.info", no("channel_not_found"), ("wrong", "no such channel")),
        ("conversations.info", yes({"channel": None}), ("ok", "")),
        ("conversations.info", yes({"channel": {"is_archived": True}}), ("wrong", "archived")),
        ("conversations.info", yes({"channel": {"is_member": False}}), ("wrong", "/invite @")),
    ],
)
async def test_probe_knows_what_a_bot_lacks(
    workspace: service.Slack, bot: Slack, method: str, answer: Reply, found: tuple[str, str]
) -> None:
    workspace.refused[method] = [answer]

    probe = await bot.probe()

    assert probe.status == found[0]
    assert found[1] in probe.reason


@pytest.mark.parametrize(
    ("scopes", "member", "found"),
    [
        ("files:write", True, ("wrong", "lacks the scope chat:write")),
        ("chat:write, channels:read", True, ("ok", "files:write")),
        ("chat:write,chat:write.public,files:write", False, ("ok", "")),
        (None, True, ("ok", "")),
        (None, False, ("wrong", "/invite @")),
    ],
)
async def test_probe_reads_the_scopes(
    workspace: service.Slack, bot: Slack, scopes: str | None, member: bool, found: tuple[str, str]
) -> None:
    workspace.scopes = scopes
    workspace.channel["is_member"] = member

    probe = await bot.probe()

    assert probe.status == found[0]
    assert found[1] in probe.reason
