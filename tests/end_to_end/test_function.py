"""What the function makes of a request beside deliveries: bugs, hang-ups, logs of libraries, its time."""

import asyncio
import io
import json
from dataclasses import replace
from types import ModuleType

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from relay.events import Event
from relay.logs import Log
from relay.model import Dispatch
from testkit.service import Reply, reply
from testkit.service import Request as Posted
from testkit.services.slack import Slack
from testkit.services.telegram import Telegram
from tests.configured import configured
from tests.end_to_end.chatty import LIBRARIES, SECRET
from tests.end_to_end.conftest import API_KEY, Function, Start
from tests.end_to_end.test_path import outcomes, slack, sms, telegram

pytestmark = pytest.mark.anyio

NUMBER = "+12025550143"


class Broken:
    """Routes with a bug in them, which quotes what it was handed."""

    def dispatch(self, event: Event, now: float) -> Dispatch:
        del now
        raise KeyError(event.payload.sender)


async def test_a_bug_is_503_and_neither_answer_nor_log_has_words_of_it(main: ModuleType) -> None:
    config, stream = configured(), io.StringIO()
    function = main.Function(config, Log(structured=True, stream=lambda: stream))
    function._relay._shared = replace(function._relay._shared, router=Broken())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await function.answer(Request(scope, receive))
        await answer(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://relay") as phone:
        key = config.settings.api_keys[0].decode()
        body = {"event": "sms:received", "id": "one", "payload": {"sender": NUMBER}}
        answer = await phone.post(f"/?apiKey={key}", json=body)
    line = json.loads(stream.getvalue())
    assert (answer.status_code, answer.json()["error"]) == (503, "failed")
    assert answer.headers["retry-after"] == main.RETRY_AFTER
    assert (line["severity"], line["status"], line["reason"]) == ("ERROR", 503, "a bug: KeyError")
    assert NUMBER not in stream.getvalue() + answer.text


async def test_a_phone_that_hangs_up_within_its_body_costs_one_line(function: Start) -> None:
    variables = {"K_SERVICE": "relay", "NTFY_TOPIC": "relay-of-this-test"}
    async with function(variables, warm=False) as running:
        await hang_up(running, sms("half of it"))
        [line] = await logged(running)
        assert (await running.post(b'{"event": "sms:sent"}')).status_code == 200
    assert (line["severity"], line["status"], line["reason"]) == ("WARNING", 400, "the phone hung up")
    assert "event" not in line


async def hang_up(running: Function, body: bytes) -> None:
    """Post a part of a body, and be gone."""
    head = f"POST /?apiKey={API_KEY} HTTP/1.1\r\nHost: relay\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(running.url).port)
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def logged(running: Function) -> list[dict[str, object]]:
    """Return the lines of requests as soon as there is one."""
    while True:
        if found := [line for line in running.lines if line["message"] == "request"]:
            return found
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("ids", ["true", "false"])
async def test_what_libraries_log_is_told_without_their_words(function: Start, ids: str) -> None:
    config = '[destinations.family]\ntype = "tests.end_to_end.chatty:Chatty"\n'
    google = {"K_SERVICE": "relay", "LOG_LEVEL": "DEBUG", "LOG_EXECUTION_ID": ids}
    async with function(google, config=config) as running:
        assert outcomes(await running.post(sms("Geheimnis"))) == {"family": "delivered"}
        output, messages = running.output, [line["message"] for line in running.lines]
    assert "Geheimnis" not in output
    assert SECRET not in output
    for name in LIBRARIES:
        titles = [each for each in messages if each.startswith(f"a line of the library {name or 'root'} (")]
        assert len(titles) == 2, name


class Held(Slack):
    """Takes an alert only once its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.gate = asyncio.Event(), asyncio.Event()

    async def respond(self, request: Posted) -> Reply:
        if b"refuses since" in request.body:
            self.asked.set()
            await self.gate.wait()
        return await super().respond(request)


async def test_an_alert_is_sent_before_the_answer_to_what_caused_it(function: Start) -> None:
    """After the answer the platform gives an instance no time."""
    async with Telegram() as bot, Held() as work, function(telegram(bot) | slack(work)) as running:
        bot.always = reply(403, {"ok": False, "description": "Forbidden: bot was blocked by the user"})
        request = asyncio.create_task(running.post(sms()))
        await asyncio.wait_for(work.asked.wait(), 10)
        answered, _ = await asyncio.wait({request}, timeout=0.5)
        assert not answered
        work.gate.set()
        assert (await request).status_code == 503
        assert len(work.posted) == 2
