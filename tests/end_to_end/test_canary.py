"""Test SMS through the function itself: sent by a tick over HTTP, back as a webhook, shown by the page."""

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from testkit.service import Trouble
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.end_to_end.conftest import Function, Start
from tests.end_to_end.test_watch import DERIVED, LEDGER_SECRET, tick

pytestmark = pytest.mark.anyio

STATUS_KEY = "a-status-key-of-this-test"
NUMBER = "+12025550143"
CONFIG = f"""
[watch]
to = "family"
[devices.anna]
ids = "anna-device"
numbers = {{ 1 = "{NUMBER}" }}
[[canary]]
device = "anna"
to = "{NUMBER}"
[destinations.family]
type = "telegram"
bot_token = "{TOKEN}"
chat_id = {CHAT}
"""


def settings(gateway: Gateway, ledger: Path) -> dict[str, str]:
    return {
        "LEDGER_URL": f"sqlite:///{ledger}",
        "LEDGER_SECRET": LEDGER_SECRET,
        "STATUS_KEY": STATUS_KEY,
        "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
        "SMSGATE_USER": USER,
        "SMSGATE_PASSWORD": PASSWORD,
    }


def change(ledger: Path, **trip: float) -> None:
    """Let the canary's note say that it began long ago, and other times of its test."""
    with closing(sqlite3.connect(ledger)) as database, database:
        [(name, memo)] = database.execute(
            "SELECT name, memo FROM memos WHERE name LIKE 'canary.%'"
        ).fetchall()
        note = json.loads(memo) | {"since": 1.0}
        if note["trip"]:
            note["trip"] |= trip
        database.execute("UPDATE memos SET memo = ? WHERE name = ?", (json.dumps(note), name))


def event(kind: str, **payload: Any) -> bytes:
    return json.dumps({"id": kind, "event": kind, "deviceId": "anna-device", "payload": payload}).encode()


async def status(running: Function) -> Any:
    async with httpx.AsyncClient(base_url=running.url) as client:
        headers = {"accept": "application/json"}
        return (await client.get(f"/status?key={STATUS_KEY}", headers=headers)).json()["canaries"]


async def test_a_test_goes_all_the_way_and_bothers_nobody(function: Start, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    async with Telegram() as telegram, Gateway("anna-device") as gateway:
        config = f'{CONFIG}api_url = "{telegram.url}"\n'
        async with function(settings(gateway, ledger), config=config) as running:
            await running.post(event("system:ping"))
            await tick(running, DERIVED)
            assert gateway.accepted == {}
            change(ledger)
            for _ in range(3):
                assert (await tick(running, DERIVED)).status_code == 200
            [sms] = gateway.accepted.values()
            assert [each["under_way"] for each in await status(running)] == [True]
            text = sms["textMessage"]["text"]
            answers = [
                await running.post(event("sms:sent", messageId=sms["id"], recipient=NUMBER)),
                await running.post(event("sms:received", sender=NUMBER, message=text)),
                await running.post(event("sms:received", sender=NUMBER, message=f"{text}!")),
            ]
            [canary] = await status(running)
            output = running.output

    assert [each.json()["deliveries"] for each in answers] == [
        {"canary": "delivered"},
        {"canary": "delivered"},
        {"family": "delivered"},
    ]
    assert (canary["name"], canary["problem"], canary["under_way"]) == ("anna", None, False)
    assert canary["seconds"] < 60
    assert len(telegram.shown) == 1
    assert not any(secret in output for secret in (NUMBER, text, text[-16:]))


async def test_a_process_that_is_killed_while_it_asks_sends_no_second_sms(
    function: Start, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    async with Telegram() as telegram, Gateway("anna-device") as gateway:
        config = f'{CONFIG}api_url = "{telegram.url}"\n'
        async with function(settings(gateway, ledger), config=config) as running:
            await tick(running, DERIVED)
            change(ledger)
            gateway.acts.append(Trouble.DROP_READ)
            await tick(running, DERIVED)
            running.signal(signal.SIGKILL)
        change(ledger, tried=1.0)
        async with function(settings(gateway, ledger), config=config) as running:
            await tick(running, DERIVED)
            change(ledger, tried=1.0, accepted=0.0)  # as if it had been killed after the answer, too
            await tick(running, DERIVED)

    asked = [each.json()["id"] for each in gateway.requests]
    assert len(asked) == 3
    assert len(set(asked)) == 1
    assert len(gateway.accepted) == 1
