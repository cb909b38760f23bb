"""One SMS emitted twice, dated a second apart, is one event on every ledger; a real repeat is another."""

import asyncio
from collections import Counter

import pytest

from relay.ledger import Ledger
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.neighbours import REGISTRATIONS
from relay.ledger.record import SETTLED_FOR, Busy, Claim, Done, Granted, Progress, Settlement
from relay.ledger.tiered import TieredLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch
from tests.ledger.places import Place

pytestmark = pytest.mark.anyio

DELIVERED = {"family": Progress(DeliveryState.DELIVERED)}


def emitted(registration: str, second: int, name: str = "sms") -> Identity:
    """Return what an SMS is known by that a registration dates at a second."""
    return Identity(f"{name}{second}", f"{name}{second + 1}", registration)


def owing(place: Place) -> Dispatch:
    return Dispatch("sms:received", place.now, (DeliverySpec("family"),))


async def emit(place: Place, ledger: Ledger, identity: Identity) -> str:
    """Claim and deliver an emission; return its effective key, with a sign if it was delivered anew."""
    owner = f"{identity.registration} {identity.key}"
    claim = await ledger.claim(identity, owing(place), owner)
    if isinstance(claim, Granted):
        await ledger.settle(claim.key, Settlement(owner, owing(place), DELIVERED))
        return f"+{claim.key}"
    return claim.key


# Each emission, as registration and second, in the order of arrival; then the keys, with + if sent.
CASES = {
    "later": ("A0 B1", "+sms0 sms0"),
    "earlier": ("A1 B0", "+sms1 sms1"),
    "exact": ("A0 B0", "+sms0 sms0"),
    "two seconds are too many": ("A0 B2", "+sms0 +sms2"),
    "a real repeat": ("A0 A1", "+sms0 +sms1"),
    "a real repeat, the later one first": ("A1 A0", "+sms1 +sms0"),
    "the phone repeats": ("A0 B1 A0 B1 B1", "+sms0 sms0 sms0 sms0 sms0"),
    "the phone repeats the earlier": ("A1 B0 B0 A1", "+sms1 sms1 sms1 sms1"),
    "three": ("A0 B1 C1", "+sms0 sms0 sms0"),
    "three, two of them exact": ("A0 B1 C0", "+sms0 sms0 sms0"),
    "three, on both sides": ("A1 B2 C0", "+sms1 sms1 sms1"),
    "a real repeat of both": ("A0 B1 A1 B2", "+sms0 sms0 +sms1 sms1"),
    "twins that could be either, rather twice than lost": ("A0 A1 B1 B2", "+sms0 +sms1 sms1 +sms2"),
    "a real repeat of the second registration": ("A0 B0 B1 A1", "+sms0 sms0 +sms1 sms1"),
    "the later twin of a real repeat first": ("A0 B2 A1", "+sms0 +sms2 sms2"),
    "every second": ("A0 A1 A2 A3", "+sms0 +sms1 +sms2 +sms3"),
    "nobody knows who": ("-0 -1 A1", "+sms0 +sms1 sms1"),
}


@pytest.mark.parametrize("case", CASES)
async def test_who_emitted_it_and_when_decides(place: Place, case: str) -> None:
    arrivals, expected = CASES[case]
    ledgers = [place.ledger() for _ in range(2)]
    keys = []
    for number, each in enumerate(arrivals.split()):
        identity = emitted(each[0].replace("-", ""), int(each[1]))
        keys.append(await emit(place, ledgers[number % 2], identity))
    assert " ".join(keys) == expected


async def test_a_twin_of_what_is_under_way_is_busy_under_its_key(place: Place, ledger: Ledger) -> None:
    await ledger.claim(emitted("A", 0), owing(place), "first")
    busy = await place.ledger().claim(emitted("B", 1), owing(place), "second")
    assert isinstance(busy, Busy)
    assert busy.key == "sms0"


async def test_a_twin_goes_on_with_what_is_open(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place)
    await ledger.claim(emitted("A", 0), dispatch, "first")
    part = {"family": Progress(DeliveryState.OPEN, posts=2, plan="two of four")}
    await ledger.settle("sms0", Settlement("first", dispatch, part, b"body"))
    claim = await place.ledger().claim(emitted("B", 1), dispatch, "second")
    assert isinstance(claim, Granted)
    assert (claim.key, claim.record.of("family").posts, claim.record.raw) == ("sms0", 2, b"body")
    await ledger.settle("sms0", Settlement("second", dispatch, DELIVERED))
    assert isinstance(await ledger.claim(emitted("A", 0), dispatch, "third"), Done)


async def test_an_alias_is_never_listed(place: Place, ledger: Ledger) -> None:
    await ledger.claim(emitted("A", 0), owing(place), "first")
    assert [key for key, _ in await place.ledger().unsettled()] == ["sms0"]


async def test_an_alias_ends(place: Place, ledger: Ledger) -> None:
    await emit(place, ledger, emitted("A", 0))
    await place.elapse(SETTLED_FOR + 1)
    assert await emit(place, place.ledger(), emitted("B", 1)) == "+sms1"
    assert await emit(place, place.ledger(), emitted("C", 2)) == "sms1"


async def test_what_was_erased_is_joined_by_nobody(place: Place, ledger: Ledger) -> None:
    await emit(place, ledger, emitted("A", 0))
    await ledger.amend("sms0", lambda _record: None)
    assert await emit(place, ledger, emitted("B", 1)) == "+sms1"
    assert await emit(place, ledger, emitted("A", 0)) == "sms1"


async def test_a_settlement_replaces_an_alias(place: Place, ledger: Ledger) -> None:
    await ledger.claim(emitted("A", 0), owing(place), "first")
    await ledger.settle("sms1", Settlement("another", owing(place), DELIVERED))
    assert isinstance(await ledger.claim(emitted("A", 1), owing(place), "third"), Done)


async def test_an_event_without_neighbours_meets_none(place: Place, ledger: Ledger) -> None:
    await emit(place, ledger, Identity("sms0"))
    assert await emit(place, ledger, emitted("B", 1)) == "+sms1"
    assert await emit(place, ledger, Identity("sms2")) == "+sms2"


async def test_a_record_remembers_some_registrations(place: Place, ledger: Ledger) -> None:
    for number in range(REGISTRATIONS + 5):
        assert (await emit(place, ledger, emitted(f"{number}", 0))).endswith("sms0")
    done = await ledger.claim(emitted("0", 0), owing(place), "asks")
    assert isinstance(done, Done)
    assert len(done.record.registrations) == REGISTRATIONS


async def test_of_all_that_come_at_once_one_is_granted(place: Place) -> None:
    ledgers = [place.ledger() for _ in range(4)]
    for number in range(10):
        emissions = [emitted(registration, second, f"{number} ") for registration, second in RACE]
        claims = await asyncio.gather(
            *(ledgers[n % 4].claim(each, owing(place), each.registration) for n, each in enumerate(emissions))
        )
        assert Counter(type(each) for each in claims) == {Granted: 1, Busy: 3}
        assert len({each.key for each in claims}) == 1


RACE = (("A", 0), ("B", 1), ("C", 0), ("D", 1))


class Away(MemoryLedger):
    """A durable ledger that can be away."""

    down = False

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        if self.down:
            raise ConnectionError
        return await super().claim(identity, dispatch, owner, again=again)


DEBT = Dispatch("sms:received", 0.0, (DeliverySpec("family"),))


def fronts(durable: MemoryLedger, count: int) -> list[TieredLedger]:
    """Return what several processes have in front of one durable ledger."""
    return [TieredLedger(MemoryLedger(lambda: 1.0), durable, lambda _problem: None) for _ in range(count)]


async def deliver(front: TieredLedger, identity: Identity) -> str:
    claim = await front.claim(identity, DEBT, identity.registration)
    if isinstance(claim, Granted):
        await front.settle(claim.key, Settlement(identity.registration, DEBT, DELIVERED))
        return f"+{claim.key}"
    return claim.key


async def test_a_process_learns_from_the_durable_ledger_under_which_key_it_is() -> None:
    durable = Away(lambda: 1.0)
    one, two = fronts(durable, 2)
    assert await deliver(one, emitted("A", 0)) == "+sms0"
    assert await deliver(two, emitted("B", 1)) == "sms0"
    durable.down = True
    assert await deliver(two, emitted("B", 1)) == "sms0"
    assert await deliver(two, emitted("A", 1)) == "+sms1"


async def test_while_the_durable_ledger_is_away_the_process_decides_alone() -> None:
    durable = Away(lambda: 1.0)
    [front] = fronts(durable, 1)
    durable.down = True
    first = await front.claim(emitted("A", 0), DEBT, "A")
    assert isinstance(first, Granted)
    await front.settle(first.key, Settlement("A", DEBT, {"family": Progress(DeliveryState.OPEN)}, b"body"))
    durable.down = False
    assert await deliver(front, emitted("B", 1)) == "+sms0"
    assert [key for key, record in durable._settled.items()] == ["sms0"]


async def test_a_busy_twin_leaves_nothing_open_in_the_process() -> None:
    durable = Away(lambda: 1.0)
    one, two = fronts(durable, 2)
    await one.claim(emitted("A", 0), DEBT, "A")
    busy = await two.claim(emitted("B", 1), DEBT, "B")
    assert isinstance(busy, Busy)
    assert busy.key == "sms0"
    assert await two._local.unsettled() == []


async def test_as_many_aliases_are_remembered_as_records() -> None:
    ledger = MemoryLedger(records=3)
    for number in range(10):
        await ledger.claim(emitted("A", 0, f"{number} "), DEBT, "owner")
    assert list(ledger._aliases) == ["7 1", "8 1", "9 1"]
