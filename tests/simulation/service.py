"""Services that accept, refuse, hang, forget to answer and ask for a pause."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from forwarders.base import (
    Failure,
    Forwarder,
    Message,
    MessageRefused,
    Misconfigured,
    Options,
    Post,
    Probe,
    TransientFailure,
)
from tests.simulation.world import Process, World

FLIGHT: ContextVar[str] = ContextVar("flight")
"""The owner token of the flight that a task belongs to."""
MODES = ("down", "misconfigured", "hang", "drop", "busy", "refuse")
HOUR = 3600.0


@dataclass(eq=False)
class Call:
    """One post as the service saw it.

    `told` is when the process read an answer, if it did, `understood` whether that was an acceptance.
    """

    key: str
    index: int
    owner: str
    process: Process
    at: float
    accepted: float | None = None
    told: float | None = None
    understood: bool = False


@dataclass(frozen=True, slots=True)
class Part(Post):
    key: str
    index: int


class Service:
    """One destination's far end, with a history of good and bad hours."""

    def __init__(self, world: World, hours: float) -> None:
        self.calls: list[Call] = []
        self._world = world
        self._bad: list[tuple[float, float, str]] = []
        random = world.random
        for _ in range(random.randrange(2, 8)):
            start = random.uniform(0, hours * HOUR)
            self._bad.append((start, start + random.choice((30, 300, 2 * HOUR)), random.choice(MODES)))

    def mode(self) -> str:
        """Return how it is at the moment."""
        now = self._world.now
        return next((mode for start, end, mode in self._bad if start <= now < end), "well")

    def call(self, call: Call, answer: Callable[[Failure | None], None]) -> None:
        """Take a post; `answer` is called when the answer reaches the process, if ever."""
        self.calls.append(call)
        random, mode = self._world.random, self.mode()
        seconds = random.uniform(5, 150) if mode == "hang" else random.uniform(0.02, 0.4)
        failure = self._failure(mode, call)
        lost = mode == "drop" or (mode == "hang" and random.random() < 0.5)

        def end() -> None:
            if failure is None:
                call.accepted = self._world.now
            if mode == "hang" and lost:
                return
            answer(TransientFailure("the answer was lost") if lost else failure)

        self._world.after(seconds, end)

    def _failure(self, mode: str, call: Call) -> Failure | None:
        if mode == "down":
            return TransientFailure("it is down")
        if mode == "misconfigured":
            return Misconfigured("no such chat")
        if mode == "busy":
            return TransientFailure("busy", self._world.random.uniform(1, 90))
        if mode == "refuse" and int(call.key[0], 16) < 6:
            return MessageRefused("not this one")
        return None

    def accepted(self, key: str, parts: int) -> bool:
        """Whether every part of a message has been accepted."""
        return {call.index for call in self.calls if call.key == key and call.accepted} >= set(range(parts))


def parts_of(key: str) -> int:
    """Return how many posts an event takes, one to three."""
    return 1 + int(key[-1], 16) % 3


class Place(Forwarder[Part]):
    """A process's way to a service."""

    Options = Options

    def __init__(self, service: Service, process: Process, world: World) -> None:
        self._service = service
        self._process = process
        self._world = world

    def plan(self, message: Message) -> tuple[Part, ...]:
        return tuple(Part(message.key, index) for index in range(parts_of(message.key)))

    async def send(self, post: Part) -> str | None:
        future: asyncio.Future[None] = self._process.create_future()
        call = Call(post.key, post.index, FLIGHT.get(), self._process, self._world.now)

        def arrive(failure: Failure | None) -> None:
            if not future.done():
                call.told, call.understood = self._world.now, failure is None
                if failure:
                    future.set_exception(failure)
                else:
                    future.set_result(None)

        def answer(failure: Failure | None) -> None:
            if not self._process.dead:
                self._process.call_soon(arrive, failure)

        self._service.call(call, answer)
        await future
        return None

    async def probe(self) -> Probe:
        return Probe("ok")
