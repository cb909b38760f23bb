"""What one process is doing for chats: each thing once, not too much at a time, some beside requests."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

from relay.ledger import LedgerUnavailable
from relay.logs import Log

AT_ONCE = 16
"""Requests of chats that are dealt with at the same time: forwarding to the same service needs room."""
BESIDE = 1.0
"""Seconds for which a request waits for what is done beside it: the phone's next event has to wait, too."""

Run = asyncio.Task[str]


class Runs:
    """The tasks of a process."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._runs: dict[str, Run] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._not_awaited: set[asyncio.Task[None]] = set()

    async def wait(self, key: str, work: Coroutine[Any, Any, str], deadline: float) -> Run | None:
        """Begin work, or join the same if it is under way; return it, ended or not, at the deadline.

        That is a moment of the loop's clock. None if there is too much at once.
        """
        run = self._runs.get(key)
        if run is not None or len(self._runs) >= AT_ONCE:
            work.close()
        else:
            run = self._runs[key] = asyncio.create_task(work)
            run.add_done_callback(partial(self._end, key))
        if run is not None:
            await asyncio.wait({run}, timeout=deadline - asyncio.get_running_loop().time())
        return run

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the requests; what it fails with is logged."""
        task = asyncio.create_task(self._guarded(work))
        self._beside.add(task)
        self._not_awaited.add(task)
        task.add_done_callback(self._beside.discard)

    async def finish(self, deadline: float) -> None:
        """Wait for what was begun beside requests, until a moment of the loop's clock, and not for long."""
        tasks, self._not_awaited = self._not_awaited, set()
        if tasks:
            left = deadline - asyncio.get_running_loop().time()
            await asyncio.wait(tasks, timeout=min(left, BESIDE))

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        if tasks := {*self._runs.values(), *self._beside}:
            await asyncio.wait(tasks)

    def stop(self, seconds: float) -> None:
        """Give what is under way so many seconds; what is cut off then is repeated elsewhere."""
        asyncio.get_running_loop().call_later(seconds, self._cut_off)

    def _cut_off(self) -> None:
        for task in (*self._runs.values(), *self._beside):
            task.cancel()

    def _end(self, key: str, run: Run) -> None:
        """Forget a run; with what it failed, if nobody waits for it any more, a repeat will find out."""
        self._runs.pop(key, None)
        if not run.cancelled():
            run.exception()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except LedgerUnavailable as problem:
            self._log.write("WARNING", f"answers: {problem}")
        except Exception as bug:  # noqa: BLE001 - it is beside the way of every message
            self._log.write("ERROR", f"answers: a bug: {type(bug).__name__}")
