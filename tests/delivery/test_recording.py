"""When what a service has accepted is recorded, and how little a process that ends leaves unrecorded."""

import asyncio

import pytest

from forwarders.base import Misconfigured
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Record, Settlement
from relay.model import DeliveryState
from tests.delivery.place import BODY, Clock, Place, Process

pytestmark = pytest.mark.anyio

LONG = 60.0
"""Seconds until a deadline that no test waits for."""


class Watched(MemoryLedger):
    """A durable ledger whose settlements a test can wait for."""

    def __init__(self) -> None:
        super().__init__(Clock())
        self.settlements: list[Settlement] = []
        self._more = asyncio.Event()

    async def settle(self, key: str, settlement: Settlement) -> Record:
        record = await super().settle(key, settlement)
        self.settlements.append(settlement)
        self._more.set()
        return record

    async def settled(self, count: int) -> Settlement:
        """Wait for so many settlements, and return the last of them."""
        async with asyncio.timeout(20):
            while len(self.settlements) < count:
                self._more.clear()
                await self._more.wait()
        return self.settlements[count - 1]


async def test_an_acceptance_is_recorded_while_another_destination_hangs() -> None:
    durable, gate = Watched(), asyncio.Event()
    process = Process({"fast": Place(), "slow": Place(gate)}, durable=durable)
    request = asyncio.create_task(process.outcomes(seconds=LONG))
    early = await durable.settled(1)
    assert not request.done()
    assert early.outcomes["fast"].state is DeliveryState.DELIVERED
    assert (early.raw, early.release) == (None, False)
    gate.set()
    assert await request == {"fast": "delivered", "slow": "delivered"}
    assert len(durable.settlements) == 2


async def test_destinations_that_answer_at_once_are_recorded_in_one_write() -> None:
    durable = Watched()
    process = Process(
        {"one": Place(), "two": Place(0.001), "three": Place(lines=("a", "b"))}, durable=durable
    )
    await process.post(seconds=LONG)
    assert len(durable.settlements) == 1


async def test_a_post_is_recorded_while_the_next_one_hangs() -> None:
    durable, gate = Watched(), asyncio.Event()
    process = Process({"one": Place(None, gate, lines=("a", "b"))}, durable=durable)
    request = asyncio.create_task(process.outcomes(seconds=LONG))
    assert (await durable.settled(1)).outcomes["one"].posts == 1
    gate.set()
    assert await request == {"one": "delivered"}


async def test_what_fails_after_the_answer_is_reported() -> None:
    gate = asyncio.Event()

    class Late(Place):
        async def send(self, _post: object) -> str | None:
            await gate.wait()
            raise Misconfigured("no such chat")

    process = Process({"one": Late(), "two": Place()}, durable=Watched())
    assert await process.outcomes(seconds=1) == {"one": "deferred", "two": "delivered"}
    assert process.observer.late == []
    gate.set()
    await process.relay.drain()
    [late] = process.observer.late
    assert (late.destination, late.reason, late.misconfigured) == ("one", "no such chat", True)
    assert len(late.key) == 64


async def test_a_process_that_is_told_to_end_frees_its_lease() -> None:
    durable = Watched()
    hanging = Place(asyncio.Event())
    process = Process({"one": hanging, "two": Place()}, durable=durable)
    assert await process.outcomes(seconds=1) == {"one": "deferred", "two": "delivered"}
    process.relay.stop(0.05)
    await process.relay.drain()
    assert durable.settlements[-1].release
    there = Process({"one": Place(), "two": Place()}, durable=durable)
    assert await there.outcomes() == {"one": "delivered", "two": "duplicate"}


async def test_what_begins_while_a_process_ends_is_given_up_with_the_rest() -> None:
    process = Process({"one": Place(asyncio.Event())}, durable=Watched())
    process.relay.stop(0.05)
    assert await process.outcomes(seconds=LONG) == {"one": "deferred"}


async def test_what_is_not_required_is_repeated_unless_the_ledger_keeps_it_whole() -> None:
    failing = [Misconfigured("no such chat") for _ in range(4)]
    large = BODY[:-1] + b', "payload": {"message": "%s"}}' % (b"A" * 1_000_000)
    durable = Process({"one": Place(*failing)}, durable=Watched(), optional=("one",))
    assert [(each.open, each.lost) for each in (await durable.post()).values()] == [(False, False)]
    assert [(each.open, each.lost) for each in (await durable.post(large)).values()] == [(True, False)]
    forgetful = Process({"one": Place(*failing)}, optional=("one",))
    assert [(each.open, each.lost) for each in (await forgetful.post()).values()] == [(False, True)]
