"""Answers over HTTP: who is let in, and that one confirmation is one SMS though the process is killed."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from forwarders.telegram.conversation import HEADER, webhook_secret
from relay.replies import LARGEST_UPDATE
from testkit.service import Trouble
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN
from testkit.services.telegram_chat import BOT, TelegramChat
from tests.end_to_end.conftest import API_KEY, Function, Start

pytestmark = pytest.mark.anyio

ANNA, PHONE, MUM = 4711, "phone-of-anna", "+4915112345678"
LEDGER_SECRET = "a-ledger-secret-of-this-test"
SECRET = webhook_secret(str(BOT), LEDGER_SECRET.encode())


def settings(chat: TelegramChat, gateway: Gateway, folder: Path) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": CHAT,
        "TELEGRAM_API_URL": chat.url,
        "TELEGRAM_REPLIES": str(ANNA),
        "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
        "SMSGATE_USER": USER,
        "SMSGATE_PASSWORD": PASSWORD,
        "LEDGER_SECRET": LEDGER_SECRET,
        "LEDGER_URL": f"sqlite:///{folder}/ledger.sqlite",
    }


async def update(running: Function, body: bytes, secret: str = SECRET) -> httpx.Response:
    async with httpx.AsyncClient(base_url=running.url, timeout=10) as client:
        return await client.post("/telegram", content=body, headers={HEADER: secret})


def event(kind: str, **payload: Any) -> bytes:
    content = {"id": f"{kind}{payload}", "event": kind, "deviceId": PHONE, "payload": payload}
    return json.dumps(content).encode()


async def test_an_answer_goes_all_the_way(function: Start, tmp_path: Path) -> None:
    async with TelegramChat() as chat, Gateway(PHONE) as gateway:
        async with function(settings(chat, gateway, tmp_path)) as running:
            await running.post(event("sms:received", sender=MUM, message="Where are you?", simNumber=1))
            reply = chat.said("On my way", ANNA, answers=max(chat.bubbles), at=time.time())
            refused = [await update(running, reply, secret) for secret in ("", "wrong", SECRET[:-1])]
            assert [each.status_code for each in refused] == [401, 401, 401]
            assert len(chat.bubbles) == 1
            too_large = await update(running, b" " * (LARGEST_UPDATE + 1))
            assert too_large.status_code == 413
            assert (await update(running, reply)).json() == {"status": "done"}
            assert list(chat.latest.buttons) == ["Send", "Cancel"]
            press = chat.pressed("Send", ANNA)
            gateway.acts.append(Trouble.HANG)
            hanging = await update(running, press)
            assert (hanging.status_code, hanging.headers["retry-after"]) == (503, "2")
            running.signal(signal.SIGKILL)
        gateway.acts.clear()
        sms_id = gateway.requests[-1].json()["id"]
        gateway.accepted[PHONE, sms_id] = {}  # it was taken on before the process was killed
        async with function(settings(chat, gateway, tmp_path)) as running:
            busy = await update(running, press)
            assert busy.status_code == 503, "the lease of the killed process has not ended"
            await running.post(event("sms:sent", messageId=sms_id, recipient=MUM))
            await running.post(event("sms:delivered", messageId=sms_id, recipient=MUM))
            assert (await update(running, press)).status_code == 200
        assert chat.latest.text.endswith("On my way\ndelivered ✓")
        assert len(gateway.accepted) == 1
        assert not any(word in running.output for word in ("On my way", "Where", MUM, SECRET, TOKEN))


async def test_with_a_key_the_path_is_that_of_a_webhook(function: Start) -> None:
    async with function({}) as running:
        assert (await update(running, b"{}")).status_code == 404
        async with httpx.AsyncClient(base_url=running.url) as client:
            answer = await client.post("/telegram", params={"apiKey": API_KEY}, content=event("system:ping"))
        assert answer.status_code == 200
