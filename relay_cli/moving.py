"""Changes to records by an operator: moving them to another ledger, and dropping deliveries."""

import asyncio
import dataclasses
from collections.abc import Collection

from relay.ledger import Ledger
from relay.ledger.record import LEASE, OPEN_FOR, SETTLED_FOR, Progress, Record

TRIES = 70
"""How often a record that is being delivered is looked at again: longer than a lease."""
PAUSE = 1.0
"""Seconds between two looks."""


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
    """Move a record with its key; false if it is still being delivered at the source, where it then stays.

    It is erased at the source only after the target has it. What the source learned meanwhile is brought
    along; a copy that cannot be completed is taken back, or it would be delivered again from there.
    """
    key, record = kept
    copy = _Copy(target, new_key, now)
    for _ in range(TRIES):
        await copy.write(record if new_key == key else dataclasses.replace(record, registrations={}))
        newer = await _erase(source, key, record, now)
        if newer is None:
            return True
        if newer.settled:
            await copy.write(newer)
            return True
        record = newer
        if is_leased(record, now):
            await asyncio.sleep(PAUSE)
            now += PAUSE
    await copy.take_back()
    return False


async def _erase(source: Ledger, key: str, record: Record, now: float) -> Record | None:
    """Erase a record that is neither changed nor being delivered; return what is there then, if anything."""
    left: Record | None = None

    def erase(there: Record | None) -> Record | None:
        nonlocal left
        left = None if there is None or (there == record and not is_leased(there, now)) else there
        return left

    await source.amend(key, erase)
    return left


class _Copy:
    """A record in the ledger to which it is moved."""

    def __init__(self, target: Ledger, key: str, now: float) -> None:
        self._target = target
        self._key = key
        self._now = now
        self._before: Record | None = None
        self._written: Record | None = None

    async def write(self, moved: Record) -> None:
        """Merge what is known into what is there."""

        def merge(there: Record | None) -> Record:
            if there != self._written:
                self._before = there
            self._written = merge_records(there, moved, self._now)
            return self._written

        await self._target.amend(self._key, merge)

    async def take_back(self) -> None:
        """Leave the target as it was, unless somebody else has changed it."""
        await self._target.amend(self._key, lambda there: self._before if there == self._written else there)


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
