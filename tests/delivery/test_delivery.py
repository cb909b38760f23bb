"""Each destination once, in time, whatever the services do."""

import asyncio
import gc
import json

import pytest

from forwarders.base import MessageRefused, Misconfigured, TransientFailure
from relay.delivery.attempt import ATTEMPT, TICK, Attempt
from relay.delivery.backoff import LONGEST
from relay.events import parse
from relay.ledger import PATIENCE, LedgerUnavailable
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Claim, Progress, Record, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch
from tests.delivery.place import BODY, Clock, Line, Place, Process

pytestmark = pytest.mark.anyio

DOWN = TransientFailure("it is down")


async def test_every_destination_gets_it_once() -> None:
    one, two = Place(), Place()
    process = Process({"one": one, "two": two})
    assert await process.outcomes() == {"one": "delivered", "two": "delivered"}
    assert await process.outcomes() == {"one": "duplicate", "two": "duplicate"}
    assert (one.calls, two.calls) == (1, 1)


async def test_a_failing_destination_is_deferred_and_only_it_is_repeated() -> None:
    one, two = Place(DOWN), Place()
    process = Process({"one": one, "two": two})
    first = await process.post()
    assert (first["one"].outcome, first["one"].open, first["one"].reason) == ("deferred", True, "it is down")
    assert await process.outcomes() == {"one": "delivered", "two": "duplicate"}
    assert (one.calls, two.calls) == (2, 1)


async def test_a_bug_in_a_forwarder_is_deferred_without_its_words() -> None:
    process = Process({"one": Place(KeyError("+12025550143"))})
    delivery = (await process.post())["one"]
    assert delivery.outcome == "deferred"
    assert "KeyError" in delivery.reason
    assert "2025550143" not in delivery.reason


async def test_a_hanging_destination_neither_delays_the_answer_nor_blocks_the_others() -> None:
    gate = asyncio.Event()
    slow, fast = Place(gate), Place()
    process = Process({"slow": slow, "fast": fast})
    assert await process.outcomes(seconds=0.2) == {"slow": "deferred", "fast": "delivered"}
    gate.set()
    await process.relay.drain()
    assert await process.outcomes() == {"slow": "duplicate", "fast": "duplicate"}
    assert slow.accepted == ["text"]


async def test_a_repeat_joins_the_flight_under_way() -> None:
    gate = asyncio.Event()
    place = Place(gate)
    process = Process({"one": place})
    first = asyncio.create_task(process.outcomes())
    await asyncio.sleep(0.01)
    second = asyncio.create_task(process.outcomes())
    await asyncio.sleep(0.01)
    gate.set()
    assert [await first, await second] == [{"one": "delivered"}, {"one": "duplicate"}]
    assert place.calls == 1


async def test_another_process_is_told_that_it_is_busy() -> None:
    gate, durable, clock = asyncio.Event(), MemoryLedger(Clock()), Clock()
    place, other = Place(gate), Place()
    process, there = (
        Process({"one": place}, durable=durable, clock=clock),
        Process({"one": other}, durable=durable, clock=clock),
    )
    assert await process.outcomes(seconds=0.8) == {"one": "deferred"}
    assert await there.outcomes() == {"one": "deferred"}
    gate.set()
    await process.relay.drain()
    assert await there.outcomes() == {"one": "duplicate"}
    assert other.calls == 0


async def test_a_delivery_of_several_posts_goes_on_where_it_stopped() -> None:
    place = Place(None, DOWN, lines=("a", "b", "c"))
    process = Process({"one": place})
    assert await process.outcomes() == {"one": "deferred"}
    assert await process.outcomes() == {"one": "delivered"}
    assert place.accepted == ["a", "b", "c"]


async def test_another_process_goes_on_where_the_first_stopped() -> None:
    durable, clock = MemoryLedger(Clock()), Clock()
    first, second = Place(None, DOWN, lines=("a", "b", "c")), Place(lines=("a", "b", "c"))
    await Process({"one": first}, durable=durable, clock=clock).outcomes()
    assert await Process({"one": second}, durable=durable, clock=clock).outcomes() == {"one": "delivered"}
    assert first.accepted + second.accepted == ["a", "b", "c"]


async def test_a_plan_that_changed_in_between_starts_over() -> None:
    place = Place(None, DOWN, lines=("a", "b"))
    process = Process({"one": place})
    await process.outcomes()
    place.lines = ("A", "B")
    assert await process.outcomes() == {"one": "delivered"}
    assert place.accepted == ["a", "A", "B"]


async def test_a_destination_that_named_a_time_is_not_called_before_it() -> None:
    clock = Clock()
    place = Place(TransientFailure("busy", 60))
    process = Process({"one": place}, clock=clock)
    await process.outcomes()
    clock.now += 59
    assert await process.outcomes() == {"one": "deferred"}
    assert place.calls == 1
    clock.now += 2
    assert await process.outcomes() == {"one": "delivered"}


async def test_a_time_that_would_outlast_the_phone_is_cut_short() -> None:
    clock = Clock()
    process = Process({"one": Place(TransientFailure("busy", 1e9))}, clock=clock)
    await process.outcomes()
    clock.now += LONGEST + 1
    assert await process.outcomes() == {"one": "delivered"}


async def test_a_clock_that_is_put_back_leaves_no_destination_alone_for_longer_than_it_asked() -> None:
    clock = Clock()
    process = Process({"one": Place(TransientFailure("busy", 60))}, clock=clock)
    await process.outcomes()
    clock.now -= 2 * 86400
    assert await process.outcomes() == {"one": "delivered"}


async def test_a_refusal_is_final_only_if_a_durable_ledger_keeps_the_event() -> None:
    refused = MessageRefused("too odd")
    assert await Process({"one": Place(refused)}).outcomes() == {"one": "deferred"}
    durable = MemoryLedger(Clock())
    process = Process({"one": Place(refused)}, durable=durable, clock=Clock())
    delivery = (await process.post())["one"]
    assert (delivery.outcome, delivery.open) == ("refused", False)
    assert [record.raw for _, record in await durable.unsettled()] == [BODY]
    assert await process.outcomes() == {"one": "refused"}


async def test_what_is_not_required_never_asks_the_phone_to_repeat() -> None:
    durable = MemoryLedger(Clock())
    process = Process(
        {"one": Place(Misconfigured("no such chat"))}, durable=durable, optional=("one",), clock=Clock()
    )
    delivery = (await process.post())["one"]
    assert (delivery.outcome, delivery.open, delivery.misconfigured) == ("deferred", False, True)
    assert [record.of("one").reason for _, record in await durable.unsettled()] == ["no such chat"]


async def test_a_body_too_large_to_keep_is_kept_without_its_attachments() -> None:
    durable = MemoryLedger(Clock())
    attachment = {"name": "a.png", "data": "A" * 1_000_000}
    body = json.dumps({"event": "x", "payload": {"attachments": [attachment]}}).encode()
    await Process({"one": Place(DOWN)}, durable=durable, clock=Clock()).outcomes(body)
    kept = (await durable.unsettled())[0][1].raw
    assert kept is not None
    assert json.loads(kept)["payload"]["attachments"] == [{"name": "a.png", "kept": False}]


async def test_what_an_event_owes_is_decided_once() -> None:
    durable, clock = MemoryLedger(Clock()), Clock()
    await Process(
        {"one": Place(DOWN), "two": Place()}, [DeliverySpec("one")], durable=durable, clock=clock
    ).outcomes()
    two = Place()
    process = Process({"one": Place(), "two": two}, [DeliverySpec("two")], durable=durable, clock=clock)
    assert await process.outcomes() == {"one": "delivered"}
    assert two.calls == 0


class TestFallback:
    async def test_it_stands_in_at_once_for_a_failure_and_says_so(self) -> None:
        one, two = Place(DOWN), Place()
        process = Process({"one": one, "two": two}, [DeliverySpec("one", ("two",))])
        delivery = (await process.post())["one"]
        assert (delivery.outcome, delivery.open) == ("diverted", False)
        assert two.notes == ["Sent here instead of one, which has not accepted it."]
        assert await process.outcomes() == {"one": "diverted"}
        assert (one.calls, two.calls) == (1, 1)

    async def test_it_stands_in_for_one_that_does_not_answer(self) -> None:
        gate = asyncio.Event()
        one, two = Place(gate), Place()
        process = Process({"one": one, "two": two}, [DeliverySpec("one", ("two",))])
        assert await process.outcomes(seconds=0.3) == {"one": "diverted"}
        gate.set()
        await process.relay.drain()
        assert await process.outcomes() == {"one": "duplicate"}
        assert (one.accepted, two.accepted) == (["text"], ["text"])

    async def test_the_next_one_is_tried_when_it_fails_too(self) -> None:
        places = {"one": Place(DOWN), "two": Place(DOWN), "three": Place()}
        process = Process(places, [DeliverySpec("one", ("two", "three"))])
        assert await process.outcomes() == {"one": "diverted"}
        assert [place.calls for place in places.values()] == [1, 1, 1]

    async def test_the_first_is_tried_first_again_when_none_accepted(self) -> None:
        one, two = Place(DOWN), Place(DOWN)
        process = Process({"one": one, "two": two}, [DeliverySpec("one", ("two",))])
        assert await process.outcomes() == {"one": "deferred"}
        assert await process.outcomes() == {"one": "delivered"}
        assert (one.calls, two.calls) == (2, 1)

    async def test_what_is_owed_anyway_counts_and_comes_once(self) -> None:
        one, two = Place(DOWN), Place()
        process = Process({"one": one, "two": two}, [DeliverySpec("one", ("two",)), DeliverySpec("two")])
        assert await process.outcomes() == {"one": "diverted", "two": "delivered"}
        assert two.calls == 1
        assert two.notes == []

    async def test_a_fallback_that_accepted_first_diverts_nothing_that_works(self) -> None:
        process = Process(
            {"one": Place(0.05), "two": Place()}, [DeliverySpec("one", ("two",)), DeliverySpec("two")]
        )
        assert await process.outcomes() == {"one": "delivered", "two": "delivered"}

    async def test_one_fallback_stands_in_for_two_and_gets_it_once(self) -> None:
        two = Place()
        places = {"one": Place(DOWN), "other": Place(DOWN), "two": two}
        process = Process(places, [DeliverySpec("one", ("two",)), DeliverySpec("other", ("two",))])
        assert await process.outcomes() == {"one": "diverted", "other": "diverted"}
        assert two.calls == 1

    async def test_a_fallback_is_handed_what_is_due_and_the_most_of_those_it_may_stand_in_for(self) -> None:
        two = Place()
        places = {"one": Place(DOWN), "other": Place(0.05, DOWN), "two": two}
        deliveries = [
            DeliverySpec("one", ("two",), silent=True, content="code", template="short"),
            DeliverySpec("other", ("two",), content="full"),
        ]
        process = Process(places, deliveries)
        assert await process.outcomes() == {"one": "diverted", "other": "delivered"}
        assert process.words.specs[-1] == DeliverySpec("two", silent=True, content="full", template="short")

    async def test_a_refusal_with_a_fallback_that_is_down_stays_open(self) -> None:
        durable = MemoryLedger(Clock())
        places = {"one": Place(MessageRefused("odd")), "two": Place(DOWN)}
        process = Process(places, [DeliverySpec("one", ("two",))], durable=durable, clock=Clock())
        assert await process.outcomes() == {"one": "deferred"}


class Away(MemoryLedger):
    """A durable ledger that can be away, or hang."""

    down = False
    hangs = False

    async def _reach(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.down:
            raise LedgerUnavailable("the ledger is away")

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        await self._reach()
        return await super().claim(identity, dispatch, owner, again=again)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        await self._reach()
        return await super().settle(key, settlement)


class Fussy(MemoryLedger):
    """A durable ledger that refuses the settlements of one event, and of all while it is away."""

    away = False
    refused = ""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.taken: set[str] = set()

    async def settle(self, key: str, settlement: Settlement) -> Record:
        if self.away or key == self.refused:
            raise LedgerUnavailable("it is away")
        self.taken.add(key)
        return await super().settle(key, settlement)


class TestLedgerAway:
    async def test_a_settlement_that_is_never_taken_holds_up_no_other(self) -> None:
        clock = Clock()
        durable = Fussy(clock)
        process = Process({"one": Place()}, durable=durable, clock=clock)
        for name in ("one", "two", "three"):
            durable.away = True
            durable.refused = process.relay.identity(parse(BODY), BODY).key
            assert await process.outcomes(BODY.replace(b"one", name.encode())) == {"one": "delivered"}
        durable.away = False
        for number in range(4):
            await process.outcomes(BODY.replace(b"one", b"later-%d" % number))
            await asyncio.sleep(0.01)
        assert durable.taken >= {
            process.relay.identity(parse(body), body).key
            for body in (BODY.replace(b"one", b"two"), BODY.replace(b"one", b"three"))
        }

    @pytest.mark.parametrize("how", ["down", "hangs"])
    async def test_it_stops_no_delivery_and_is_told_later(self, how: str) -> None:
        clock = Clock()
        durable = Away(clock)
        setattr(durable, how, True)
        place = Place()
        process = Process({"one": place}, durable=durable, clock=clock)
        assert await process.outcomes(seconds=4) == {"one": "delivered"}
        assert await process.outcomes(seconds=4) == {"one": "duplicate"}
        setattr(durable, how, False)
        await asyncio.sleep(PATIENCE)
        await process.outcomes(b'{"event": "system:ping", "id": "two"}')
        await asyncio.sleep(0.01)
        other = Place()
        assert await Process({"one": other}, durable=durable, clock=clock).outcomes() == {"one": "duplicate"}
        assert other.calls == 0
        assert process.reports

    async def test_a_refusal_that_nobody_keeps_is_not_final(self) -> None:
        clock = Clock()
        durable = Away(clock)
        durable.down = True
        process = Process({"one": Place(MessageRefused("odd"))}, durable=durable, clock=clock)
        assert await process.outcomes() == {"one": "deferred"}


class Unreachable(Place):
    """Fails as forwarders do: with an exception of ours for one of a library."""

    def __init__(self, kind: type[Exception]) -> None:
        super().__init__()
        self.kind = kind

    async def send(self, post: Line) -> str | None:
        try:
            await asyncio.open_connection("127.0.0.1", 1)
        except ConnectionError:
            raise self.kind("odd") from None
        return await super().send(post)


@pytest.mark.parametrize("kind", [TransientFailure, MessageRefused, KeyError])
async def test_a_delivery_leaves_nothing_for_the_collector(kind: type[Exception]) -> None:
    """A message with pictures is large, and the collector may come late."""

    async def deliver() -> None:
        process = Process({"one": Unreachable(kind), "two": Place(lines=("a", "b"))})
        assert await process.outcomes() == {"one": "deferred", "two": "delivered"}
        await process.relay.drain()

    await deliver()
    gc.collect()
    gc.disable()
    try:
        await deliver()
        assert gc.collect() == 0
    finally:
        gc.enable()


class TestFrozen:
    async def test_a_frozen_instance_loses_one_tick_only(self) -> None:
        attempt = self.under_way()
        assert not attempt.count_time(3600.0)
        assert not attempt.done

    async def test_an_attempt_is_given_up_after_its_running_time(self) -> None:
        attempt = self.under_way()
        ticks = int(ATTEMPT / TICK)
        assert [attempt.count_time(TICK) for _ in range(ticks)] == [False] * (ticks - 1) + [True]
        assert attempt.done
        assert attempt.progress().state is DeliveryState.OPEN

    def under_way(self) -> Attempt:
        attempt = Attempt("one", Progress(), "owner")
        attempt.task = asyncio.create_task(asyncio.Event().wait())  # type: ignore[arg-type]  # it never ends
        return attempt


async def test_a_plan_that_shrank_to_one_post_is_sent() -> None:
    place = Place(None, DOWN, lines=("a", "b"))
    process = Process({"one": place})
    await process.outcomes()
    place.lines = ("all of it",)
    assert await process.outcomes() == {"one": "delivered"}
    assert place.accepted == ["a", "all of it"]


class Deaf(MemoryLedger):
    """A durable ledger that takes claims and no settlements."""

    async def settle(self, key: str, settlement: Settlement) -> Record:
        del key, settlement
        raise LedgerUnavailable("the ledger is away")


async def test_what_only_this_process_knows_is_not_sent_again() -> None:
    clock = Clock()
    one, two = Place(), Place(DOWN)
    process = Process({"one": one, "two": two}, durable=Deaf(clock), clock=clock)
    assert await process.outcomes(seconds=4) == {"one": "delivered", "two": "deferred"}
    clock.now += 61
    assert await process.outcomes(seconds=4) == {"one": "duplicate", "two": "delivered"}
    assert one.calls == 1
