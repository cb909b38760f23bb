import asyncio
import json
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pydantic import ValidationError

from forwarders.apprise import Apprise
from forwarders.apprise.compose import ApprisePost, compose
from forwarders.apprise.library import create_service
from forwarders.apprise.options import AppriseOptions
from forwarders.base import Attachment, Message, TransientFailure
from forwarders.http import Http
from relay.config import ConfigurationError, load
from testkit.case import reads
from testkit.service import Reply, Service, Trouble

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    title="SMS from Bank",
    text="481 516 is <your> code",
    fields=(("SIM", "2"),),
    notes=("late",),
    code="481516",
)
PICTURE = Attachment("ünï view.png", "image/png", b"\x89PNG")


@pytest.fixture
async def place() -> AsyncIterator[Service]:
    async with Service() as place:
        yield place


def made(*urls: str) -> Apprise:
    return Apprise(AppriseOptions.model_validate({"urls": urls}), Http())


def address(place: Service, path: str = "in") -> str:
    return f"json://127.0.0.1:{place.port}/{path}"


async def send(apprise: Apprise, message: Message) -> list[str | None]:
    return [await apprise.send(post) for post in apprise.plan(message)]


def left_behind() -> list[Path]:
    return list(Path(gettempdir()).glob("sms-relay-*"))


# What a service gets


async def test_a_message_has_a_title_and_the_code_first(place: Service) -> None:
    assert await send(made(address(place)), MESSAGE) == [None]

    told = place.requests[0].json()
    assert told["title"] == "SMS from Bank"
    assert told["message"] == "481516\n\n481 516 is <your> code\n\nSIM: 2\n\nlate"


@pytest.mark.parametrize("character", [*map(chr, range(9)), "\x0b", "\x0c", "\x1b", "\ufffe", "\uffff"])
async def test_a_character_that_no_xml_can_hold_is_replaced(place: Service, character: str) -> None:
    await send(made(address(place)), Message("T", text=f"a{character}b\t\x85\n😀"))

    text = place.requests[0].json()["message"]
    assert text == "a\ufffdb\t\x85\n😀"
    ET.fromstring(f"<body>{text}</body>")


async def test_files_go_with_the_text_and_none_is_left_behind(place: Service) -> None:
    before = left_behind()
    other = Attachment("../a?b.txt", "text/plain", b"words")

    await send(made(address(place)), replace(MESSAGE, attachments=(PICTURE, other)))

    files = place.requests[0].json()["attachments"]
    assert [b64decode(file["base64"]) for file in files] == [PICTURE.data, b"words"]
    assert files[0]["filename"] == "ünï view.png"
    assert left_behind() == before


async def test_files_of_a_failure_are_removed_too(place: Service) -> None:
    before = left_behind()
    place.always = Reply(500)

    with pytest.raises(TransientFailure):
        await send(made(address(place)), replace(MESSAGE, attachments=(PICTURE,)))

    assert left_behind() == before


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(place: Service, status: int) -> None:
    place.acts.append(Reply(status, b"", {"Location": f"{place.url}/elsewhere"}))

    with pytest.raises(TransientFailure):
        await send(made(address(place)), MESSAGE)

    assert [request.path for request in place.requests] == ["/in"]


async def test_each_of_several_services_gets_all_in_its_turn(place: Service) -> None:
    apprise = made(address(place, "a"), address(place, "b"))

    await send(apprise, MESSAGE)

    assert [request.path for request in place.requests] == ["/a", "/b"]


async def test_what_was_accepted_is_not_sent_again(place: Service) -> None:
    apprise = made(address(place, "a"), address(place, "b"))
    first, second = apprise.plan(MESSAGE)
    await apprise.send(first)
    place.acts.append(Reply(503))

    with pytest.raises(TransientFailure, match="address 2 of 2"):
        await apprise.send(second)
    await apprise.send(second)

    assert [request.path for request in place.requests] == ["/a", "/b", "/b"]


@pytest.mark.parametrize(
    ("url", "longest"),
    [
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", 4096),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", 2000),
        ("json://localhost", 32768),
    ],
)
def test_a_long_text_is_split_by_what_the_service_takes(url: str, longest: int) -> None:
    found = create_service(url)
    assert found is not None
    text = "".join(f"{number} <words> & *more* of it\n" for number in range(4000)).strip()

    posts = compose(Message("Long", text=text, attachments=(PICTURE,)), 0, found)

    assert reads([post.text for post in posts], text)
    assert max(len(post.title + post.text) for post in posts) <= longest
    assert [bool(post.files) for post in posts] == [False] * (len(posts) - 1) + [True]
    assert all(post.title == "" for post in posts[1:])


def test_a_service_without_room_for_a_title_gets_it_in_the_text() -> None:
    found = create_service("tgram://123456789:abcdefg_hijklmnop/12315544/")
    assert found is not None

    (post,) = compose(MESSAGE, 0, found)

    assert (post.title, post.text.partition("\n")[0]) == ("", "SMS from Bank")


def test_what_a_service_cannot_take_is_said() -> None:
    found = create_service("gotify://localhost/abcdefghijklmno")
    assert found is not None

    (post,) = compose(replace(MESSAGE, attachments=(PICTURE,)), 0, found)

    assert post.files == ()
    assert post.text.endswith("1 of 1 attachments are missing: this service takes none")


async def test_a_message_without_words_has_its_title(place: Service) -> None:
    await send(made(address(place)), Message("An SMS came"))

    assert place.requests[0].json()["message"] == "An SMS came"


# Threads


async def test_a_service_that_hangs_holds_up_nobody(place: Service) -> None:
    apprise = made(address(place))
    place.acts.append(Trouble.HANG)
    hanging = asyncio.create_task(send(apprise, MESSAGE))
    while not place.attempts:  # noqa: ASYNC110  what happens, happens in a service that knows nothing of us
        await asyncio.sleep(0.01)

    assert await send(apprise, MESSAGE) == [None]

    assert not hanging.done()
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "apprise")
    hanging.cancel()


LEAVING = """
import asyncio, json, sys
from forwarders.base import Message
from forwarders.http import Http
from testkit.case import deliver, load

async def main():
    forwarder = load("forwarders.apprise:Apprise", json.loads(sys.argv[1]), Http())
    asyncio.ensure_future(deliver(forwarder, Message("SMS", text="words")))
    await asyncio.to_thread(sys.stdin.read)
    print("left", flush=True)

asyncio.run(main())
"""


async def test_a_process_does_not_wait_for_a_service_that_hangs(place: Service, root: Path) -> None:
    place.always = Trouble.HANG
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LEAVING, json.dumps({"urls": [address(place)]})),
        cwd=root,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    while not place.attempts:  # noqa: ASYNC110  as above
        await asyncio.sleep(0.01)

    try:
        said, complaints = await asyncio.wait_for(child.communicate(b""), 60)
    finally:
        if child.returncode is None:
            child.kill()

    assert (child.returncode, said, complaints) == (0, b"left\n", b"")
    assert place.attempts == 1


# The operator


@pytest.mark.parametrize(
    ("urls", "count"),
    [
        ("json://a", 1),
        ("json://a,json://b", 2),
        (" json://a json://b\n, xml://c ", 3),
        ("mailto://u:p@example.org?to=a@example.org,b@example.org", 1),
        (["json://a", "json://b"], 2),
    ],
)
def test_several_addresses_may_stand_in_one_text(urls: Any, count: int) -> None:
    assert len(AppriseOptions.model_validate({"urls": urls}).urls) == count


@pytest.mark.parametrize("urls", ["nonsense", "json://", "nobody://hunter2", "json://a,tgram://hunter2"])
def test_an_address_in_a_list_that_is_none_is_refused_and_not_quoted(
    urls: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValidationError, match="Apprise does not support address") as caught:
        AppriseOptions.model_validate({"urls": urls})

    assert "hunter2" not in str(caught.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("url", "library"),
    [
        ("mqtt://me:password@localhost/topic", "'paho-mqtt >= 2"),
        ("MQTTS://localhost/topic", "'paho-mqtt >= 2"),
        ("xmpp://me:password@example.org/you@example.org", "'slixmpp >= 1"),
        ("xmpps://me:password@example.org/you@example.org", "'slixmpp >= 1"),
    ],
)
def test_a_library_that_a_service_needs_is_named(url: str, library: str) -> None:
    for options in ({"url": url}, {"urls": ["json://localhost", url]}):
        with pytest.raises(ValidationError, match=f"not installed: pip install {library}") as caught:
            AppriseOptions.model_validate(options)
        assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "there is no address"),
        ({"urls": []}, "there is no address"),
        ({"url": "json://a", "urls": "json://b"}, "in one place"),
        ({"url": "nobody://hunter2"}, "Apprise does not support this address"),
    ],
)
def test_one_address_or_several_are_needed(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        AppriseOptions.model_validate(options)


async def test_one_address_stands_alone(place: Service) -> None:
    options = AppriseOptions.model_validate({"url": address(place)})

    assert await send(Apprise(options, Http()), MESSAGE) == [None]

    assert [request.path for request in place.requests] == ["/in"]


UNASKED = """
import sys
from pathlib import Path
from relay.app import build_app
from relay.config import load
from relay.logs import Log

build_app(load({"API_KEY": "0123456789abcdef"}, Path("docs")), Log(structured=False))
print([name for name in sys.modules if "apprise" in name])
"""


def test_it_is_imported_only_when_configured(root: Path) -> None:
    said = subprocess.check_output([sys.executable, "-c", UNASKED], cwd=root, text=True)

    assert said == "[]\n"


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "apprise" or ".apprise" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "apprise", None)  # as where it is not installed

    with pytest.raises(ConfigurationError, match=r"pip install -r requirements-apprise\.txt"):
        load({"API_KEY": "0123456789abcdef", "APPRISE_URLS": "json://localhost"}, root / "docs")


def test_a_post_shows_nothing() -> None:
    assert repr(ApprisePost(0, "title", "words", (PICTURE,))) == "ApprisePost(number=0)"
