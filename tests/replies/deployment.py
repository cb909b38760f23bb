"""A whole deployment in which SMS are answered: real ledgers, the chat and the gateway on real sockets."""

import asyncio
import io
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from forwarders.telegram.conversation import HEADER, name_message, webhook_secret
from relay.app import App, build_app
from relay.config import load
from relay.delivery import Delivery
from relay.events import parse
from relay.logs import Log
from relay.replies.draft import sms_id
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN
from testkit.services.telegram_chat import BOT, TelegramChat

ANNA, BO = 4711, 4712
"""Users who may answer."""
STRANGER = 666
PHONE = "ffffffffceb0b1db0000018e937c815b"
MUM = "+4915112345678"
SECRET = "a-secret-of-this-test"
START = 1_800_000_000.0
SETTINGS = {
    "API_KEY": "0123456789abcdef",
    "LEDGER_SECRET": SECRET,
    "SMSGATE_USER": USER,
    "SMSGATE_PASSWORD": PASSWORD,
    "PHONE_REGION": "DE",
}
TOML = """
[contacts]
"+49 1511 2345678" = "Mum"

[devices.anna]
ids = ["ffffffffceb0b1db0000018e937c815b"]
sims = { 1 = "private" }
"""


class Deployment:
    """Instances of the function that share a ledger, a chat and a gateway; `now` is their clock."""

    def __init__(
        self,
        folder: Path,
        replies: str = f"[{ANNA}, {BO}]",
        *,
        toml: str = "",
        chat: str = CHAT,
        more: str = "",
    ) -> None:
        self.now = START
        self.chat = TelegramChat(chat)
        self.gateway = Gateway(PHONE)
        self.apps: list[App] = []
        self.log = io.StringIO()
        self._folder = folder
        self._replies = replies
        self._toml = toml or TOML
        self._more = more
        self._chat = chat
        self._name = "family"
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.chat)
        await self._stack.enter_async_context(self.gateway)
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()  # at first: what still waits for an answer gets none
        for app in self.apps:
            await app.aclose()

    def start(self) -> App:
        """Start one more instance."""
        destination = (
            f'[destinations.{self._name}]\ntype = "telegram"\nbot_token = "{TOKEN}"\nchat_id = {self._chat}\n'
            f'api_url = "{self.chat.url}"\nreplies = {self._replies}\n'
        )
        path = self._folder / "config.toml"
        more = self._more.replace("API", self.chat.url)
        path.write_text(f"{self._toml}\n{destination}{more}")
        ledger = {"LEDGER_URL": f"sqlite:///{self._folder}/ledger.sqlite"}
        environ = SETTINGS | ledger | {"SMSGATE_URL": f"{self.gateway.url}/3rdparty/v1"}
        log = Log("INFO", structured=True, stream=lambda: self.log)
        self.apps.append(build_app(load(environ, self._folder), log, lambda: self.now))
        return self.apps[-1]

    def rename(self, before: str, after: str) -> None:
        """Give the destination another name for the instances that are started later."""
        assert self._name == before
        self._name = after

    async def receive(self, text: str = "Where are you?", sender: str = MUM, **payload: Any) -> int:
        """Let the phone receive an SMS; return the number of the message that shows it."""
        content = {"sender": sender, "message": text, "simNumber": 1, **payload}
        await self.post("sms:received", content)
        return max(self.chat.bubbles)

    async def post(
        self, kind: str, payload: Mapping[str, Any], *, event_id: str = "", app: App | None = None
    ) -> tuple[Delivery, ...]:
        """Post an event as the phone does."""
        app = app or self.apps[-1]
        self.now += 1
        raw = {
            "id": event_id or f"event-{self.now}",
            "deviceId": PHONE,
            "event": kind,
            "payload": dict(payload),
        }
        body = _encode(raw)
        deadline = asyncio.get_running_loop().time() + 4
        deliveries = await app.relay.handle(parse(body), body, deadline)
        assert app.replies
        await app.replies.finish(deadline)
        return deliveries

    async def report(self, kind: str, sms_id: str = "", **payload: Any) -> tuple[Delivery, ...]:
        """Post a report about an SMS, by default the only one that the gateway has accepted."""
        event_id = payload.pop("event_id", "")
        content = {"messageId": sms_id or self.sms["id"], "recipient": MUM, **payload}
        return await self.post(kind, content, event_id=event_id)

    @property
    def sms(self) -> dict[str, Any]:
        """The only SMS that the gateway has accepted."""
        [sms] = self.gateway.accepted.values()
        return sms

    async def update(self, body: bytes, *, seconds: float = 4, app: App | None = None) -> int:
        """Post what Telegram posts; return the status of the answer."""
        replies = (app or self.apps[-1]).replies
        assert replies
        names = replies.authenticate({HEADER: webhook_secret(str(BOT), SECRET.encode())})
        deadline = asyncio.get_running_loop().time() + seconds
        status, _, _ = await replies.answer(names, body, deadline)
        await replies.finish(deadline)
        return status

    async def say(self, text: str | None, user: int = ANNA, *, answers: int = 0, **more: Any) -> int:
        """Let a person write; return the status of the answer."""
        at = more.pop("at", self.now)
        return await self.update(self.chat.said(text, user, answers=answers, at=at, **more))

    def id_of(self, number: int) -> str:
        """Return the id of the SMS that is made of a message."""
        return sms_id(name_message(str(BOT), str(self.chat.chat["id"]), number), SECRET.encode())

    async def press(self, label: str, user: int = ANNA, bubble: int = 0) -> int:
        """Let a person press a button."""
        return await self.update(self.chat.pressed(label, user, bubble))


def _encode(raw: Mapping[str, Any]) -> bytes:
    return json.dumps(raw).encode()
