"""What is rendered and planned while the ledger is asked, and what becomes of it."""

import asyncio
from typing import cast

import pytest

from forwarders.base import Message
from relay.ledger import PATIENCE
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Claim
from relay.model import Dispatch
from tests.delivery.place import Clock, Line, Place, Process
from tests.virtual_time import VirtualLoop

pytestmark = pytest.mark.anyio

ANSWERS_IN = 0.05
"""Seconds that the ledger takes for a claim, a service for a post, and this process to plan."""


class Slow(MemoryLedger):
    """A durable ledger that answers a claim after a while, or when it is allowed to."""

    allowed: asyncio.Event | None = None

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        claim = await super().claim(identity, dispatch, owner, again=again)
        await (self.allowed.wait() if self.allowed else asyncio.sleep(ANSWERS_IN))
        return claim


class Busy(Place):
    """Plans for a while, as a process without another thread does."""

    planned = 0

    def plan(self, message: Message) -> tuple[Line, ...]:
        self.planned += 1
        cast(VirtualLoop, asyncio.get_running_loop()).advance(ANSWERS_IN)
        return super().plan(message)


class Allowing(Place):
    """Lets the ledger answer as soon as it has planned."""

    def __init__(self, ledger: Slow) -> None:
        super().__init__()
        self._allowed = ledger.allowed = asyncio.Event()

    def plan(self, message: Message) -> tuple[Line, ...]:
        self._allowed.set()
        return super().plan(message)


async def test_a_message_is_planned_while_the_ledger_is_asked() -> None:
    durable = Slow(Clock())
    process = Process({"one": Allowing(durable)}, durable=durable)

    assert await process.outcomes() == {"one": "delivered"}


async def test_what_the_ledger_and_the_process_need_is_not_added_up() -> None:
    place, loop = Busy(ANSWERS_IN), asyncio.get_running_loop()
    process = Process({"one": place}, durable=Slow(Clock()))
    begun = loop.time()

    assert await process.outcomes() == {"one": "delivered"}

    assert loop.time() - begun == pytest.approx(2 * ANSWERS_IN)  # the claim and the post
    assert (place.planned, len(process.words.specs)) == (1, 1)


async def test_a_ledger_that_has_answered_does_not_wait_for_all_that_is_planned() -> None:
    class Long(Busy):
        def plan(self, message: Message) -> tuple[Line, ...]:
            cast(VirtualLoop, asyncio.get_running_loop()).advance(PATIENCE - 2 * ANSWERS_IN)
            return super().plan(message)

    durable = Slow(Clock())
    assert await Process({"one": Place(), "other": Place()}, durable=durable).outcomes()
    second = Process({"one": Long(), "other": Long()}, durable=durable)

    assert await second.outcomes() == {"one": "duplicate", "other": "duplicate"}

    assert second.reports == []


async def test_a_ledger_that_answers_at_once_is_not_waited_for() -> None:
    place = Busy()
    process = Process({"one": place}, durable=MemoryLedger(Clock()))

    assert await process.outcomes() == {"one": "delivered"}
    assert await process.outcomes() == {"one": "duplicate"}

    assert place.planned == 1


async def test_what_the_ledger_knows_better_is_planned_anew() -> None:
    durable, clock = Slow(Clock()), Clock()
    first = Process({"one": Place(KeyError()), "other": Place()}, durable=durable, clock=clock)
    assert await first.outcomes() == {"one": "deferred", "other": "delivered"}
    clock.now += 60
    place, other = Busy(), Busy()
    second = Process({"one": place, "other": other}, durable=durable, clock=clock)

    assert await second.outcomes() == {"one": "delivered", "other": "duplicate"}

    assert (place.planned, len(place.accepted)) == (2, 1)
    assert (other.planned, other.accepted) == (0, [])


async def test_a_draft_that_fails_is_reported_once() -> None:
    class Broken(Place):
        def plan(self, message: Message) -> tuple[Line, ...]:
            raise KeyError(message.title)

    process = Process({"one": Broken(), "other": Place()}, durable=Slow(Clock()))

    deliveries = await process.post()

    assert {name: str(each.outcome) for name, each in deliveries.items()} == {
        "one": "deferred",
        "other": "delivered",
    }
    assert deliveries["one"].reason.startswith("a bug: KeyError")
