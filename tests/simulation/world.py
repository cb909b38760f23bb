"""Virtual time, and processes that run, freeze, thaw and die in it."""

import asyncio
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any


class World:
    """Everything that happens, in the order of its virtual time (seconds)."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.random = Random(seed)
        self.processes: list[Process] = []
        self.born: list[Process] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()

    def __call__(self) -> float:
        """Return Unix seconds: the world is a clock."""
        return 1_800_000_000.0 + self.now

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Let something happen later."""
        heapq.heappush(self._heap, (self.now + seconds, next(self._number), do))

    def run(self) -> None:
        """Let time pass until nothing more happens, and clear the world away."""
        try:
            self._run()
        finally:
            for process in self.born:
                process.end()

    def _run(self) -> None:
        while True:
            self._run_ready()
            moments = [process.next_timer for process in self.processes if process.awake]
            if self._heap:
                moments.append(self._heap[0][0])
            moment = min(moments, default=float("inf"))
            if moment == float("inf"):
                return
            self.now = max(self.now, moment)
            while self._heap and self._heap[0][0] <= self.now:
                heapq.heappop(self._heap)[2]()

    def _run_ready(self) -> None:
        while ready := [process for process in self.processes if process.awake and process.ready]:
            for process in ready:
                process.step()


class _NoSockets:
    """A selector that has nothing to select: time passes elsewhere."""

    def select(self, _timeout: float | None) -> list[Any]:
        return []


class Process(asyncio.BaseEventLoop):
    """The event loop of one process: it stands still while it is frozen, and time goes on.

    It is asyncio's own loop, turned by hand: what it does within a turn is what it always does.
    """

    # asyncio's own, which its type stubs leave out: the same in Python 3.11 to 3.13.
    _ready: deque[Any]
    _scheduled: list[asyncio.TimerHandle]
    _run_once: Callable[[], None]

    def __init__(self, world: World, mortality: float) -> None:
        super().__init__()
        self.frozen = False
        self.froze: list[float] = []
        self.died = float("inf")
        self._world = world
        self._mortality = mortality
        self._selector = _NoSockets()
        self.set_exception_handler(lambda _loop, _context: None)
        world.processes.append(self)
        world.born.append(self)

    def time(self) -> float:
        """Return virtual seconds."""
        return self._world.now

    def freeze(self) -> None:
        """Stand still from now on."""
        self.frozen = True
        self.froze.append(self.time())

    @property
    def dead(self) -> bool:
        """Whether it will never run again."""
        return self.died <= self.time()

    @property
    def awake(self) -> bool:
        """Whether it runs."""
        return not (self.frozen or self.dead)

    @property
    def ready(self) -> bool:
        """Whether something can run now."""
        return bool(self._ready) or self.next_timer <= self.time()

    @property
    def next_timer(self) -> float:
        """When it wants to be woken at the latest."""
        return self._scheduled[0].when() if self._scheduled else float("inf")

    def step(self) -> None:
        """Turn the loop once; now and then it dies of it."""
        events._set_running_loop(self)
        try:
            self._run_once()
        finally:
            events._set_running_loop(None)
        if self._mortality and self._world.random.random() < self._mortality:
            self.die()

    def die(self) -> None:
        """End as by kill -9: nothing of it runs any more."""
        self.died = self.time()
        self._world.processes.remove(self)

    def end(self) -> None:
        """Let go of what it left undone, without another turn."""
        for task in asyncio.all_tasks(self):
            coroutine = task.get_coro()
            if coroutine is not None:
                coroutine.close()
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        """Nothing to do: there are no sockets."""

    def _write_to_self(self) -> None:
        """Nothing to do: nobody else turns this loop."""
