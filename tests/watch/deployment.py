"""A whole deployment with a clock of its own: real ledgers, and a chat on a real socket."""

import asyncio
import io
import os
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Self

from relay.app import App, build_app
from relay.config import load
from relay.events import Event
from relay.ledger import LedgerUnavailable
from relay.logs import Log
from relay.watch import Watch
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.watch.house import START, ping

__all__ = ["KEY", "PICTURES", "UTC", "Deployment", "devices"]

PICTURES = os.environ.get("WATCH_PICTURES")
"""A folder in which the pictures of the page are left, for somebody who looks at them."""
KEY = {"API_KEY": "0123456789abcdef", "LEDGER_SECRET": "a-secret-of-this-test"}


class Deployment:
    """Instances of the function that share a ledger; `chat` is what people read."""

    def __init__(self, folder: Path, toml: str = "", *, ledger: str = "", instances: int = 1) -> None:
        self.now = START
        self.folder = folder
        self.telegram = Telegram()
        self.apps: list[App] = []
        self._ledger = ledger or f"sqlite:///{folder}/ledger.sqlite"
        self._toml = toml
        self._instances = instances
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.telegram)
        for _ in range(self._instances):
            self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end_all()
        await self._stack.aclose()

    async def _end_all(self) -> None:
        for app in self.apps:
            await app.aclose()
        self.apps.clear()

    async def restart(self) -> None:
        """End all instances, and start one."""
        await self._end_all()
        self.start()

    def start(self) -> App:
        """Start one more instance."""
        chat = (
            f'type = "telegram"\nbot_token = "{TOKEN}"\nchat_id = {CHAT}\napi_url = "{self.telegram.url}"\n'
        )
        watch = "" if "[watch]" in self._toml else '[watch]\nto = "family"\n'
        (self.folder / "config.toml").write_text(f"{watch}{self._toml}\n[destinations.family]\n{chat}")
        config = load(KEY | {"LEDGER_URL": self._ledger}, self.folder)
        log = Log(structured=False, stream=io.StringIO)
        self.apps.append(build_app(config, log, lambda: self.now))
        return self.apps[-1]

    def watch(self, instance: int = 0) -> Watch:
        watch = self.apps[instance].watch
        assert watch is not None
        return watch

    @property
    def chat(self) -> list[str]:
        """The first lines of the messages in the chat."""
        return [each.text.splitlines()[0] for each in self.telegram.shown]

    async def hear(self, *devices: str, what: Event | None = None, instance: int = 0) -> None:
        """Let phones be heard by an instance, which is given the time that a request has."""
        recorder = self.watch(instance).recorder
        for device in devices:
            event = what or ping()
            recorder.record(Event(event.id, event.type, device, "", event.payload, event.raw))
        await recorder.finish(asyncio.get_running_loop().time() + 10)

    async def live(
        self, seconds: float, *devices: str, every: float = 300, what: Event | None = None
    ) -> None:
        """Let time pass, with a tick every five minutes and these phones heard before each, in turns."""
        for step in range(round(seconds / every)):
            self.now += every
            await self.hear(*devices, what=what, instance=step % len(self.apps))
            await self.tick((step + 1) % len(self.apps))

    async def tick(self, instance: int = 0) -> dict[str, int]:
        """Tick on an instance; a ledger that is away makes it none."""
        try:
            return (await self.watch(instance).tick()).to_json()
        except LedgerUnavailable:
            return {}


def devices(names: Iterable[str]) -> str:
    """Return the configuration of phones whose ids are their names."""
    return "".join(f'[devices.{name}]\nids = ["{name}"]\n' for name in names)
