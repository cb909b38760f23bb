"""What an operator moves or drops: no fact is lost, and nothing is erased too early."""

import dataclasses

import pytest

from relay.ledger import Ledger
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Done, Granted, Progress, Record, Settlement
from relay.ledger.secret import MEMO, Fingerprint
from relay.model import DeliverySpec, DeliveryState, Dispatch
from relay_cli import moving
from relay_cli.moving import drop, move
from tests.ledger.places import Place

pytestmark = pytest.mark.anyio

KEY = "5e" * 32
BODY = b'{"text": "the code is 4711"}'
OPEN = Progress(DeliveryState.OPEN, 2, "two of four", reason="it is down")


def owing(place: Place, *names: str) -> Dispatch:
    return Dispatch("sms:received", place.now, tuple(DeliverySpec(name) for name in names))


async def keep(place: Place, ledger: Ledger, **progress: Progress) -> Record:
    """Keep an event that owes something to each of these destinations."""
    dispatch = owing(place, *progress)
    await ledger.claim(Identity(KEY), dispatch, "owner")
    await ledger.settle(KEY, Settlement("owner", dispatch, progress, BODY, unknown_since=place.now))
    [(_, record)] = await ledger.unsettled()
    return record


def delivered(owner: str) -> Progress:
    return Progress(DeliveryState.DELIVERED, by=(owner,))


async def test_what_is_moved_is_there_and_gone_here(place: Place, ledger: Ledger) -> None:
    target = MemoryLedger(place.clock)
    record = await keep(place, ledger, family=OPEN, work=delivered("owner"))
    assert await move(ledger, target, (KEY, record), "another key", place.now)
    assert await ledger.unsettled() == []
    assert await target.unsettled() == [("another key", record)]
    claim = await target.claim(Identity("another key"), owing(place), "next")
    assert isinstance(claim, Granted)
    assert (claim.record.of("family"), claim.record.raw) == (OPEN, BODY)


async def test_what_is_moved_here_is_there(place: Place, ledger: Ledger) -> None:
    source = MemoryLedger(place.clock)
    record = await keep(place, source, family=OPEN)
    assert await move(source, ledger, (KEY, record), KEY, place.now)
    assert await source.unsettled() == []
    [(key, moved)] = await ledger.unsettled()
    assert (key, moved.of("family"), moved.raw, moved.dispatch) == (KEY, OPEN, BODY, record.dispatch)


async def test_what_both_know_is_merged(place: Place, ledger: Ledger) -> None:
    source = MemoryLedger(place.clock)
    record = await keep(
        place, source, family=OPEN, work=delivered("owner"), email=Progress(DeliveryState.DIVERTED)
    )
    await keep(place, ledger, family=delivered("another"), work=OPEN, slack=Progress(DeliveryState.REFUSED))
    assert await move(source, ledger, (KEY, record), KEY, place.now)
    [(_, merged)] = await ledger.unsettled()
    assert {
        spec.destination: str(merged.of(spec.destination).state) for spec in merged.dispatch.deliveries
    } == {
        "family": "delivered",
        "work": "delivered",
        "slack": "refused",
        "email": "diverted",
    }
    assert (merged.raw, merged.unknown_since) == (BODY, place.now)


async def test_what_was_delivered_there_is_settled_and_its_body_erased(place: Place, ledger: Ledger) -> None:
    source = MemoryLedger(place.clock)
    record = await keep(place, source, family=OPEN)
    dispatch = owing(place, "family")
    await ledger.settle(KEY, Settlement("another", dispatch, {"family": delivered("another")}))
    assert await move(source, ledger, (KEY, record), KEY, place.now)
    assert await ledger.unsettled() == await source.unsettled() == []
    done = await ledger.claim(Identity(KEY), dispatch, "next")
    assert isinstance(done, Done)
    assert done.record.raw is None


async def test_what_the_source_learned_meanwhile_is_brought_along(place: Place, ledger: Ledger) -> None:
    target = MemoryLedger(place.clock)
    record = await keep(place, ledger, family=OPEN, work=OPEN)
    await ledger.settle(KEY, Settlement("late", record.dispatch, {"family": delivered("late")}))
    assert await move(ledger, target, (KEY, record), KEY, place.now)
    [(_, moved)] = await target.unsettled()
    assert moved.states() == [DeliveryState.DELIVERED, DeliveryState.OPEN]
    assert await ledger.unsettled() == []


async def test_what_was_all_accepted_meanwhile_is_not_open_in_the_target(
    place: Place, ledger: Ledger
) -> None:
    target = MemoryLedger(place.clock)
    record = await keep(place, ledger, family=OPEN)
    await ledger.settle(KEY, Settlement("late", record.dispatch, {"family": delivered("late")}))
    assert await move(ledger, target, (KEY, record), KEY, place.now)
    assert await target.unsettled() == []
    assert isinstance(await target.claim(Identity(KEY), record.dispatch, "next"), Done)


async def test_what_is_still_being_delivered_stays_and_leaves_no_copy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "PAUSE", 0.0)
    source, target = MemoryLedger(place.clock), MemoryLedger(place.clock)
    record = await keep(place, source, family=OPEN)
    await source.claim(Identity(KEY), record.dispatch, "another")
    assert not await move(source, target, (KEY, record), KEY, place.now)
    assert await target.unsettled() == []
    [(_, kept)] = await source.unsettled()
    assert kept.owner == "another"


async def test_a_lease_is_not_moved(place: Place) -> None:
    source, target = MemoryLedger(place.clock), MemoryLedger(place.clock)
    record = await keep(place, source, family=OPEN)
    held = dataclasses.replace(record, owner="another", lease_until=place.now + 10)
    await target.amend(KEY, lambda _there: held)
    await move(source, target, (KEY, record), KEY, place.now)
    [(_, merged)] = await target.unsettled()
    assert (merged.owner, merged.lease_until) == (held.owner, held.lease_until)


async def test_what_is_dropped_is_owed_no_more_and_all_else_stays(place: Place, ledger: Ledger) -> None:
    before = await keep(place, ledger, family=OPEN, work=OPEN, email=delivered("owner"))
    assert await drop(ledger, KEY, ["family", "email", "nobody"], place.now)
    [(_, record)] = await place.ledger().unsettled()
    assert (record.dropped, record.owing(), record.raw) == (("family",), ["work"], BODY)
    assert record.progress == before.progress
    claim = await place.ledger().claim(Identity(KEY), before.dispatch, "next")
    assert isinstance(claim, Granted)
    late = Settlement("next", before.dispatch, {"work": delivered("next"), "family": Progress()})
    settled = await ledger.settle(KEY, late)
    assert (settled.settled, settled.raw, settled.dropped) == (True, None, ("family",))


async def test_a_repeat_of_what_was_dropped_whole_is_done(place: Place, ledger: Ledger) -> None:
    before = await keep(place, ledger, family=OPEN)
    assert await drop(ledger, KEY, ["family"], place.now)
    assert await ledger.unsettled() == []
    done = await place.ledger().claim(Identity(KEY), before.dispatch, "next")
    assert isinstance(done, Done)
    assert (done.record.dropped, done.record.raw) == (("family",), None)


async def test_what_was_dropped_comes_back_by_no_move(place: Place, ledger: Ledger) -> None:
    source = MemoryLedger(place.clock)
    record = await keep(place, source, family=OPEN)
    await keep(place, ledger, family=OPEN)
    await drop(ledger, KEY, ["family"], place.now)
    await move(source, ledger, (KEY, record), KEY, place.now)
    assert await ledger.unsettled() == []


async def test_what_is_being_delivered_is_not_dropped(place: Place, ledger: Ledger) -> None:
    await ledger.claim(Identity(KEY), owing(place, "family"), "owner")
    assert not await drop(ledger, KEY, ["family"], place.now)
    [(_, record)] = await ledger.unsettled()
    assert record.owing() == ["family"]


async def test_nothing_is_amended_where_nothing_is(place: Place, ledger: Ledger) -> None:
    await ledger.amend(KEY, lambda record: record)
    assert await drop(ledger, KEY, ["family"], place.now)
    assert isinstance(await ledger.claim(Identity(KEY), owing(place, "family"), "owner"), Granted)


async def test_a_ledger_knows_a_secret_again(place: Place, ledger: Ledger) -> None:
    first, same, other = Fingerprint(b"one"), Fingerprint(b"one"), Fingerprint(b"another")
    await ledger.update_note(MEMO, first.note)
    await place.ledger().update_note(MEMO, same.note)
    await ledger.update_note(MEMO, other.note)
    assert (first.differs, same.differs, other.differs) == (None, False, True)
    await ledger.update_note(MEMO, other.replace)
    await ledger.update_note(MEMO, other.compare)
    assert other.differs is False
