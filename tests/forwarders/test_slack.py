import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forwarders.base import (
    Attachment,
    Failure,
    Message,
    MessageRefused,
    Misconfigured,
    TransientFailure,
)
from forwarders.http import Http
from forwarders.slack import Slack
from forwarders.slack.compose import SlackPost, UploadPost
from forwarders.slack.options import SlackOptions
from forwarders.testing.case import reads
from forwarders.testing.delivered import TYPED
from forwarders.testing.service import Reply
from forwarders.text import utf16
from tests.services import slack as service
from tests.services.slack import CHANNEL, HOOK, TOKEN, no, read_mrkdwn, yes

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    title="SMS from Bank",
    text="481 516 is your code",
    fields=(("To", "+12025550143"), ("SIM", "2")),
    notes=("arrived 3 h late",),
    code="481516",
)
PICTURE = Attachment("view.png", "image/png", b"\x89PNG")
PARAGRAPH = "Grüße & <Küsse> — 你好世界 😀 'quoted' *stars* https://example.org/?a=1&b=2 and words.\n"


@pytest.fixture
async def workspace() -> AsyncIterator[service.Slack]:
    async with service.Slack() as workspace:
        yield workspace


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


@pytest.fixture
def hook(workspace: service.Slack, http: Http) -> Slack:
    return Slack(SlackOptions.model_validate({"webhook_url": f"{workspace.url}{HOOK}"}), http)


@pytest.fixture
def bot(workspace: service.Slack, http: Http) -> Slack:
    options = {"bot_token": TOKEN, "channel": CHANNEL, "api_url": f"{workspace.url}/api/"}
    return Slack(SlackOptions.model_validate(options), http)


@pytest.fixture(params=["hook", "bot"])
def slack(request: pytest.FixtureRequest) -> Slack:
    found: Slack = request.getfixturevalue(request.param)
    return found


async def send(slack: Slack, message: Message) -> list[str | None]:
    return [await slack.send(post) for post in slack.plan(message)]


def elements(payload: Any) -> list[dict[str, Any]]:
    return [each for block in payload["blocks"] for part in block["elements"] for each in part["elements"]]


# What a post looks like


async def test_a_message_is_shown_in_rich_text(workspace: service.Slack, slack: Slack) -> None:
    assert await send(slack, MESSAGE) == [None]

    (posted,) = workspace.posted
    assert posted.shown == (
        "SMS from Bank\n481516\n481 516 is your code\n\nTo: +12025550143\nSIM: 2\narrived 3 h late"
    )
    styles = {each["text"]: each.get("style") for each in elements(posted.payload)}
    assert styles["SMS from Bank"] == {"bold": True}
    assert styles["481516"] == {"code": True}
    assert styles["481 516 is your code"] is None


async def test_previews_and_markup_are_off(workspace: service.Slack, slack: Slack) -> None:
    await send(slack, MESSAGE)

    (posted,) = workspace.posted
    assert posted.payload["unfurl_links"] is posted.payload["unfurl_media"] is False
    assert posted.payload["mrkdwn"] is False


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
async def test_text_is_shown_as_typed_and_the_notification_is_safe(
    workspace: service.Slack, slack: Slack, text: str
) -> None:
    assert await send(slack, Message("SMS", text=text)) == [None]

    (posted,) = workspace.posted
    assert posted.shown == f"SMS\n{text}"
    assert read_mrkdwn(posted.payload["text"], markup=False) == f"SMS\n{text}"
    assert "<" not in posted.payload["text"]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/a?b=c&d#e.", ["https://example.org/a?b=c&d#e"]),
        ("(http://a.example) and http://b.example/x,", ["http://a.example", "http://b.example/x"]),
        ("https://evil.example|https://bank.example", ["https://evil.example|https://bank.example"]),
        ("no link: http:// ftp://x javascript:alert(1)", []),
    ],
)
async def test_a_link_can_be_followed_and_reads_as_typed(
    workspace: service.Slack, slack: Slack, text: str, links: list[str]
) -> None:
    await send(slack, Message("SMS", text=text))

    (posted,) = workspace.posted
    found = [each for each in elements(posted.payload) if each["type"] == "link"]
    assert [each["url"] for each in found] == [each["text"] for each in found] == links
    assert posted.shown == f"SMS\n{text}"


# Long texts


@pytest.mark.parametrize("length", [3800, 4000, 10_000])
async def test_a_long_text_is_several_posts(workspace: service.Slack, slack: Slack, length: int) -> None:
    text = "".join(f"{number} {PARAGRAPH}" for number in range(length // 50))[:length]

    said = await send(slack, Message("SMS", text=text))

    assert set(said) == {None}
    assert 1 <= len(said) <= 4
    assert "".join(posted.shown for posted in workspace.posted) == f"SMS\n{text}"
    assert max(utf16(posted.payload["text"]) for posted in workspace.posted) <= 4000


async def test_a_webhook_posts_even_the_longest_text_in_full(workspace: service.Slack, hook: Slack) -> None:
    text = "".join(f"{number} {PARAGRAPH}" for number in range(400))

    assert set(await send(hook, Message("SMS", text=text))) == {None}

    assert len(workspace.posted) > 4
    assert "".join(posted.shown for posted in workspace.posted) == f"SMS\n{text}".rstrip("\n") + "\n"


async def test_a_bot_sends_a_very_long_text_as_a_file(workspace: service.Slack, bot: Slack) -> None:
    text = "".join(f"{number} {PARAGRAPH}" for number in range(400))

    assert await send(bot, Message("SMS", text=text, attachments=(PICTURE,))) == [None, None]

    first, upload = workspace.posted
    assert first.shown.startswith("SMS\n0 Grüße")
    assert first.shown.endswith("… the whole text is in the file below")
    assert utf16(first.payload["text"]) <= 4000
    (name, data), picture = upload.files
    assert name == "message.txt"
    assert text.strip() in data.decode()
    assert picture == ("view.png", PICTURE.data)


async def test_many_links_make_no_post_too_long(workspace: service.Slack, slack: Slack) -> None:
    text = "http://a.example " * 220

    assert await send(slack, Message("SMS", text=text)) == [None]

    assert workspace.posted[0].shown == f"SMS\n{text}"


async def test_a_part_of_blanks_only_is_no_post(workspace: service.Slack, slack: Slack) -> None:
    text = "a" + " \n" * 5000 + "b"

    assert set(await send(slack, Message("SMS", text=text))) == {None}

    assert reads([posted.shown for posted in workspace.posted], "a")
    assert workspace.posted[-1].shown.strip() == "b"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(
    text=WORDS | st.lists(st.sampled_from(["&<>", "😀" * 50, "x" * 999, " ", "http://a.b/c "])).map("".join),
    code=st.none() | st.just("481516"),
    fields=st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple),
)
def test_any_message_makes_posts_that_slack_takes(
    text: str, code: str | None, fields: tuple[tuple[str, str], ...]
) -> None:
    message = Message("SMS", text=text, code=code, fields=fields)
    options = SlackOptions.model_validate({"webhook_url": f"https://hooks.example.org{HOOK}"})

    plan = Slack(options, Http()).plan(message)

    for post in plan:
        assert isinstance(post, SlackPost)
        payload = {"text": post.text, "blocks": json.loads(post.blocks)}
        assert service.objection(payload) == ""
        assert service.seen(payload) == read_mrkdwn(post.text, markup=False)
        assert "<" not in post.text
        assert utf16(post.text) <= 4000
    shown = [read_mrkdwn(post.text, markup=False) for post in plan if isinstance(post, SlackPost)]
    assert reads(shown, text)


async def test_equal_messages_have_equal_plans_and_a_post_shows_nothing(bot: Slack) -> None:
    message = replace(MESSAGE, attachments=(PICTURE,))

    assert bot.plan(message) == bot.plan(replace(message))
    assert "481516" not in repr(bot.plan(message))
    assert "view" not in repr(bot.plan(message))


# Files


async def test_a_bot_uploads_pictures_after_the_text(workspace: service.Slack, bot: Slack) -> None:
    other = Attachment("../ünï.jpg", "image/jpeg", b"jpeg")

    assert await send(bot, replace(MESSAGE, attachments=(PICTURE, other))) == [None, None]

    text, upload = workspace.posted
    assert text.shown.startswith("SMS from Bank")
    assert upload.files == [("view.png", PICTURE.data), ("_ünï.jpg", b"jpeg")]


async def test_fifty_pictures_are_five_posts(workspace: service.Slack, bot: Slack) -> None:
    many = tuple(Attachment(f"{n}.jpg", "image/jpeg", bytes([n])) for n in range(50))

    plan = bot.plan(Message("MMS", attachments=many))
    for post in plan:
        await bot.send(post)

    assert len(plan) == 6
    assert [file for posted in workspace.posted for file in posted.files] == [
        (attachment.name, attachment.data) for attachment in many
    ]


async def test_a_webhook_says_how_many_pictures_are_missing(workspace: service.Slack, hook: Slack) -> None:
    assert await send(hook, replace(MESSAGE, attachments=(PICTURE, PICTURE))) == [None]

    assert workspace.posted[0].shown.endswith(
        "2 of 2 attachments are missing: for files Slack wants a bot token in place of the webhook"
    )


async def test_an_empty_file_costs_only_itself(workspace: service.Slack, bot: Slack) -> None:
    empty = Attachment("empty.png", "image/png", b"")

    assert await send(bot, Message("MMS", attachments=(empty, PICTURE))) == [None, None]

    assert workspace.posted[0].shown.endswith("1 of 2 attachments are missing: they are empty")
    assert workspace.posted[1].files == [("view.png", PICTURE.data)]


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Reply(503, b"down"), TransientFailure),
        (Reply(429, b"", {"Retry-After": "30"}), TransientFailure),
        (Reply(403, b"forbidden"), Misconfigured),
    ],
)
async def test_an_upload_fails_as_a_whole_and_shows_nothing(
    workspace: service.Slack, bot: Slack, step: str, answer: Reply, failure: type[Failure]
) -> None:
    workspace.refused[step] = [answer]
    text, upload = bot.plan(Message("MMS", attachments=(PICTURE,)))
    await bot.send(text)

    with pytest.raises(failure) as caught:
        await bot.send(upload)

    assert getattr(caught.value, "retry_after", None) == (30.0 if answer.status == 429 else None)
    assert service.UPLOAD_SECRET not in repr(caught.value)
    assert len(workspace.posted) == 1
    assert await bot.send(upload) is None  # and works the next time
    assert len(workspace.posted) == 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (yes({"file_id": "F1"}), TransientFailure),
        (yes({"upload_url": 7, "file_id": "F1"}), TransientFailure),
        (yes({"upload_url": "https://127.0.0.1:9/x", "file_id": "F1"}), Misconfigured),
        (no("missing_scope", needed="files:write"), Misconfigured),
    ],
)
async def test_a_strange_place_for_a_file_is_not_used(
    workspace: service.Slack, bot: Slack, answer: Reply, failure: type[Failure]
) -> None:
    workspace.refused["files.getUploadURLExternal"] = [answer]

    with pytest.raises(failure):
        await bot.send(UploadPost((PICTURE,)))

    assert workspace.uploads == {}


async def test_a_webhook_uploads_nothing(workspace: service.Slack, hook: Slack) -> None:
    with pytest.raises(Misconfigured, match="bot token"):
        await hook.send(UploadPost((PICTURE,)))

    assert workspace.requests == []


# Refusals


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
        ("something_new", "something_new"),
    ],
)
async def test_what_the_operator_can_mend_says_how(
    workspace: service.Slack, bot: Slack, word: str, advice: str
) -> None:
    workspace.refused["chat.postMessage"] = [no(word)]

    with pytest.raises(Misconfigured, match=re.escape(advice)):
        await send(bot, MESSAGE)


@pytest.mark.parametrize(
    ("needed", "told"),
    [("files:write", "lacks the scope files:write"), ("<!channel>", "lacks a scope"), (7, "lacks a scope")],
)
async def test_a_missing_scope_is_named(workspace: service.Slack, bot: Slack, needed: Any, told: str) -> None:
    workspace.refused["chat.postMessage"] = [no("missing_scope", needed=needed)]

    with pytest.raises(Misconfigured, match=told):
        await send(bot, MESSAGE)


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


# Probe


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
        (Reply(429, b"rate_limited"), "unknown"),
        (Reply(500, b"rollup_error"), "unknown"),
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
        ("auth.test", Reply(503, b""), ("unknown", "busy")),
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


# Options


@pytest.mark.parametrize(
    ("options", "option", "problem"),
    [
        ({}, "webhook_url", "or a bot token and a channel"),
        ({"webhook_url": f"https://hooks.slack.com{HOOK}", "bot_token": TOKEN}, "webhook_url", "remove them"),
        ({"webhook_url": f"https://hooks.slack.com{HOOK}", "channel": CHANNEL}, "webhook_url", "remove them"),
        ({"bot_token": TOKEN}, "channel", "needs the ID of a channel"),
        ({"channel": CHANNEL}, "bot_token", "needs the token of a bot"),
        ({"webhook_url": "hook-secret-9d1c"}, "webhook_url", "https://"),
        ({"webhook_url": f"http://hooks.slack.com{HOOK}"}, "webhook_url", "https://"),
        ({"webhook_url": "https://[hook-secret-9d1c"}, "webhook_url", "https://"),
        ({"webhook_url": "https://example.org:hook-secret-9d1c"}, "webhook_url", "https://"),
        ({"webhook_url": "https:///hook-secret-9d1c"}, "webhook_url", "https://"),
        (
            {"webhook_url": "https://hooks.slack.com/triggers/hook-secret-9d1c"},
            "webhook_url",
            "not an incoming",
        ),
        ({"bot_token": "xapp-token-secret-77aa", "channel": CHANNEL}, "bot_token", "xoxb-"),
        ({"bot_token": f"{TOKEN}\nX: y", "channel": CHANNEL}, "bot_token", "xoxb-"),
        ({"bot_token": "", "channel": CHANNEL}, "bot_token", "xoxb-"),
        ({"bot_token": TOKEN, "channel": ""}, "channel", "not its name"),
        ({"bot_token": TOKEN, "channel": "#general"}, "channel", "not its name"),
        ({"bot_token": TOKEN, "channel": CHANNEL, "api_url": "http://slack.com/api"}, "api_url", "https://"),
    ],
)
def test_a_wrong_option_is_told_by_its_name(options: dict[str, str], option: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)) as caught:
        SlackOptions.model_validate(options)

    (error,) = caught.value.errors()
    assert error["ctx"] == {"option": option}
    assert "hook-secret-9d1c" not in str(caught.value)
    assert "token-secret-77aa" not in str(caught.value)


def test_blanks_around_what_was_pasted_do_no_harm() -> None:
    bot = SlackOptions.model_validate({"bot_token": f" {TOKEN}\n", "channel": f"{CHANNEL} "})
    hook = SlackOptions.model_validate({"webhook_url": f"\nhttps://hooks.slack.com{HOOK} "})

    assert bot.bot_token
    assert (bot.bot_token.get_secret_value(), bot.channel) == (TOKEN, CHANNEL)
    assert hook.webhook_url
    assert hook.webhook_url.get_secret_value() == f"https://hooks.slack.com{HOOK}"


def test_options_show_no_secret() -> None:
    hook = SlackOptions.model_validate({"webhook_url": f"https://hooks.slack.com{HOOK}"})
    bot = SlackOptions.model_validate({"bot_token": TOKEN, "channel": CHANNEL})

    assert "hook-secret-9d1c" not in f"{hook} {hook!r} {hook.model_dump()}"
    assert TOKEN not in f"{bot} {bot!r} {bot.model_dump()}"
