from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forwarders.base import Attachment, Message, MessageRefused, Misconfigured
from forwarders.discord import Discord
from forwarders.discord.compose import LONGEST_TEXT, DiscordPost, compose
from forwarders.discord.markdown import escape, escaped_size
from forwarders.discord.options import DiscordOptions
from forwarders.http import Http
from forwarders.text import utf16
from testkit.case import reads
from testkit.delivered import TYPED
from testkit.service import Reply, reply
from testkit.services import discord as service
from testkit.services.discord import HOOK, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, THREAD, no

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    title="SMS from Bank",
    text="481 516 is your code",
    fields=(("To", "+12025550143"), ("SIM", "2")),
    notes=("arrived 3 h late",),
    code="481516",
)
PICTURE = Attachment("view.png", "image/png", b"\x89PNG")


@pytest.fixture
async def channel() -> AsyncIterator[service.Discord]:
    async with service.Discord() as channel:
        yield channel


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


@pytest.fixture
def discord(channel: service.Discord, http: Http) -> Discord:
    return made(http, webhook_url=f"{channel.url}{HOOK}")


def made(http: Http, **options: str) -> Discord:
    return Discord(DiscordOptions.model_validate(options), http)


async def send(discord: Discord, message: Message) -> list[str | None]:
    return [await discord.send(post) for post in discord.plan(message)]


# What a post looks like


async def test_the_code_comes_first_and_the_words_follow(channel: service.Discord, discord: Discord) -> None:
    assert await send(discord, MESSAGE) == [None]

    (posted,) = channel.posted
    assert posted.payload["content"].startswith("`481516`\n**SMS from Bank**\n")
    assert posted.shown == (
        "481516\nSMS from Bank\n481 516 is your code\n\nTo: +12025550143\nSIM: 2\n\narrived 3 h late"
    )


async def test_nobody_is_pinged_and_no_link_is_looked_at(channel: service.Discord, discord: Discord) -> None:
    await send(discord, Message("@everyone", text="@here <@1> https://example.org"))

    (posted,) = channel.posted
    assert posted.payload["allowed_mentions"] == {"parse": []}
    assert posted.payload["flags"] == SUPPRESS_EMBEDS


async def test_it_asks_for_a_confirmation(channel: service.Discord, discord: Discord) -> None:
    await send(discord, MESSAGE)

    assert channel.requests[0].target == f"{HOOK}?wait=true"


async def test_a_silent_message_makes_no_sound_and_a_long_one_only_once(
    channel: service.Discord, discord: Discord
) -> None:
    await send(discord, replace(MESSAGE, silent=True))
    await send(discord, Message("Long", text="words " * 800))

    flags = [posted.payload["flags"] for posted in channel.posted]
    quiet = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS
    assert flags[:2] == [quiet, SUPPRESS_EMBEDS]
    assert set(flags[2:]) == {quiet}


@pytest.mark.parametrize(
    "text",
    [
        *TYPED.values(),
        "# heading\n## two\n-# small\n> quote\n>>> all\n- item\n+ item\n12. twelfth\n  1. inner",
        "**bold** __under__ ~~gone~~ ||hidden|| `code` ```block``` _i_ *i* ***both***",
        "[text](https://evil.example) <https://example.org> <t:1700000000:R> <:smile:1> :smile: 12:30:45",
        "¯\\_(ツ)_/¯ \\*not\\* a\\b",
        "https://example.org/_a_*b*?c=`d` then *e* (http://example.org/f_(g)_).",
        "1.5 and 2. no",
    ],
)
async def test_text_is_shown_as_typed(channel: service.Discord, discord: Discord, text: str) -> None:
    await send(discord, Message("SMS", text=text))

    assert channel.posted[0].shown == f"SMS\n{text}"


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
MARKUP = st.lists(st.sampled_from([*"\\`*_~|<>[]():@#-+. \n1ab", "http://a/", "@everyone", ":x:"])).map(
    "".join
)


@given(text=WORDS | MARKUP)
def test_no_text_is_taken_for_markup(text: str) -> None:
    assert service.read(escape(text)) == text.strip()
    assert utf16(escape(text)) <= escaped_size(text)


@given(text=MARKUP.map(lambda text: text * 40), title=WORDS | MARKUP, code=st.none() | st.just("481516"))
def test_any_message_makes_posts_that_discord_takes(text: str, title: str, code: str | None) -> None:
    posts = compose(Message(title, text=text, code=code, attachments=(PICTURE,) * 12))

    assert all(post.content.strip() or post.files for post in posts)
    assert max(utf16(post.content) for post in posts) <= LONGEST_TEXT
    assert max(len(post.files) for post in posts) <= 10


# Long texts and files


async def test_a_very_long_text_is_one_post_and_a_file(channel: service.Discord, discord: Discord) -> None:
    text = "".join(f"{number} words of a long text\n" for number in range(1000)).strip()

    assert await send(discord, Message("Long", text=text, attachments=(PICTURE,))) == [None]

    (posted,) = channel.posted
    assert "all of it is in the file" in posted.shown
    assert [file.name for file in posted.files] == ["message.txt", "view.png"]
    assert text in posted.files[0].data.decode()


async def test_a_long_title_is_not_lost(channel: service.Discord, discord: Discord) -> None:
    title = "a *long* title " * 60

    await send(discord, Message(title, text="and text", code="481516"))

    assert reads([posted.shown for posted in channel.posted], title)
    assert "481516" in channel.posted[0].shown
    assert "and text" in channel.posted[0].shown


async def test_pictures_come_with_the_text(channel: service.Discord, discord: Discord) -> None:
    await send(discord, replace(MESSAGE, attachments=(PICTURE, Attachment("a.txt", "text/plain", b"words"))))

    (posted,) = channel.posted
    assert [(file.name, file.content_type, file.data) for file in posted.files] == [
        ("view.png", "image/png", b"\x89PNG"),
        ("a.txt", "text/plain", b"words"),
    ]
    assert posted.payload["allowed_mentions"] == {"parse": []}


async def test_files_that_are_too_large_are_named(channel: service.Discord, discord: Discord) -> None:
    channel.largest = 3

    with pytest.raises(MessageRefused, match="too large"):
        await send(discord, replace(MESSAGE, attachments=(PICTURE,)))

    (posted,) = channel.posted
    assert posted.files == []
    assert posted.shown.endswith("Discord does not take: view.png")


async def test_what_cannot_be_sent_is_said(channel: service.Discord, discord: Discord) -> None:
    huge = Attachment("huge.bin", "application/octet-stream", bytes((10 << 20) + 1))

    with pytest.raises(MessageRefused, match="too large"):
        await send(discord, Message("MMS", attachments=(Attachment("no.png", "image/png", b""), huge)))

    (posted,) = channel.posted
    assert posted.files == []
    assert posted.shown == "MMS\n“no.png” is empty\n\nDiscord does not take: huge.bin"


# The operator


async def test_a_thread_is_named_in_the_address(channel: service.Discord, http: Http) -> None:
    discord = made(http, webhook_url=f"{channel.url}{HOOK}", thread_id=THREAD)

    assert await send(discord, MESSAGE) == [None]

    assert channel.requests[0].target == f"{HOOK}?wait=true&thread_id={THREAD}"
    assert "only known once" in (await discord.probe()).reason


async def test_a_thread_that_does_not_exist_is_the_operators(channel: service.Discord, http: Http) -> None:
    discord = made(http, webhook_url=f"{channel.url}{HOOK}", thread_id="1")

    with pytest.raises(Misconfigured, match="check thread_id"):
        await send(discord, MESSAGE)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (reply(200, {"id": "1"}), "ok"),
        (no(404, 10015), "wrong"),
        (no(401, 50027), "wrong"),
        (Reply(429, b""), "unreachable"),
        (Reply(503, b""), "unreachable"),
    ],
)
async def test_a_probe_looks_at_the_webhook(
    channel: service.Discord, discord: Discord, answer: Reply, status: str
) -> None:
    channel.always = answer

    assert (await discord.probe()).status == status
    assert [request.method for request in channel.requests] == ["GET"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"webhook_url": "http://discord.com/api/webhooks/1/abc"}, "must begin with https://"),
        ({"webhook_url": "https://discord.com/channels/1/2"}, "not a webhook of Discord"),
        ({"webhook_url": "https://discord.com/api/webhooks/1/abc?thread_id=5"}, "set as thread_id"),
        ({"webhook_url": "https://discord.com:x/api/webhooks/1/abc"}, "not the address"),
        ({"webhook_url": "discord"}, "not the address"),
        ({"webhook_url": "https://discord.com/api/webhooks/1/abc", "thread_id": "general"}, "not its name"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        DiscordOptions.model_validate(options)


def test_a_thread_may_be_a_number() -> None:
    url = "https://discord.com/api/v10/webhooks/1/abc"

    assert DiscordOptions.model_validate({"webhook_url": url, "thread_id": 5}).thread_id == "5"


def test_a_post_shows_nothing() -> None:
    assert repr(DiscordPost("secret", files=(PICTURE,))) == "DiscordPost(indexes=(), silent=False)"
