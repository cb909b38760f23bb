"""Services that accept, refuse, hang, forget to answer and ask for a pause."""

import asyncio
from collections.abc import Callable, Mapping
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
MODES = ("down", "portal", "hang", "drop", "busy", "refuse", "partly", "never")
"""A portal answers 200 in the service's place; partly and never are about one part of a post."""
HOUR = 3600.0
PARTS = 2
"""Parts of a post at the most: two recipients of a mail, or the words and the file of a picture."""


@dataclass(eq=False)
class Call:
    """One part of a post as the service saw it; `index` counts the parts of all posts.

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
class Parcel(Post):
    """One post of an event, with the parts that are left to send."""

    key: str
    index: int
    parts: frozenset[str]

    def rest(self, settled: frozenset[str]) -> "Parcel | None":
        left = self.parts - settled
        return Parcel(self.key, self.index, left) if left else None


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

    def call(self, calls: Mapping[str, Call], answer: Callable[[Failure | None], None]) -> None:
        """Take the parts of a post; `answer` is called when the answer reaches the process, if ever."""
        self.calls += calls.values()
        random, mode = self._world.random, self.mode()
        seconds = random.uniform(5, 150) if mode == "hang" else random.uniform(0.02, 0.4)
        failure = self._failure(mode, calls)
        lost = mode == "drop" or (mode == "hang" and random.random() < 0.5)

        def end() -> None:
            for part, call in calls.items():
                if failure is None or part in failure.accepted:
                    call.accepted = self._world.now
            if mode == "hang" and lost:
                return
            answer(TransientFailure("the answer was lost") if lost else failure)

        self._world.after(seconds, end)

    def _failure(self, mode: str, calls: Mapping[str, Call]) -> Failure | None:
        key = next(iter(calls.values())).key
        if mode == "down":
            return TransientFailure("it is down")
        if mode == "portal":
            return Misconfigured("this is not the service: check the address")
        if mode == "busy":
            return TransientFailure("busy", self._world.random.uniform(1, 90))
        if mode == "refuse" and int(key[0], 16) < 6:
            return MessageRefused("not this one")
        if mode == "partly" and "1" in calls:
            return TransientFailure("not all of it now", accepted=calls.keys() - {"1"})
        if mode == "never" and "1" in calls and int(key[0], 16) < 6:
            return MessageRefused("never", accepted=calls.keys() - {"1"}, refused={"1": "never"})
        return None

    def accepted(self, key: str) -> bool:
        """Whether every part of every post of an event has been accepted."""
        return {call.index for call in self.calls if call.key == key and call.accepted} >= all_of(key)


RENAMED = {"telegram": "family"}
"""What one revision of the configuration calls otherwise than the others."""


def service_of(name: str) -> str:
    """Return the service of a destination, whatever a revision calls it."""
    return next((old for old, new in RENAMED.items() if new == name), name)


def posts_of(key: str) -> int:
    """Return how many posts an event takes, one to three."""
    return 1 + int(key[-1], 16) % 3


def parts_of(key: str) -> frozenset[str]:
    """Return the parts of each of its posts: every other event has two."""
    return frozenset("01") if int(key[-2], 16) % 2 else frozenset("0")


def number(index: int, part: str) -> int:
    """Return what counts the parts of all posts."""
    return PARTS * index + int(part)


def all_of(key: str) -> set[int]:
    """Return all parts of all posts of an event."""
    return {number(index, part) for index in range(posts_of(key)) for part in parts_of(key)}


class Place(Forwarder[Parcel]):
    """A process's way to a service."""

    Options = Options

    def __init__(self, service: Service, process: Process, world: World) -> None:
        self._service = service
        self._process = process
        self._world = world

    def plan(self, message: Message) -> tuple[Parcel, ...]:
        key = message.key
        return tuple(Parcel(key, index, parts_of(key)) for index in range(posts_of(key)))

    async def send(self, post: Parcel) -> str | None:
        future: asyncio.Future[None] = self._process.create_future()
        calls = {
            part: Call(post.key, number(post.index, part), FLIGHT.get(), self._process, self._world.now)
            for part in sorted(post.parts)
        }

        def arrive(failure: Failure | None) -> None:
            if future.done():
                return
            for part, call in calls.items():
                call.told = self._world.now
                call.understood = failure is None or part in failure.accepted
            if failure:
                future.set_exception(failure)
            else:
                future.set_result(None)

        def answer(failure: Failure | None) -> None:
            if not self._process.dead:
                self._process.call_soon(arrive, failure)

        self._service.call(calls, answer)
        await future
        return None

    async def probe(self) -> Probe:
        return Probe("ok")
