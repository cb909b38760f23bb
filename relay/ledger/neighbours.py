"""One SMS emitted twice can be dated a second apart: which record a claim is about.

With its record an event gets an alias under the key of the next second. Who claims that key is the
same event if another registration emitted it, and else a real repeat, which gets a record of its own.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from relay.ledger.identity import Identity
from relay.ledger.record import SETTLED_FOR, Busy, Claim, Granted, Record
from relay.ledger.rules import claim
from relay.model import Dispatch

REGISTRATIONS = 16
"""How many registrations a record remembers: a phone has up to fourteen."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Says that an event may be the one at `key`, unless it is of the registration that emitted that one."""

    key: str
    registration: str
    expires: float


Stored = Record | Alias


class Decision(NamedTuple):
    """The answer to a claim, and what is to be written with it, by key."""

    answer: Claim
    writes: Mapping[str, Stored]


def stored_around(identity: Identity, read: Callable[[str], Stored | None]) -> dict[str, Stored]:
    """Return what is stored under the keys that matter to a claim."""
    found = {key: each for key in (identity.key, identity.next_key) if key and (each := read(key))}
    for key in targets(found):
        if target := read(key):
            found[key] = target
    return found


def targets(found: Mapping[str, Stored | None]) -> set[str]:
    """Return the keys to which aliases lead, and that were not read."""
    return {each.key for each in found.values() if isinstance(each, Alias)} - found.keys()


def decide(
    identity: Identity,
    stored: Mapping[str, Stored],
    dispatch: Dispatch,
    owner: str,
    now: float,
    *,
    again: bool = False,
) -> Decision:
    """Decide a claim by what is stored around it."""
    alive = {key: each for key, each in stored.items() if each.expires > now}
    key, later = _effective(identity, alive)
    found = _record(alive.get(key))
    answer = claim(key, found, dispatch, owner, now, again=again)
    if isinstance(answer, Busy) or (found is None and not dispatch.deliveries):
        return Decision(answer, {})
    record = _registered(answer.record, identity.registration, later)
    changed = isinstance(answer, Granted) or record is not answer.record
    writes: dict[str, Stored] = {key: record} if changed else {}
    if found is None:
        writes |= _alias(identity, alive, now)
    return Decision(dataclasses.replace(answer, record=record), writes)


def _effective(identity: Identity, alive: Mapping[str, Stored]) -> tuple[str, int]:
    """Return the key of the event's record, and how many seconds later this emission is dated."""
    here, following = alive.get(identity.key), alive.get(identity.next_key or "")
    if isinstance(here, Record) or not identity.registration:
        return identity.key, 0
    if isinstance(here, Alias) and here.registration != identity.registration:
        before = _record(alive.get(here.key))
        if before and _may_be(before, identity.registration, later=1):
            return here.key, 1
    after = _record(following)
    if after and after.registrations and _may_be(after, identity.registration, later=-1):
        return identity.next_key or identity.key, -1
    return identity.key, 0


def _may_be(record: Record, registration: str, *, later: int) -> bool:
    """Return whether a registration has not emitted this event under another second itself."""
    return record.registrations.get(registration, later) == later


def _record(stored: Stored | None) -> Record | None:
    return stored if isinstance(stored, Record) else None


def _registered(record: Record, registration: str, later: int) -> Record:
    """Return the record with a registration; the same object if there is nothing to add."""
    known = record.registrations
    if not registration or registration in known or len(known) >= REGISTRATIONS:
        return record
    return dataclasses.replace(record, registrations={**known, registration: later})


def _alias(identity: Identity, alive: Mapping[str, Stored], now: float) -> Iterator[tuple[str, Stored]]:
    """Yield the alias of a new record, unless the next second has a record of its own."""
    if identity.next_key and identity.registration and not isinstance(alive.get(identity.next_key), Record):
        yield identity.next_key, Alias(identity.key, identity.registration, now + SETTLED_FOR)
