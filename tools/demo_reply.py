"""The part of `make demo` in which an SMS is answered; the chat and the phone's server are played, too."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from forwarders.http import Answer, Http
from forwarders.telegram.conversation import HEADER, webhook_secret
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN
from testkit.services.telegram_chat import BOT, TelegramChat
from tools.function import HOST, free_port, running

YOU, PHONE, MUM = 4711, "ffffffffceb0b1db0000018e937c815b", "+12025550143"
LEDGER_SECRET = secrets.token_hex()
CONFIG = f"""\
[contacts]
"{MUM}" = "Mum"

[devices.anna]
ids = ["{PHONE}"]

[destinations.family]
type = "telegram"
bot_token = "{TOKEN}"
chat_id = {CHAT}
api_url = "{{}}"
replies = [{YOU}]
"""
OK = 200

Say = Callable[[str, str], None]
"""Shows what happens: a line of the demo, and what the chat shows then."""


class NotAnswered(Exception):
    """A step did not come to its end."""


async def play(environ: Mapping[str, str], say: Say) -> None:
    """Let Mum write, answer her, and show what the chat shows.

    Raises:
        NotAnswered: a step did not come to its end.
        NotStarted: the function does not start.
    """
    async with TelegramChat() as chat, Gateway(PHONE) as gateway:
        with TemporaryDirectory() as folder:
            file = Path(folder, "config.toml")
            await asyncio.to_thread(file.write_text, CONFIG.format(chat.url))
            settings = {
                **environ,
                "CONFIG_FILE": str(file),
                "LEDGER_SECRET": LEDGER_SECRET,
                "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
                "SMSGATE_USER": USER,
                "SMSGATE_PASSWORD": PASSWORD,
            }
            settings.pop("SIGNING_KEYS", None)
            port = free_port()
            with running(settings, port):
                await _Play(port, environ["API_KEY"], chat, gateway, say).play()


class _Play:
    def __init__(self, port: int, key: str, chat: TelegramChat, gateway: Gateway, say: Say) -> None:
        self._url = f"http://{HOST}:{port}"
        self._key = key
        self._chat = chat
        self._gateway = gateway
        self._say = say
        self._http = Http()

    async def play(self) -> None:
        try:
            await self._play()
        finally:
            await self._http.aclose()

    async def _play(self) -> None:
        chat = self._chat
        await self._step("Mum writes, and it is forwarded to Telegram", self._event("sms:received"))
        number = max(chat.bubbles)
        reply = chat.said("On my way", YOU, answers=number, at=time.time())
        await self._step("you reply “On my way” there, and are asked", self._update(reply))
        await self._step("you press Send", self._update(chat.pressed("Send", YOU)))
        [sms] = self._gateway.accepted.values()
        self._say(f"the phone sends “{sms['textMessage']['text']}” to {sms['phoneNumbers'][0]}", "")
        await self._step("the phone reports that it was sent", self._event("sms:sent", sms["id"]))
        await self._step("… and that it has arrived", self._event("sms:delivered", sms["id"]))

    async def _step(self, line: str, step: Awaitable[Answer]) -> None:
        if (await step).status != OK:
            raise NotAnswered
        latest = self._chat.latest
        buttons = " ".join(f"[{label}]" for label in latest.buttons)
        self._say(line, "\n".join(filter(None, (latest.text, buttons))))

    def _event(self, kind: str, sms_id: str = "") -> Awaitable[Answer]:
        """Post an event as the phone does."""
        payload = {"messageId": sms_id, "recipient": MUM} if sms_id else {"sender": MUM, "message": "Coming?"}
        event = {"id": kind, "event": kind, "deviceId": PHONE, "payload": payload}
        return self._http.request(
            "POST", f"{self._url}/?apiKey={self._key}", content=json.dumps(event).encode()
        )

    def _update(self, body: bytes) -> Awaitable[Answer]:
        """Post what a person did as Telegram does."""
        headers = {HEADER: webhook_secret(str(BOT), LEDGER_SECRET.encode())}
        return self._http.request("POST", f"{self._url}/telegram", headers=headers, content=body)
