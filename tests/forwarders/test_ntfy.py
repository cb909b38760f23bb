import json
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
from forwarders.ntfy import Ntfy
from forwarders.ntfy.compose import NtfyPost, compose, json_size
from forwarders.ntfy.options import NtfyOptions
from testkit.service import Reply, reply
from testkit.services import ntfy as service
from testkit.services.ntfy import LONGEST, TOKEN, TOPIC, no

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    title="SMS from Bänk",
    text="481 516 is your <code> & *no* markup",
    fields=(("SIM", "2"),),
    notes=("arrived 3 h late",),
    code="481516",
    key="0f" * 32,
)
PICTURE = Attachment("ünï view.png", "image/png", b"\x89PNG")


@pytest.fixture
async def server() -> AsyncIterator[service.Ntfy]:
    async with service.Ntfy() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


@pytest.fixture
def ntfy(server: service.Ntfy, http: Http) -> Ntfy:
    return made(server, http, token=TOKEN)


def made(server: service.Ntfy, http: Http, **options: Any) -> Ntfy:
    return Ntfy(NtfyOptions.model_validate({"url": server.url, "topic": TOPIC, **options}), http)


async def send(ntfy: Ntfy, message: Message) -> list[str | None]:
    return [await ntfy.send(post) for post in ntfy.plan(message)]


def notifications(server: service.Ntfy) -> list[service.Notified]:
    return list(server.notified.values())


# What a notification looks like


@pytest.mark.parametrize(
    "title",
    [
        "SMS from =?utf-8?B?TXVt?=",
        "=?UTF-8?Q?a_b?=",
        "Is 1 =? 2",
        "=?utf-8?B?ünï?= 😀",
        "=?" * 100,
    ],
)
async def test_a_title_that_looks_encoded_is_shown_as_typed(
    server: service.Ntfy, ntfy: Ntfy, title: str
) -> None:
    await send(ntfy, Message(title, text="x", attachments=(PICTURE,)))

    assert [notified.title for notified in notifications(server)] == [title, title]


async def test_a_message_is_plain_words_with_a_button_that_copies_the_code(
    server: service.Ntfy, ntfy: Ntfy
) -> None:
    assert await send(ntfy, MESSAGE) == [None]

    (notified,) = notifications(server)
    assert notified.title == "SMS from Bänk"
    assert notified.text == "481516\n\n481 516 is your <code> & *no* markup\n\nSIM: 2\n\narrived 3 h late"
    assert notified.priority == 3
    assert notified.body["actions"] == [{"action": "copy", "label": "Copy 481516", "value": "481516"}]
    assert "markdown" not in notified.body
    assert server.requests[0].target == "/"


async def test_an_old_server_gets_the_code_without_the_button(server: service.Ntfy, ntfy: Ntfy) -> None:
    server.old = True

    (said,) = await send(ntfy, MESSAGE)

    assert said
    assert "too old" in said
    (notified,) = notifications(server)
    assert "actions" not in notified.body
    assert notified.text.startswith("481516\n")


@pytest.mark.parametrize(("priority", "loud", "quiet"), [(3, 3, 2), (5, 5, 2), (1, 1, 1)])
async def test_silent_messages_have_a_low_priority(
    server: service.Ntfy, http: Http, priority: int, loud: int, quiet: int
) -> None:
    ntfy = made(server, http, priority=priority)

    await send(ntfy, replace(MESSAGE, key=""))
    await send(ntfy, replace(MESSAGE, key="", silent=True))

    assert [notified.priority for notified in notifications(server)] == [loud, quiet]


async def test_a_tap_opens_what_the_operator_says(server: service.Ntfy, http: Http) -> None:
    ntfy = made(server, http, click="https://messages.example.org")

    await send(ntfy, replace(MESSAGE, text="https://evil.example", attachments=(PICTURE,)))

    first, second = notifications(server)
    assert first.body["click"] == second.body["click"] == "https://messages.example.org"


async def test_without_words_the_title_is_the_text(server: service.Ntfy, ntfy: Ntfy) -> None:
    await send(ntfy, Message("An SMS came", text=" \n"))
    await send(ntfy, Message(""))

    assert [notified.shown for notified in notifications(server)] == ["An SMS came", "(no text)"]


async def test_a_repeat_replaces_what_came_before(server: service.Ntfy, ntfy: Ntfy) -> None:
    message = replace(MESSAGE, text="long " * 2000, attachments=(PICTURE,))

    await send(ntfy, message)
    once = notifications(server)
    await send(ntfy, message)

    assert notifications(server) == once
    assert len(once) == 4
    assert all(len(name) <= 64 for name in server.notified)


# Long texts and files


async def test_a_long_text_is_several_and_only_the_first_is_heard(server: service.Ntfy, ntfy: Ntfy) -> None:
    text = "\n".join(f'{number} "Grüße" \\ 你好' for number in range(400))

    await send(ntfy, replace(MESSAGE, text=text))

    assert [notified.priority for notified in notifications(server)] == [3, 2, 2, 2][
        : len(notifications(server))
    ]
    assert len(notifications(server)) > 1
    assert all(len(request.body) <= 2 * LONGEST for request in server.requests)


async def test_a_very_long_text_is_one_and_a_file(server: service.Ntfy, ntfy: Ntfy) -> None:
    text = "words of a long text\n" * 1500

    await send(ntfy, Message("Long", text=text, attachments=(PICTURE,)))

    first, whole, picture = notifications(server)
    assert first.text.endswith("all of it is in the file")
    assert whole.file is not None
    assert text.strip() in whole.file.decode()
    assert picture.file == PICTURE.data


async def test_a_server_without_files_loses_nothing_of_a_text(server: service.Ntfy, ntfy: Ntfy) -> None:
    server.files = False

    with pytest.raises(Misconfigured, match="the whole of a long text"):
        await send(ntfy, Message("Long", text="words of a long text\n" * 1500))


async def test_a_picture_is_a_file_with_its_name(server: service.Ntfy, ntfy: Ntfy) -> None:
    empty = Attachment("no.png", "image/png", b"")

    assert await send(ntfy, replace(MESSAGE, attachments=(PICTURE, empty))) == [None, None]

    words, picture = notifications(server)
    assert words.text.endswith("1 attachments are empty")
    assert (picture.body["filename"], picture.file) == ("ünï view.png", PICTURE.data)
    assert picture.title == MESSAGE.title
    assert server.requests[1].path == f"/{TOPIC}"


@pytest.mark.parametrize("limit", ["attachment_file_size", "attachment_total_size"])
@pytest.mark.parametrize(("larger", "failure"), [(1, MessageRefused), (0, TransientFailure)])
async def test_a_picture_is_too_large_or_only_too_much_for_today(
    server: service.Ntfy, ntfy: Ntfy, limit: str, larger: int, failure: type[Failure]
) -> None:
    server.limits = {limit: len(PICTURE.data) - larger}
    words, picture = ntfy.plan(replace(MESSAGE, attachments=(PICTURE,)))
    await ntfy.send(words)
    server.refused = [no(413, 41301)]

    with pytest.raises(failure):
        await ntfy.send(picture)

    named = [notified.text for notified in notifications(server) if "ünï view.png" in notified.text]
    assert named == ["“ünï view.png” came too, but the ntfy server does not take it"] * larger


async def test_a_whole_text_waits_for_a_server_that_takes_it(server: service.Ntfy, ntfy: Ntfy) -> None:
    _, whole = ntfy.plan(Message("Long", text="words of a long text\n" * 1500))
    server.refused = [no(413, 41301)]

    with pytest.raises(TransientFailure, match="quota"):
        await ntfy.send(whole)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.lists(st.sampled_from(['"' * 99, "\\\n" * 50, "你好" * 99, "\x1b" * 9, " x"])).map("".join),
    title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
def test_any_message_makes_posts_within_the_limits(text: str, title: str) -> None:
    for post in compose(Message(title * 3, text=text * 9, attachments=(PICTURE,)), 3):
        assert json_size(post.text) <= LONGEST
        assert len(post.text.encode()) <= LONGEST
        assert post.text.strip() or post.file
        assert json_size(post.title) <= 250
        assert len(json.dumps(post.text + post.title, ensure_ascii=False).encode()) <= 2 * LONGEST - 500


# The operator


async def test_without_a_token_none_is_told(server: service.Ntfy, http: Http) -> None:
    await send(made(server, http), MESSAGE)

    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (reply(200, {"username": "me"}), "ok"),
        (reply(200, {}), "wrong"),
        (Reply(200, b"<html>"), "wrong"),
        (no(401, 40101), "wrong"),
        (Reply(404, b"<html>"), "wrong"),
        (no(429, 42901), "unreachable"),
        (Reply(502, b""), "unreachable"),
    ],
)
async def test_a_probe_asks_for_the_account(
    server: service.Ntfy, ntfy: Ntfy, answer: Reply, status: str
) -> None:
    server.always = answer

    assert (await ntfy.probe()).status == status
    assert [request.target for request in server.requests] == ["/v1/account"]


async def test_a_probe_without_a_token_asks_for_the_servers_health(server: service.Ntfy, http: Http) -> None:
    assert (await made(server, http).probe()).status == "ok"
    assert [request.target for request in server.requests] == ["/v1/health"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"topic": "my topic"}, "1 to 64 letters"),
        ({"topic": "x" * 65}, "1 to 64 letters"),
        ({"topic": "a", "url": "http://ntfy.example.org"}, "must begin with https://"),
        ({"topic": "a", "url": "https://ntfy.sh/topic"}, "without a topic"),
        ({"topic": "a", "url": "https://me:word@ntfy.sh"}, "without a topic or a login"),
        ({"topic": "a", "token": "tk é"}, "begins with tk_"),
        ({"topic": "a", "priority": 6}, "less than or equal to 5"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        NtfyOptions.model_validate(options)


def test_a_post_shows_nothing() -> None:
    post = NtfyPost("title", "words", "481516", PICTURE)

    assert repr(post) == "NtfyPost(needed=False, priority=3, sequence='')"
