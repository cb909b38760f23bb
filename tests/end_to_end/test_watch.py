"""The watch over HTTP: who may tick, what a tick answers, and that a phone is recorded beside its event."""

import hmac
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from relay.events import ALERT
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.end_to_end.conftest import Function, Start

pytestmark = pytest.mark.anyio

LEDGER_SECRET, TICK_SECRET = "a-ledger-secret-of-this-test", "a-tick-secret-of-this-test"
DERIVED = hmac.digest(LEDGER_SECRET.encode(), b"sms-relay tick", "sha256").hex()
PING = b'{"id": "p", "event": "system:ping", "deviceId": "anna-device"}'
HOURS = 4 * 3600.0


def variables(telegram: Telegram, ledger: Path, **more: str) -> dict[str, str]:
    chat = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": CHAT, "TELEGRAM_API_URL": telegram.url}
    return chat | {"WATCH": "telegram", "LEDGER_URL": f"sqlite:///{ledger}"} | more


async def tick(running: Function, secret: str, method: str = "POST") -> httpx.Response:
    async with httpx.AsyncClient(base_url=running.url) as client:
        headers = {b"Authorization": f"Bearer {secret}".strip().encode()}
        return await client.request(method, "/tick", headers=headers)


def age(ledger: Path, **changes: float) -> None:
    """Let the notes be older than they are: each of their times that is named, by so many seconds."""

    def older(note: dict[str, Any]) -> dict[str, Any]:
        return note | {name: note[name] - seconds for name, seconds in changes.items() if name in note}

    with closing(sqlite3.connect(ledger)) as database, database:
        for name, memo in database.execute("SELECT name, memo FROM memos").fetchall():
            database.execute(
                "UPDATE memos SET memo = ? WHERE name = ?", (json.dumps(older(json.loads(memo))), name)
            )


async def test_a_phone_that_is_silent_is_reported_and_comes_back(function: Start, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    config = f"""
        [watch]
        to = "family"
        [devices.anna]
        ids = "anna-device"
        [destinations.family]
        type = "telegram"
        bot_token = "{TOKEN}"
        chat_id = {CHAT}
    """
    async with Telegram() as telegram:
        address = f'api_url = "{telegram.url}"\n'
        settings = {"LEDGER_URL": f"sqlite:///{ledger}", "LEDGER_SECRET": LEDGER_SECRET}
        async with function(settings, config=config + address) as running:
            assert (await running.post(PING)).status_code == 200
            first = await tick(running, DERIVED)
            age(ledger, heard=HOURS, pinged=HOURS, first=HOURS, returned=HOURS, started=HOURS)
            second, third = await tick(running, DERIVED), await tick(running, DERIVED)
            await running.post(PING)
        async with function(settings, config=config + address) as running:
            await running.post(PING)
            last = await tick(running, DERIVED)

    ticks = [each.json() for each in (first, second, third, last)]
    assert [(each["silent"], each["sent"]) for each in ticks] == [(0, 0), (1, 1), (1, 0), (0, 1)]
    assert [each.text.splitlines()[0] for each in telegram.shown] == [
        "anna has been silent for 4 h.",
        "anna is back after 4 h.",
    ]


BOTH = {"LEDGER_SECRET": LEDGER_SECRET, "TICK_SECRET": TICK_SECRET}


@pytest.mark.parametrize(
    ("secrets", "answers"),
    [
        ({"LEDGER_SECRET": LEDGER_SECRET}, {DERIVED: 200, LEDGER_SECRET: 401, TICK_SECRET: 401}),
        (BOTH, {TICK_SECRET: 200, DERIVED: 401, "": 401, "é": 401, f"{TICK_SECRET}x": 401}),
        ({}, {TICK_SECRET: 404, "": 404}),
    ],
)
async def test_only_who_has_the_secret_may_tick(
    secrets: dict[str, str], answers: dict[str, int], function: Start, tmp_path: Path
) -> None:
    async with (
        Telegram() as telegram,
        function(variables(telegram, tmp_path / "ledger.db", **secrets), warm=False) as running,
    ):
        given = {secret: (await tick(running, secret)).status_code for secret in answers}
        read = await tick(running, TICK_SECRET, "GET")
        output = running.output

    assert given == answers
    assert (read.status_code, read.headers.get("allow")) == ((405, "POST") if secrets else (404, None))
    assert not any(secret in output for secret in (TICK_SECRET, LEDGER_SECRET, DERIVED))


async def test_without_a_watch_there_is_no_tick_and_no_page(function: Start) -> None:
    async with (
        function({"TICK_SECRET": TICK_SECRET, "STATUS_KEY": TICK_SECRET}, warm=False) as running,
        httpx.AsyncClient(base_url=running.url) as client,
    ):
        answers = [await tick(running, TICK_SECRET), await client.get(f"/status?key={TICK_SECRET}")]

    assert [(each.status_code, each.json()["error"]) for each in answers] == [(404, "not-found")] * 2


async def test_nobody_can_post_an_alert_of_the_relay(function: Start, tmp_path: Path) -> None:
    body = json.dumps({"id": "x", "event": ALERT, "payload": {"title": "anna is silent"}}).encode()
    async with Telegram() as telegram, function(variables(telegram, tmp_path / "ledger.db")) as running:
        answer = await running.post(body)

    assert (answer.status_code, answer.json()["error"]) == (400, "not-an-event")
    assert telegram.shown == []


async def test_a_ledger_that_is_away_changes_no_answer_and_makes_no_tick(
    function: Start, tmp_path: Path
) -> None:
    ledger = tmp_path / "folder" / "ledger.db"
    async with (
        Telegram() as telegram,
        function(variables(telegram, ledger, TICK_SECRET=TICK_SECRET)) as running,
    ):
        ledger.unlink()
        ledger.mkdir()
        posted = await running.post(PING)
        ticked = await tick(running, TICK_SECRET)

    assert posted.status_code == 200
    assert (ticked.status_code, ticked.json()["error"]) == (503, "ledger")
