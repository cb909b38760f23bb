"""What is owed to a destination that is not configured any more is neither lost nor forgotten."""

import json

import pytest

from forwarders.base import TransientFailure
from relay.delivery.unknown import UNKNOWN_FOR
from relay.events import parse
from relay.ledger.memory import MemoryLedger
from relay.model import DeliverySpec
from tests.delivery.place import Clock, Place, Process

pytestmark = pytest.mark.anyio

DOWN = TransientFailure("it is down")
SMS = json.dumps(
    {"event": "sms:received", "id": "one", "payload": {"sender": "+12025550143", "message": "Hello"}}
).encode()


class World:
    """One durable ledger, and a clock, for several configurations one after another."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.durable = MemoryLedger(self.clock)

    def process(self, specs: list[DeliverySpec] | None = None, **places: Place) -> Process:
        return Process(places, specs, durable=self.durable, clock=self.clock)

    async def kept(self) -> list[bytes | None]:
        return [record.raw for _, record in await self.durable.unsettled()]


async def test_it_stays_open_and_kept_and_is_named() -> None:
    world = World()
    await world.process(gone=Place(DOWN)).post(SMS)
    delivery = (await world.process(new=Place()).post(SMS))["gone"]
    assert (delivery.outcome, delivery.open) == ("deferred", True)
    assert "configure it again" in delivery.reason
    assert await world.kept() == [SMS]


async def test_it_is_delivered_once_it_is_configured_again() -> None:
    world = World()
    await world.process(gone=Place(DOWN)).post(SMS)
    new, back = Place(), Place()
    await world.process(new=new).post(SMS)
    assert await world.process(gone=back, new=new).outcomes(SMS) == {"gone": "delivered"}
    assert (new.calls, back.calls) == (0, 1)
    assert await world.kept() == []


async def test_after_an_hour_todays_routes_decide_if_nothing_has_accepted_it() -> None:
    world, new = World(), Place()
    await world.process(gone=Place(DOWN)).post(SMS)
    process = world.process(new=new)
    await process.post(SMS)
    world.clock.now += UNKNOWN_FOR - 1
    assert await process.outcomes(SMS) == {"gone": "deferred"}
    world.clock.now += 2
    assert await process.outcomes(SMS) == {"new": "delivered"}
    assert await process.outcomes(SMS) == {"new": "duplicate"}
    assert new.calls == 1
    assert await world.kept() == []


async def test_what_is_still_configured_stays_owed_when_todays_routes_decide() -> None:
    world, other, new = World(), Place(DOWN, DOWN, DOWN), Place()
    await world.process(gone=Place(DOWN), other=other).post(SMS)
    process = world.process([DeliverySpec("new")], new=new, other=other)
    await process.post(SMS)
    world.clock.now += UNKNOWN_FOR + 1
    assert await process.outcomes(SMS) == {"new": "delivered", "other": "deferred"}
    assert await process.outcomes(SMS) == {"new": "duplicate", "other": "delivered"}


async def test_what_somebody_has_accepted_is_not_routed_anew_and_the_operator_is_told() -> None:
    world, one, new = World(), Place(), Place()
    await world.process(one=one, gone=Place(DOWN)).post(SMS)
    process = world.process(one=one, new=new)
    await process.post(SMS)
    world.clock.now += UNKNOWN_FOR + 1
    after = await process.post(SMS)
    assert {name: str(each.outcome) for name, each in after.items()} == {
        "one": "duplicate",
        "gone": "deferred",
    }
    assert after["gone"].misconfigured
    assert (one.calls, new.calls) == (1, 0)
    assert await world.kept() == [SMS]


async def test_where_todays_routes_want_nothing_it_stays_kept() -> None:
    world = World()
    await world.process(gone=Place(DOWN)).post(SMS)
    process = world.process([], new=Place())
    for _ in range(2):
        assert await process.outcomes(SMS) == {"gone": "deferred"}
        world.clock.now += UNKNOWN_FOR + 1
    assert await world.kept() == [SMS]


async def test_what_it_accepted_before_it_went_is_a_duplicate() -> None:
    world = World()
    assert await world.process(console=Place()).outcomes(SMS) == {"console": "delivered"}
    new = Place()
    assert await world.process(telegram=new).outcomes(SMS) == {"console": "duplicate"}
    assert new.calls == 0


async def test_what_no_route_wants_today_is_still_owed_if_one_wanted_it() -> None:
    world, one = World(), Place(DOWN)
    await world.process(one=one).post(SMS)
    assert await world.process([], one=one).outcomes(SMS) == {"one": "delivered"}
    assert (
        await world.process([], one=one).outcomes(SMS.replace(b"Hello", b"Bye").replace(b"one", b"two")) == {}
    )
    assert one.accepted == ["text"]


async def test_its_fallback_does_not_stand_in_during_a_roll_out() -> None:
    world, two = World(), Place()
    await world.process([DeliverySpec("gone", ("two",))], gone=Place(DOWN), two=Place(DOWN)).post(SMS)
    assert await world.process(two=two).outcomes(SMS) == {"gone": "deferred"}
    assert two.calls == 0


async def test_an_operator_can_name_another_in_its_place() -> None:
    world, one, new = World(), Place(), Place()
    await world.process(one=one, gone=Place(DOWN)).post(SMS)
    process = world.process(one=one, new=new)
    [(key, record)] = await world.durable.unsettled()
    deliveries = await process.relay.replay(key, record, parse(SMS), SMS, 1e9, instead_of_unknown="new")
    assert deliveries is not None
    assert [(each.destination, str(each.outcome)) for each in deliveries] == [
        ("one", "duplicate"),
        ("gone", "diverted"),
    ]
    assert (one.calls, new.calls) == (1, 1)
    assert await world.kept() == []
    assert await process.outcomes(SMS) == {"one": "duplicate", "gone": "diverted"}
