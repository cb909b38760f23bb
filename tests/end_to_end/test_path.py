"""The whole path: a phone's request in, messages at the services, an answer out."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest

from relay.events import parse, split
from testkit.service import Trouble, reply
from testkit.services.slack import HOOK, Slack
from testkit.services.smtp import SmtpServer, mailhouse
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.end_to_end.conftest import API_KEY, SIGNING_KEY, Function, Start, signed

pytestmark = pytest.mark.anyio

FORWARDED = {
    "call-ended",
    "call-ringing",
    "call-started",
    "mms-batch-downloaded",
    "mms-batch-received",
    "mms-downloaded",
    "mms-received",
    "sms-batch-data-received",
    "sms-batch-received",
    "sms-data-received",
    "sms-failed",
    "sms-failed-2024",
    "sms-received",
    "sms-received-2024",
    "sms-received-code",
    "unknown-type",
}


def telegram(service: Telegram) -> dict[str, str]:
    return {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": CHAT, "TELEGRAM_API_URL": service.url}


def slack(service: Slack) -> dict[str, str]:
    return {"SLACK_WEBHOOK_URL": f"{service.url}{HOOK}"}


def mail(service: SmtpServer) -> dict[str, str]:
    url = f"smtp://127.0.0.1:{service.port}?tls=off"
    return {"SMTP_URL": url, "EMAIL_FROM": "relay@example.org", "EMAIL_TO": "anna@example.org"}


def sms(text: str = "hello", **changes: object) -> bytes:
    payload = {"sender": "MyBank", "message": text, "receivedAt": "2026-06-22T15:46:11.000+07:00"}
    return json.dumps(
        {"id": secrets.token_hex(8), "event": "sms:received", "payload": payload} | changes
    ).encode()


def outcomes(answer: object) -> Mapping[str, str]:
    body: Mapping[str, Mapping[str, str]] = json.loads(getattr(answer, "content", b"{}"))
    return body["deliveries"]


async def test_every_sample_reaches_every_destination(function: Start, samples: Mapping[str, bytes]) -> None:
    async with AsyncExitStack() as services:
        bot = await services.enter_async_context(Telegram())
        work = await services.enter_async_context(Slack())
        post = await services.enter_async_context(mailhouse())
        variables = telegram(bot) | slack(work) | mail(post) | {"SIGNING_KEYS": f"other,{SIGNING_KEY}"}
        async with function(variables) as running:
            for name, body in samples.items():
                answer = await running.post(body)
                expected = {"telegram", "slack", "email"} if name in FORWARDED else set()
                assert answer.status_code == 200, name
                assert outcomes(answer) == dict.fromkeys(expected, "delivered"), name
            assert await running.stop() == 0
    messages = sum(len(split(parse(body))) for name, body in samples.items() if name in FORWARDED)
    assert len(work.posted) == len(post.mails) == messages
    shown = "\n".join(each.text for each in bot.shown)
    assert "Your parcel is at the door & waiting <3" in shown
    assert "481516" in [each.copies for each in bot.shown]


class TestAnswers:
    """Every row of the table of answers."""

    @pytest.fixture(scope="class")
    async def running(self, function: Start) -> AsyncIterator[Function]:
        async with function({"SIGNING_KEYS": SIGNING_KEY, "MAX_BODY_BYTES": "2000"}) as running:
            yield running

    async def test_405(self, running: Function) -> None:
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            answer = await running.request(method)
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    @pytest.mark.parametrize(
        "query", ["", "apiKey=", "apiKey=wrong", f"apiKey={API_KEY}&apiKey={API_KEY}", "apiKey=%ff%fe"]
    )
    async def test_401_for_a_key(self, running: Function, query: str) -> None:
        assert (await running.post(sms(), query)).status_code == 401

    async def test_413(self, running: Function) -> None:
        answer = await running.post(sms("x" * 2000))
        assert (answer.status_code, answer.json()["error"]) == (413, "too-large")
        assert "alert=body-too-large" in running.output

    async def test_401_for_a_signature_is_the_same_as_for_a_key(self, running: Function) -> None:
        body = sms()
        wrong = await running.post(body, **signed(b"another"))
        old = await running.post(body, **signed(body, time.time() - 4000))
        key = await running.post(body, "apiKey=wrong")
        assert wrong.status_code == old.status_code == key.status_code == 401
        assert wrong.content == old.content == key.content
        assert re.search(r"clock is 400\d s behind", running.output)

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b"null", b"{}", b'{"event": ""}', b'{"event": 7}', b"[" * 1500]
    )
    async def test_400(self, running: Function, body: bytes) -> None:
        answer = await running.post(body)
        assert (answer.status_code, answer.json()["error"]) == (400, "not-an-event")

    async def test_200_though_no_route_wants_it(self, running: Function) -> None:
        answer = await running.post(b'{"event": "sms:sent", "id": "abc"}')
        assert (answer.status_code, answer.json()) == (200, {"event": "abc", "deliveries": {}})

    async def test_an_id_that_is_none_is_not_quoted(self, running: Function) -> None:
        answer = await running.post(b'{"event": "sms:sent", "id": "+12025550143"}')
        assert "2025550143" not in answer.text


async def test_a_service_that_refuses_is_503_and_the_retry_delivers_once(function: Start) -> None:
    async with Telegram() as bot, Slack() as work:
        bot.acts.append(reply(502, None))
        async with function(telegram(bot) | slack(work)) as running:
            body = sms()
            first = await running.post(body)
            assert (first.status_code, first.headers["retry-after"]) == (503, "30")
            assert outcomes(first) == {"telegram": "deferred", "slack": "delivered"}
            assert outcomes(await running.post(body)) == {"telegram": "delivered", "slack": "duplicate"}
            assert outcomes(await running.post(body)) == {"telegram": "duplicate", "slack": "duplicate"}
    assert (len(bot.shown), len(work.posted)) == (1, 1)


async def test_a_hanging_service_delays_neither_the_answer_nor_the_others(function: Start) -> None:
    async with Telegram() as bot, Slack() as work:
        bot.acts.append(Trouble.HANG)
        async with function(telegram(bot) | slack(work)) as running:
            answer = await running.post(sms())
            assert answer.status_code == 503
            assert outcomes(answer) == {"telegram": "deferred", "slack": "delivered"}


async def test_the_same_event_fifty_times_at_once_is_one_message(function: Start) -> None:
    async with Telegram() as bot, function(telegram(bot)) as running:
        body = sms()
        answers = await asyncio.gather(*(running.post(body) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        assert len(bot.shown) == 1


@pytest.mark.parametrize("ids", ["true", "false"])
async def test_the_log_names_no_person_and_no_secret(function: Start, ids: str) -> None:
    words = ("Geheimnis", "481516", "2025550143", API_KEY, TOKEN, TOKEN.partition(":")[2])
    google = {
        "K_SERVICE": "relay",
        "LOG_LEVEL": "DEBUG",
        "LOG_EXECUTION_ID": ids,
        "GOOGLE_CLOUD_PROJECT": "p",
    }
    trace = "105445aa7843bc8bf206b12000100000"
    async with Telegram() as bot:
        bot.acts += [
            reply(500, None),
            reply(400, {"ok": False, "description": "chat not found"}),
            Trouble.DROP_READ,
        ]
        async with function(telegram(bot) | google) as running:
            for number in range(4):
                body = sms(
                    f"Geheimnis 481516 is your code {number}", deviceId="+12025550143", id="+12025550143"
                )
                await running.post(body, **{"x-cloud-trace-context": f"{trace}/1;o=1"})
            await running.post(b"{ Geheimnis")
            _, *requests = [line for line in running.lines if line["message"] == "request"]
            output = running.output
    assert not [word for word in words if word in output]
    assert [line["status"] for line in requests] == [503, 503, 503, 200, 400]
    assert requests[0]["logging.googleapis.com/trace"] == f"projects/p/traces/{trace}"
    assert "misconfigured" in output


REFUSALS = [
    ({"API_KEY": " "}, "API_KEY"),
    ({"TELEGRAM_BOT_TOKEN": TOKEN}, "TELEGRAM_CHAT_ID"),
    ({"K_SERVICE": "relay"}, "destination"),
    (
        {"LEDGER_URL": "sqlite:////proc/ledger.db", "K_SERVICE": "relay", "NTFY_TOPIC": "relay-of-this-test"},
        "LEDGER_URL: on Google Cloud",
    ),
]


@pytest.mark.parametrize(("variables", "named"), REFUSALS)
async def test_it_refuses_to_start_in_one_line(
    function: Start, variables: dict[str, str], named: str
) -> None:
    with pytest.raises(RuntimeError) as refused:
        async with function(variables):
            pass
    said = str(refused.value).removeprefix("it does not listen: ").strip()
    assert named in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
    assert TOKEN not in said


async def test_a_message_that_is_too_large_is_announced(function: Start) -> None:
    async with Telegram() as bot, Slack() as work:
        limit = {"MAX_BODY_BYTES": "2000"}
        async with function(telegram(bot) | slack(work) | limit) as running:
            for _ in range(2):
                assert (await running.post(sms("x" * 2000))).status_code == 413
    assert [len(bot.shown), len(work.posted)] == [1, 1]
    assert "too large" in bot.shown[0].text


async def test_an_operator_is_told_in_another_place(function: Start) -> None:
    async with Telegram() as bot, Slack() as work:
        bot.always = reply(
            400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
        )
        async with function(telegram(bot) | slack(work)) as running:
            assert (await running.post(sms())).status_code == 503
    shown = [posted.shown for posted in work.posted]
    assert len(shown) == 2
    assert any("telegram refuses since" in each for each in shown)
