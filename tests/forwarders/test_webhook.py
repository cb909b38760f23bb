import json
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forwarders.base import Attachment, Message, Misconfigured
from forwarders.http import Http
from forwarders.webhook import Webhook, WebhookPost
from forwarders.webhook.options import WebhookOptions
from testkit.service import Reply, Request
from testkit.services.webhook import OLD, SECRET, Server, signed

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    title="SMS from Bank",
    text="481 516 is <your> code 你好",
    fields=(("SIM", "2"),),
    notes=("late",),
    code="481516",
    key="0f" * 32,
    thread="thread",
    type="sms:received",
)
PICTURE = Attachment("view.png", "image/png", b"\x89PNG")
NOW = 1_782_122_771.9


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


def made(server: Server, http: Http, secrets: Any = SECRET, now: float = NOW) -> Webhook:
    options = WebhookOptions.model_validate({"url": f"{server.url}/in", "secrets": secrets})
    return Webhook(options, http, lambda: now)


def secret_of(size: int) -> str:
    return "whsec_" + b64encode(bytes(range(size))).decode()


async def send(webhook: Webhook, message: Message) -> None:
    (post,) = webhook.plan(message)
    assert await webhook.send(post) is None


# What the server gets


async def test_a_message_is_json_and_the_event_comes_with_it(server: Server, http: Http) -> None:
    event = {"event": "sms:received", "payload": {"message": "481 516 is <your> code 你好"}}

    await send(made(server, http), replace(MESSAGE, event=event, attachments=(PICTURE,)))

    assert server.bodies == {
        MESSAGE.key: {
            "type": "sms:received",
            "message": {
                "title": "SMS from Bank",
                "text": "481 516 is <your> code 你好",
                "fields": [{"label": "SIM", "value": "2"}],
                "notes": ["late"],
                "code": "481516",
                "attachments": [{"name": "view.png", "content_type": "image/png", "size": 4}],
                "silent": False,
                "thread": "thread",
            },
            "event": event,
        }
    }
    assert server.requests[0].headers["content-type"] == "application/json"


async def test_without_the_event_attachments_have_their_bytes(server: Server, http: Http) -> None:
    await send(made(server, http), replace(MESSAGE, attachments=(PICTURE,)))

    (body,) = server.bodies.values()
    assert body["event"] is None
    assert body["message"]["attachments"][0]["data"] == b64encode(PICTURE.data).decode()


async def test_a_repeat_has_the_same_name_and_another_moment(server: Server, http: Http) -> None:
    await send(made(server, http), MESSAGE)
    await send(made(server, http, now=NOW + 60), MESSAGE)

    first, second = (request.headers for request in server.requests)
    assert first["webhook-id"] == second["webhook-id"] == MESSAGE.key
    assert (first["webhook-timestamp"], second["webhook-timestamp"]) == ("1782122771", "1782122831")
    assert first["webhook-signature"] != second["webhook-signature"]
    assert server.requests[0].body == server.requests[1].body


async def test_a_message_without_a_key_is_named_by_what_it_says(server: Server, http: Http) -> None:
    webhook = made(server, http)

    names = {webhook.plan(replace(MESSAGE, key="", text=text))[0].name for text in ("a", "a", "b")}

    assert len(names) == 2


async def test_several_secrets_sign_while_one_is_changed(server: Server, http: Http) -> None:
    await send(made(server, http, f"{OLD}, {SECRET}"), MESSAGE)

    assert signed(server.requests[0], OLD)
    assert signed(server.requests[0], SECRET)


async def test_another_secret_is_refused(server: Server, http: Http) -> None:
    with pytest.raises(Misconfigured, match="set new ones"):
        await send(made(server, http, OLD), MESSAGE)


async def test_redirects_are_not_followed(server: Server, http: Http) -> None:
    server.always = Reply(307, b"", {"Location": f"{server.url}/elsewhere"})

    with pytest.raises(Misconfigured, match="redirects to another address"):
        await send(made(server, http), MESSAGE)

    assert [request.path for request in server.requests] == ["/in"]


def test_a_post_shows_nothing() -> None:
    assert repr(WebhookPost("name", "words")) == "WebhookPost(name='name')"


# What the document shows


PYTHON = """
import json, sys
print(is_ours(json.loads(sys.argv[1]), open(sys.argv[2], "rb").read(), sys.argv[3]))
"""
JS = """
import { readFileSync } from "node:fs";
const [headers, body, secret] = process.argv.slice(2);
console.log(isOurs(JSON.parse(headers), readFileSync(body), secret) ? "True" : "False");
"""
BASH = """
read_header() { sed -E "s/.*\\"$1\\": \\"([^\\"]*)\\".*/\\\\1/" <<<"$headers"; }
headers=$1
id=$(read_header webhook-id) timestamp=$(read_header webhook-timestamp)
signatures=$(read_header webhook-signature)
if is_ours "$id" "$timestamp" "$signatures" "$2" "$3"; then echo True; else echo False; fi
"""
DRIVERS = {
    "python": ("check.py", PYTHON, sys.executable),
    "js": ("check.mjs", JS, "node"),
    "bash": ("check.sh", BASH, "bash"),
}


@pytest.fixture(params=DRIVERS)
def verify(
    request: pytest.FixtureRequest, root: Path, tmp_path: Path, need: Callable[[str], str]
) -> Callable[[Request, str], bool]:
    """Give the verification that the document shows, in one of its languages."""
    name, driver, program = DRIVERS[request.param]
    page = (root / "docs" / "destinations.md").read_text()
    [shown] = re.findall(rf"^```{request.param}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / name).write_text(shown + driver)
    path = program if "/" in program else need(program)

    def verified(posted: Request, secret: str) -> bool:
        (tmp_path / "body").write_bytes(posted.body)
        body = {each: value for each, value in posted.headers.items() if each.startswith("webhook-")}
        headers = json.dumps(body, ensure_ascii=False)
        command = [path, str(tmp_path / name), headers, str(tmp_path / "body"), secret]
        said = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=tmp_path
        ).stdout.strip()
        assert said in ("True", "False")
        return said == "True"

    return verified


async def test_the_shown_verification_tells_ours_from_others(
    server: Server, http: Http, verify: Callable[[Request, str], bool]
) -> None:
    options = WebhookOptions.model_validate({"url": f"{server.url}/in", "secrets": [OLD, SECRET]})
    await send(Webhook(options, http), MESSAGE)
    (ours,) = server.requests

    assert verify(ours, SECRET)
    assert verify(ours, OLD)
    assert not verify(ours, "whsec_" + b64encode(b"nobody's secret, 32 bytes long..").decode())
    assert not verify(replace(ours, body=ours.body + b" "), SECRET)


async def test_the_shown_verification_refuses_what_is_old(
    server: Server, http: Http, verify: Callable[[Request, str], bool]
) -> None:
    await send(made(server, http, now=NOW - 1_000_000), MESSAGE)

    assert not verify(server.requests[0], SECRET)


HOSTILE = {
    "a command": {"webhook-timestamp": "x[$(touch ran)]"},
    "no moment": {"webhook-timestamp": ""},
    "not a number": {"webhook-timestamp": "NaN"},
    "digits of another script": {"webhook-timestamp": "١٧٨٢١٤٢٩٤٢"},
    "a huge number": {"webhook-timestamp": "9" * 400},
    "another alphabet": {"webhook-signature": "v1,ключ"},
    "no signature": {"webhook-signature": ""},
    "another name": {"webhook-id": "$(touch ran)"},
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
async def test_the_shown_verification_bears_what_a_stranger_says(
    server: Server, http: Http, verify: Callable[[Request, str], bool], tmp_path: Path, said: dict[str, str]
) -> None:
    await send(made(server, http), MESSAGE)
    (ours,) = server.requests
    strange = replace(ours, headers={**ours.headers, **said})

    assert not verify(strange, SECRET)
    assert not (tmp_path / "ran").exists()


async def test_the_shown_verification_bears_missing_headers(
    server: Server, http: Http, verify: Callable[[Request, str], bool]
) -> None:
    await send(made(server, http), MESSAGE)
    (ours,) = server.requests

    assert not verify(replace(ours, headers={}), SECRET)


# The operator


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"url": "http://example.org/in"}, "must begin with https://"),
        ({"url": "https://"}, "not the address"),
        ({"secrets": "secret"}, "whsec_ and then 24 to 64"),
        ({"secrets": "whsec_c2hvcnQ="}, "whsec_ and then 24 to 64"),
        ({"secrets": "whsec_not base64"}, "whsec_ and then 24 to 64"),
        ({"secrets": f"{SECRET},"}, "whsec_ and then 24 to 64"),
        ({"secrets": secret_of(23)}, "whsec_ and then 24 to 64"),
        ({"secrets": secret_of(65)}, "whsec_ and then 24 to 64"),
        ({"secrets": []}, "at least 1 item"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem) as caught:
        WebhookOptions.model_validate({"url": "https://example.org/in", "secrets": SECRET} | options)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("size", [24, 64])
def test_the_shortest_and_the_longest_secret_are_secrets(size: int) -> None:
    WebhookOptions.model_validate({"url": "https://example.org/in", "secrets": secret_of(size)})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machine_needs_no_encryption(host: str) -> None:
    WebhookOptions.model_validate({"url": f"http://{host}:8080/in", "secrets": [SECRET]})
