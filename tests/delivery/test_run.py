"""What a flight asks of the ledger, and what it does when its lease has ended."""

import asyncio
import json

import pytest

from forwarders.base import TransientFailure
from relay.events import parse
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import LEASE, Claim, Record, Settlement
from relay.ledger.tiered import UNSENT_BODY
from relay.model import Dispatch
from tests.delivery.place import BODY, Clock, Place, Process

pytestmark = pytest.mark.anyio

DOWN = TransientFailure("it is down")


class Durable(MemoryLedger):
    """A durable ledger that counts what it is asked, and can be away."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.asked = 0
        self.down = self.closed = False
        self.slow = 0.0
        self.settled: list[str] = []

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        self._ask()
        return await super().claim(identity, dispatch, owner, again=again)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        self._ask()
        wait, self.slow = self.slow, 0.0
        await asyncio.sleep(wait)
        assert not self.closed
        self.settled.append(key)
        return await super().settle(key, settlement)

    async def aclose(self) -> None:
        self.closed = True

    def _ask(self) -> None:
        self.asked += 1
        if self.down:
            raise ConnectionError


async def test_what_nobody_wants_asks_no_ledger() -> None:
    durable = Durable(Clock())
    unwanted, wanted = (
        Process({"one": Place()}, [], durable=durable),
        Process({"one": Place()}, durable=durable),
    )
    assert (await unwanted.outcomes(), durable.asked) == ({}, 0)
    assert (await wanted.outcomes(), durable.asked) == ({"one": "delivered"}, 2)


async def test_a_repeat_of_an_answered_flight_waits_until_it_lands() -> None:
    gate = asyncio.Event()
    process = Process({"one": Place(gate)})
    assert await process.outcomes(seconds=0.1) == {"one": "deferred"}
    repeat = asyncio.create_task(process.outcomes(seconds=10))
    done, _ = await asyncio.wait({repeat}, timeout=0.1)
    assert not done
    gate.set()
    assert await repeat == {"one": "duplicate"}


async def test_a_repeat_of_an_answered_flight_waits_no_longer_than_its_deadline() -> None:
    process = Process({"one": Place(gate := asyncio.Event())})
    async with asyncio.timeout(5):
        for _ in range(2):
            assert await process.outcomes(seconds=0.1) == {"one": "deferred"}
    gate.set()
    await process.relay.drain()


async def test_an_attempt_that_outlives_its_lease_stops_when_another_instance_has_taken_over() -> None:
    clock, lines = Clock(), ("a", "b")
    durable, slow, busy = MemoryLedger(clock), asyncio.Event(), asyncio.Event()
    first, second = Place(slow, lines=lines), Place(None, busy, lines=lines)
    here, there = (Process({"one": place}, durable=durable, clock=clock) for place in (first, second))
    assert await here.outcomes(seconds=0.8) == {"one": "deferred"}
    clock.now += LEASE + 1
    assert await there.outcomes(seconds=0.8) == {"one": "deferred"}
    slow.set()
    await here.relay.drain()
    busy.set()
    await there.relay.drain()
    assert (first.accepted, second.accepted) == (["a"], ["a", "b"])
    assert await there.outcomes() == {"one": "duplicate"}
    assert await here.outcomes() == {"one": "duplicate"}


async def test_a_ledger_is_let_go_of_when_all_that_waited_for_it_is_sent_once() -> None:
    clock = Clock()
    durable = Durable(clock)
    process = Process({"one": Place()}, durable=durable, clock=clock)
    durable.down = True
    bodies = [BODY.replace(b"one", name) for name in (b"a", b"b", b"c")]
    for body in bodies:
        await process.outcomes(body)
    durable.down, durable.slow = False, 0.2
    await process.ledger.claim(Identity("next"), Dispatch("system:ping", 0.0, ()), "owner")
    await asyncio.sleep(0.01)
    await process.ledger.aclose()
    assert sorted(durable.settled) == sorted(process.relay.identity(parse(body), body).key for body in bodies)


@pytest.mark.parametrize(("size", "waits"), [(UNSENT_BODY, True), (UNSENT_BODY + 1, False)])
async def test_only_a_small_body_waits_for_a_ledger_that_is_away(size: int, waits: bool) -> None:
    clock = Clock()
    durable = Durable(clock)
    process = Process({"one": Place(DOWN)}, durable=durable, clock=clock)
    body = json.dumps({"event": "system:ping", "id": "large"}).encode().ljust(size)
    durable.down = True
    await process.outcomes(body)
    durable.down = False
    await process.outcomes(BODY)
    await asyncio.sleep(0.01)
    assert [record.raw for _, record in await durable.unsettled()] == [body if waits else None]
