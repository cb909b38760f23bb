"""What an operator does to records: bring them into another ledger, and drop what they owe."""

import asyncio
import dataclasses
from collections.abc import Collection

from relay.ledger import Ledger
from relay.ledger.record import LEASE, OPEN_FOR, SETTLED_FOR, Progress, Record

TRIES = 70
"""How often a record that is being delivered is looked at again: longer than a lease."""
PAUSE = 1.0
"""Seconds between two looks."""


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
            self._written = merged(there, moved, self._now)
            return self._written

        await self._target.amend(self._key, merge)

    async def take_back(self) -> None:
        """Leave the target as it was, unless somebody else has changed it."""
        await self._target.amend(self._key, lambda there: self._before if there == self._written else there)


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
