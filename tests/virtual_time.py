"""An event loop whose time passes only while everything waits for it: no test is late on a busy machine."""

import asyncio
import selectors
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """Asyncio's own loop, whose clock goes to the next timer as soon as nothing else can run.

    It is for what runs within this process: a socket or a thread would see its timers end at once.
    """

    def __init__(self) -> None:
        self._now = 1000.0
        super().__init__(_Jump(self))

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


class _Jump(selectors.SelectSelector):
    """Lets the time pass for which a loop would wait."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everything waits, and for nothing that will ever happen")
        if not ready:
            self._loop.advance(timeout or 0.0)
        return ready
