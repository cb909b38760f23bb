"""Changes to records by an operator: moving them to another ledger, and dropping deliveries."""

import dataclasses
from collections.abc import Collection

from relay.ledger import Ledger
from relay.ledger.record import LEASE, OPEN_FOR, SETTLED_FOR, Progress, Record


def merge_records(there: Record | None, moved: Record, now: float) -> Record:
    """Return the record to write when one is moved onto another: no fact of either is lost.

    The lease of the record that is there stays. Deliveries of both remain, unless they were dropped.
    """
    if there is None:
        return dataclasses.replace(moved, owner="", lease_until=0.0)
    dropped = tuple(dict.fromkeys(there.dropped + moved.dropped))
    present = {*dropped, *(spec.destination for spec in there.dispatch.deliveries)}
    deliveries = (
        *there.dispatch.deliveries,
        *(spec for spec in moved.dispatch.deliveries if spec.destination not in present),
    )
    first_seen_at = min(there.dispatch.first_seen_at, moved.dispatch.first_seen_at)
    merged = dataclasses.replace(
        there,
        dispatch=dataclasses.replace(there.dispatch, deliveries=deliveries, first_seen_at=first_seen_at),
        progress=_merge_progress(there, moved),
        raw=there.raw if moved.raw is None else moved.raw,
        registrations={**moved.registrations, **there.registrations},
        unknown_since=min(filter(None, (there.unknown_since, moved.unknown_since)), default=0.0),
        dropped=dropped,
    )
    return _set_expiry(merged, now)


def drop_deliveries(record: Record, names: Collection[str], now: float) -> Record:
    """Return a record without its open deliveries to some destinations; it notes that they were dropped."""
    dropped = tuple(name for name in record.owing() if name in names)
    deliveries = tuple(spec for spec in record.dispatch.deliveries if spec.destination not in dropped)
    dispatch = dataclasses.replace(record.dispatch, deliveries=deliveries)
    changed = dataclasses.replace(record, dispatch=dispatch, dropped=(*record.dropped, *dropped))
    return _set_expiry(changed, now)


def _merge_progress(there: Record, moved: Record) -> dict[str, Progress]:
    return {
        name: moved.of(name).merged(there.of(name)) if name in moved.progress else there.of(name)
        for name in {**moved.progress, **there.progress}
    }


def _set_expiry(record: Record, now: float) -> Record:
    """Return a record that expires when its kind does; a settled one keeps no body."""
    if record.settled:
        return dataclasses.replace(record, raw=None, expires=now + SETTLED_FOR)
    return dataclasses.replace(record, expires=now + OPEN_FOR)


async def move(source: Ledger, target: Ledger, kept: tuple[str, Record], new_key: str, now: float) -> bool:
    """Move a record with its key; return false, and leave it at the source, if it changed there meanwhile.

    It is erased at the source only once the target has it.
    """
    key, record = kept
    moved = record if new_key == key else dataclasses.replace(record, registrations={})
    await target.amend(new_key, lambda there: merge_records(there, moved, now))
    is_erased = False

    def erase(there: Record | None) -> Record | None:
        nonlocal is_erased
        is_erased = there == record
        return None if is_erased else there

    await source.amend(key, erase)
    return is_erased


async def drop(ledger: Ledger, key: str, names: Collection[str], now: float) -> bool:
    """Drop an event's deliveries to some destinations; return false if another process is delivering it."""
    is_free = True

    def change(record: Record | None) -> Record | None:
        nonlocal is_free
        is_free = record is None or not is_leased(record, now)
        return drop_deliveries(record, names, now) if record and is_free else record

    await ledger.amend(key, change)
    return is_free


def is_leased(record: Record, now: float) -> bool:
    """Return whether a process is delivering the event."""
    return now < record.lease_until < now + 2 * LEASE and record.owner != ""
