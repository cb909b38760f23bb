"""What a reader in Slack sees."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Message
from forwarders.http import Http
from forwarders.slack import Slack
from forwarders.slack.compose import SlackPost
from forwarders.slack.options import SlackOptions
from forwarders.text import utf16
from testkit.case import reads
from testkit.delivered import TYPED
from testkit.services import slack as service
from testkit.services.slack import HOOK, read_mrkdwn
from tests.forwarders.slack.posting import MESSAGE, PARAGRAPH, PICTURE, WORDS, elements, send

pytestmark = pytest.mark.anyio


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
