"""A post that a service accepts in parts: the rest is sent later, and what is refused holds up nothing."""

from dataclasses import dataclass

import pytest

from forwarders.base import Failure, MessageRefused, TransientFailure
from relay.events import parse
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Progress
from relay.model import DeliverySpec, DeliveryState
from tests.delivery.place import BODY, Clock, Line, Place, Process

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True)
class Parcel(Line):
    """A text in pieces, each accepted or refused by itself."""

    def rest(self, settled: frozenset[str]) -> "Parcel | None":
        left = " ".join(piece for piece in self.text.split() if piece not in settled)
        return Parcel(left) if left else None

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(self.text.split())


class Parcels(Place):
    """Accepts pieces of a text, but for those that it does not take now, or ever."""

    def __init__(self, *lines: str, busy: tuple[str, ...] = (), never: tuple[str, ...] = ()) -> None:
        super().__init__(lines=lines)
        self.busy, self.never = set(busy), set(never)

    def plan(self, _message: object) -> tuple[Line, ...]:
        return tuple(Parcel(line) for line in self.lines)

    async def send(self, post: Line) -> str | None:
        self.calls += 1
        pieces = set(post.text.split())
        taken, refused = pieces - self.busy - self.never, dict.fromkeys(pieces & self.never, "too odd")
        self.accepted += sorted(taken)
        if pieces & self.busy:
            raise TransientFailure("busy", accepted=taken, refused=refused)
        if refused:
            raise MessageRefused("too odd", accepted=taken, refused=refused)
        return None


def process(place: Place) -> Process:
    return Process({"one": place}, durable=MemoryLedger(Clock()), clock=Clock())


async def test_a_repeat_sends_the_rest() -> None:
    place = Parcels("a b c", busy=("b",))
    relay = process(place)
    assert await relay.outcomes() == {"one": "deferred"}
    place.busy.clear()
    assert await relay.outcomes() == {"one": "delivered"}
    assert place.accepted == ["a", "c", "b"]


async def test_another_process_sends_the_rest() -> None:
    durable = MemoryLedger(Clock())
    first, second = Parcels("a b", busy=("b",)), Parcels("a b")
    await Process({"one": first}, durable=durable, clock=Clock()).outcomes()
    assert await Process({"one": second}, durable=durable, clock=Clock()).outcomes() == {"one": "delivered"}
    assert first.accepted + second.accepted == ["a", "b"]


async def test_what_is_refused_for_good_holds_up_neither_the_other_parts_nor_the_next_posts() -> None:
    place = Parcels("a b", "c", "d e", never=("b",), busy=("e",))
    relay = process(place)
    assert await relay.outcomes() == {"one": "deferred"}
    place.busy.clear()
    delivery = (await relay.post())["one"]
    assert (delivery.outcome, delivery.reason, delivery.open) == ("refused", "too odd", False)
    assert place.accepted == ["a", "c", "d", "e"]
    assert await relay.outcomes() == {"one": "refused"}


async def test_a_replay_tries_what_was_refused_again_and_nothing_else() -> None:
    place, durable = Parcels("a b", "c", never=("b",)), MemoryLedger(Clock())
    relay = Process({"one": place}, durable=durable, clock=Clock())
    assert await relay.outcomes() == {"one": "refused"}
    place.never.clear()
    [(key, record)] = await durable.unsettled()
    deliveries = await relay.relay.replay(key, record, parse(BODY), BODY, 1e9, again=True)
    assert deliveries is not None
    assert [str(each.outcome) for each in deliveries] == ["delivered"]
    assert place.accepted == ["a", "c", "b"]


async def test_a_replay_finds_what_was_refused_before_the_rest_was_accepted() -> None:
    place, durable = Parcels("a b c", busy=("b",), never=("c",)), MemoryLedger(Clock())
    relay = Process({"one": place}, durable=durable, clock=Clock())
    assert await relay.outcomes() == {"one": "deferred"}
    place.busy.clear()
    assert await relay.outcomes() == {"one": "refused"}
    place.never.clear()
    [(key, record)] = await durable.unsettled()
    deliveries = await relay.relay.replay(key, record, parse(BODY), BODY, 1e9, again=True)
    assert deliveries is not None
    assert [str(each.outcome) for each in deliveries] == ["delivered"]
    assert place.accepted == ["a", "b", "c"]


async def test_a_part_that_is_owed_and_not_configured_any_more_stays_open() -> None:
    place = Parcels("a b", busy=("b",))
    relay = process(place)
    assert await relay.outcomes() == {"one": "deferred"}
    place.lines, place.busy = ("a c",), set()
    delivery = (await relay.post())["one"]
    assert (delivery.open, delivery.misconfigured) == (True, True)
    assert "1 parts of it are owed to who is not configured any more" in delivery.reason
    place.lines = ("a b",)
    assert await relay.outcomes() == {"one": "delivered"}
    assert place.accepted == ["a", "c", "b"]


async def test_a_fallback_does_not_stand_in_for_the_rest_of_what_was_accepted_in_part() -> None:
    place, other = Parcels("a b", busy=("b",)), Place()
    relay = Process(
        {"one": place, "two": other},
        [DeliverySpec("one", ("two",))],
        durable=MemoryLedger(Clock()),
        clock=Clock(),
    )
    assert await relay.outcomes() == {"one": "deferred"}
    place.busy.clear()
    assert await relay.outcomes() == {"one": "delivered"}
    assert (place.accepted, other.calls) == (["a", "b"], 0)


async def test_without_a_durable_ledger_a_refused_part_keeps_the_event_open_and_is_not_asked_again() -> None:
    place = Parcels("a b", never=("b",))
    forgetful = Process({"one": place})
    for _ in range(2):
        assert await forgetful.outcomes() == {"one": "deferred"}
    assert (place.calls, place.accepted) == (1, ["a"])


async def test_a_plan_that_changed_starts_over_but_one_post_keeps_its_parts() -> None:
    several, single = Parcels("a b", "c", busy=("b",)), Parcels("a b", busy=("b",))
    for place in (several, single):
        relay = process(place)
        await relay.outcomes()
        place.busy.clear()
        place.lines = tuple(f"{line} z" for line in place.lines)
        assert await relay.outcomes() == {"one": "delivered"}
    assert several.accepted == ["a", "a", "b", "z", "c", "z"]
    assert single.accepted == ["a", "b", "z"]


@pytest.mark.parametrize(
    ("known", "late", "merged"),
    [
        (Progress(parts=("0.a",)), Progress(parts=("0.b",)), ("0.a", "0.b")),
        (Progress(parts=("0.a",)), Progress(reason="busy"), ("0.a",)),
        (Progress(posts=1, plan="p", parts=("1.a",)), Progress(plan="q", parts=("0.b",)), ("0.b",)),
        (Progress(posts=1, plan="p", parts=("1.a",)), Progress(plan="p", parts=("2",)), ("1.a", "2")),
    ],
    ids=["both", "no-plan-made", "another-plan", "same-plan"],
)
def test_accepted_parts_are_facts(known: Progress, late: Progress, merged: tuple[str, ...]) -> None:
    assert known.merged(late).parts == merged


def test_a_failure_carries_its_parts() -> None:
    failure: Failure = TransientFailure("busy", 5, accepted=["a"], refused={"b": "no"})
    assert (failure.accepted, failure.refused) == (frozenset({"a"}), {"b": "no"})
    assert Progress(DeliveryState.OPEN).parts == ()
