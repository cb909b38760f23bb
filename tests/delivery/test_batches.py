"""A batch is delivered message by message: each by itself, in its order, and within the deadline."""

import asyncio
import json

import pytest

from forwarders.base import TransientFailure
from relay.delivery import AT_ONCE, worst
from relay.events import parse
from relay.ledger.memory import MemoryLedger
from tests.delivery.place import Clock, Place, Process

pytestmark = pytest.mark.anyio


def batch(count: int) -> bytes:
    messages = [
        {"sender": "+12025550143", "message": f"text {number}", "receivedAt": "2026-06-22T15:46:11Z"}
        for number in range(count)
    ]
    return json.dumps({"event": "sms:batch:received", "id": "b", "payload": {"messages": messages}}).encode()


def alone(number: int) -> bytes:
    [*_, message] = json.loads(batch(number + 1))["payload"]["messages"]
    return json.dumps({"event": "sms:received", "id": "single", "payload": message}).encode()


async def post(process: Process, body: bytes, seconds: float = 20.0) -> tuple[dict[str, str], bool]:
    """Return the worst outcome for each destination, and whether the phone is to repeat."""
    deadline = asyncio.get_running_loop().time() + seconds
    deliveries = await process.relay.handle_all(parse(body), body, deadline)
    return {name: str(each) for name, each in worst(deliveries).items()}, any(
        each.open for each in deliveries
    )


async def test_each_message_comes_once_however_often_the_batch_is_repeated() -> None:
    place = Place()
    process = Process({"one": place})
    assert await post(process, batch(20)) == ({"one": "delivered"}, False)
    assert await post(process, batch(20)) == ({"one": "duplicate"}, False)
    assert place.calls == 20


async def test_a_message_that_came_alone_before_is_not_delivered_again() -> None:
    place = Place()
    process = Process({"one": place})
    await post(process, alone(3))
    assert await post(process, batch(5)) == ({"one": "duplicate"}, False)
    assert place.calls == 5


async def test_a_repeat_goes_on_with_those_that_are_open() -> None:
    place = Place(None, TransientFailure("it is down"), None)
    process = Process({"one": place})
    assert await post(process, batch(3)) == ({"one": "deferred"}, True)
    assert await post(process, batch(3)) == ({"one": "duplicate"}, False)
    assert (place.calls, len(place.accepted)) == (4, 3)


async def test_a_destination_that_wants_a_pause_is_called_no_more() -> None:
    place = Place(*[TransientFailure("too many", 60)] * AT_ONCE)
    process = Process({"one": place})
    assert await post(process, batch(100)) == ({"one": "deferred"}, True)
    assert place.calls <= AT_ONCE


async def test_only_a_few_are_under_way_at_once() -> None:
    class Counting(Place):
        under_way = most = 0

        async def send(self, post: object) -> str | None:
            Counting.under_way += 1
            Counting.most = max(Counting.most, Counting.under_way)
            await asyncio.sleep(0)
            Counting.under_way -= 1
            return await super().send(post)  # type: ignore[arg-type]  # it is a line of the base class

    assert await post(Process({"one": Counting()}), batch(50)) == ({"one": "delivered"}, False)
    assert Counting.most == AT_ONCE


async def test_what_is_not_begun_in_time_is_deferred_and_comes_at_the_repeat() -> None:
    gate = asyncio.Event()
    place = Place(*[gate] * AT_ONCE)
    process = Process({"one": place}, durable=MemoryLedger(Clock()), clock=Clock())
    assert await post(process, batch(30), seconds=1.2) == ({"one": "deferred"}, True)
    assert place.calls == AT_ONCE
    gate.set()
    await process.relay.drain()
    assert await post(process, batch(30)) == ({"one": "duplicate"}, False)
    assert (place.calls, len(place.accepted)) == (30, 30)
