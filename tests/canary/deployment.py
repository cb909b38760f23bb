"""A whole deployment with canaries: a ledger in a file, a chat and the gateway on real sockets."""

import asyncio
import io
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from relay.app import App, build_app
from relay.canary import Canaries
from relay.canary.plan import latest_date
from relay.config import load
from relay.delivery import Delivery
from relay.events import parse
from relay.logs import Log
from testkit.services.gateway import Gateway
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.canary.parts import KEYS, NUMBERS, canary, phones
from tests.watch.house import MINUTE, START, ping


class Deployment:
    """Instances that share a ledger and a gateway; `chat` is what people read."""

    def __init__(self, folder: Path, toml: str = "", *, ledger: str = "", instances: int = 1) -> None:
        self.now = START
        self.folder = folder
        self.telegram = Telegram()
        self.gateway = Gateway("anna", "ben")
        self.apps: list[App] = []
        self._toml = toml or phones("anna", "ben") + canary("anna")
        self._ledger = ledger or f"sqlite:///{folder}/ledger.sqlite"
        self._instances = instances
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.telegram)
        await self._stack.enter_async_context(self.gateway)
        for _ in range(self._instances):
            self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for app in self.apps:
            await app.aclose()
        await self._stack.aclose()

    def start(self, toml: str = "") -> App:
        """Start one more instance, with another configuration if one is given."""
        self._toml = toml or self._toml
        chat = (
            f'type = "telegram"\nbot_token = "{TOKEN}"\nchat_id = {CHAT}\napi_url = "{self.telegram.url}"\n'
        )
        gateway = f'[gateway]\nurl = "{self.gateway.url}/3rdparty/v1"\n'
        toml = f'[watch]\nto = "family"\n{self._toml}\n{gateway}[destinations.family]\n{chat}'
        (self.folder / "config.toml").write_text(toml)
        config = load(KEYS | {"LEDGER_URL": self._ledger}, self.folder)
        self.apps.append(build_app(config, Log(structured=False, stream=io.StringIO), lambda: self.now))
        return self.apps[-1]

    def canaries(self, instance: int = 0) -> Canaries:
        canaries = self.apps[instance].canaries
        assert canaries is not None
        return canaries

    @property
    def chat(self) -> list[str]:
        """The first lines of the messages in the chat."""
        return [each.text.splitlines()[0] for each in self.telegram.shown]

    @property
    def sms(self) -> list[Mapping[str, Any]]:
        """The SMS that the gateway has accepted."""
        return list(self.gateway.accepted.values())

    @property
    def text(self) -> str:
        """The text of the latest SMS."""
        return str(self.sms[-1]["textMessage"]["text"])

    async def post(self, device: str, kind: str, instance: int = 0, **payload: Any) -> tuple[Delivery, ...]:
        """Post an event as a phone does, with an id of its own."""
        body = json.dumps({"event": kind, "deviceId": device, "payload": payload}).encode()
        event = parse(body)
        watch = self.apps[instance].watch
        assert watch is not None
        watch.recorder.record(event)
        deadline = asyncio.get_running_loop().time() + 5
        result = await self.apps[instance].relay.handle_all(event, body, deadline)
        await watch.recorder.finish(deadline)
        return result

    async def report(self, kind: str = "sms:sent", **more: Any) -> tuple[Delivery, ...]:
        """Let the phone that sends the latest test report something of it."""
        sms = self.sms[-1]
        return await self.post(
            sms["deviceId"], kind, messageId=sms["id"], recipient=sms["phoneNumbers"][0], **more
        )

    async def receive(self, text: str = "", device: str = "anna") -> tuple[Delivery, ...]:
        """Let a phone receive the latest test, or another SMS."""
        return await self.post(device, "sms:received", sender=NUMBERS["anna"], message=text or self.text)

    async def live(self, seconds: float, *, pings: bool = True) -> None:
        """Let time pass, with a tick every five minutes and both phones heard before each."""
        for step in range(round(seconds / 300)):
            self.now += 5 * MINUTE
            for device in ("anna", "ben") if pings else ():
                watch = self.apps[0].watch
                assert watch is not None
                sample = ping()
                raw = sample.raw | {"deviceId": device}
                watch.recorder.record(parse(json.dumps(raw).encode()))
                await watch.recorder.finish(asyncio.get_running_loop().time() + 5)
            await self.tick(step % len(self.apps))

    async def tick(self, instance: int = 0) -> None:
        watch = self.apps[instance].watch
        assert watch is not None
        await watch.tick()

    async def until_sent(self, ticks: int = 1) -> None:
        """Let time pass until the first test is sent, with so many ticks after it was due."""
        loop = self.canaries().loops[0]
        self.now = latest_date(loop, self.now, UTC).begin + loop.canary.every - 7 * MINUTE
        await self.tick()
        await self.live(5 * MINUTE * (ticks + 1))
        assert len(self.sms) == 1
