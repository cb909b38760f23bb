"""What an operator does to records: bring them into another ledger, and drop what they owe."""

import dataclasses
from collections.abc import Collection

from relay.ledger import Ledger
from relay.ledger.record import LEASE, OPEN_FOR, SETTLED_FOR, Progress, Record


def merged(there: Record | None, moved: Record, now: float) -> Record:
    """Return the record to write where another is moved to: no fact of either is lost.

    The lease is that of the place. What either owes is owed, unless the operator dropped it.
    """
    if there is None:
        return dataclasses.replace(moved, owner="", lease_until=0.0)
    dropped = tuple(dict.fromkeys(there.dropped + moved.dropped))
    known = {*dropped, *(spec.destination for spec in there.dispatch.deliveries)}
    deliveries = (
        *there.dispatch.deliveries,
        *(spec for spec in moved.dispatch.deliveries if spec.destination not in known),
    )
    first_seen_at = min(there.dispatch.first_seen_at, moved.dispatch.first_seen_at)
    joined = dataclasses.replace(
        there,
        dispatch=dataclasses.replace(there.dispatch, deliveries=deliveries, first_seen_at=first_seen_at),
        progress=_joined(there, moved),
        raw=there.raw if moved.raw is None else moved.raw,
        registrations={**moved.registrations, **there.registrations},
        unknown_since=min(filter(None, (there.unknown_since, moved.unknown_since)), default=0.0),
        dropped=dropped,
    )
    return _kept(joined, now)


def without(record: Record, names: Collection[str], now: float) -> Record:
    """Return a record that owes nothing more to some destinations, and says that this was dropped."""
    gone = tuple(name for name in record.owing() if name in names)
    deliveries = tuple(spec for spec in record.dispatch.deliveries if spec.destination not in gone)
    dispatch = dataclasses.replace(record.dispatch, deliveries=deliveries)
    return _kept(dataclasses.replace(record, dispatch=dispatch, dropped=(*record.dropped, *gone)), now)


def _joined(there: Record, moved: Record) -> dict[str, Progress]:
    return {
        name: moved.of(name).merged(there.of(name)) if name in moved.progress else there.of(name)
        for name in {**moved.progress, **there.progress}
    }


def _kept(record: Record, now: float) -> Record:
    """Keep a record as long as its kind is kept, and no body that nobody needs."""
    if record.settled:
        return dataclasses.replace(record, raw=None, expires=now + SETTLED_FOR)
    return dataclasses.replace(record, expires=now + OPEN_FOR)


async def move(source: Ledger, target: Ledger, kept: tuple[str, Record], new_key: str, now: float) -> bool:
    """Move a record with its key; false if it has changed at the source meanwhile, where it then stays.

    It is erased at the source only after the target has it.
    """
    key, record = kept
    moved = record if new_key == key else dataclasses.replace(record, registrations={})
    await target.amend(new_key, lambda there: merged(there, moved, now))
    erased = False

    def erase(there: Record | None) -> Record | None:
        nonlocal erased
        erased = there == record
        return None if erased else there

    await source.amend(key, erase)
    return erased


async def drop(ledger: Ledger, key: str, names: Collection[str], now: float) -> bool:
    """Drop what an event owes to some destinations; false if another process is delivering it."""
    free = True

    def change(record: Record | None) -> Record | None:
        nonlocal free
        free = record is None or not is_leased(record, now)
        return without(record, names, now) if record and free else record

    await ledger.amend(key, change)
    return free


def is_leased(record: Record, now: float) -> bool:
    """Return whether somebody is delivering it."""
    return now < record.lease_until < now + 2 * LEASE and record.owner != ""
