"""What is known of a canary's tests: one note in the ledger."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from relay.ledger import Note

PREFIX = "canary."
"""What the names of these notes begin with."""
LEASE = 60.0
"""Seconds for which whoever has claimed a test asks for it alone."""
DAY = 86400.0
KEPT = 7 * DAY
"""Seconds for which a note is kept after two more tests should have been sent."""
_TIMES = ("asked", "tried", "answered", "accepted", "sent", "delivered", "failed", "returned")


@dataclass(frozen=True, slots=True)
class Trip:
    """One test, named by the date at which it was due. Times are Unix seconds of our clock, 0 is never.

    `asked` is the first time that the gateway was asked, `tried` the latest, and `answered` when that one
    ended, whatever the answer. `phone` is a keyed hash of the id under which the phone was asked, empty if
    that is still open. `reason` says why it is not sent.
    """

    due: int
    asked: float = 0.0
    tried: float = 0.0
    accepted: float = 0.0
    sent: float = 0.0
    delivered: float = 0.0
    failed: float = 0.0
    returned: float = 0.0
    phone: str = ""
    reason: str = ""
    answered: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether something may still become of it."""
        return not (self.returned or self.failed)

    @property
    def is_wanted(self) -> bool:
        """Whether the gateway has still to accept it."""
        return self.is_open and not self.accepted


@dataclass(frozen=True, slots=True)
class Journal:
    """The latest test, and the latest that came back: when, and after how many seconds.

    What was due before `since` is not made up for: it may have been sent. `phone` is a keyed hash of the
    id under which the gateway knows the phone.
    """

    since: float
    trip: Trip | None = None
    returned: float = 0.0
    seconds: float = 0.0
    phone: str = ""


def claim(journal: Journal, due: int, now: float, lease: float = LEASE) -> Journal | None:
    """Return the journal with the test of a date claimed; None if nobody is to ask for it now."""
    trip = journal.trip
    if trip is None or trip.due < due:
        return replace(journal, trip=Trip(due, asked=now, tried=now))
    if trip.due > due or not trip.is_wanted or now - trip.tried < lease:
        return None
    return replace(journal, trip=replace(trip, tried=now, answered=0.0))


def with_times(
    journal: Journal,
    due: int,
    times: Mapping[str, float],
    *,
    phone: str | None = None,
    reason: str | None = None,
) -> Journal:
    """Return the journal with what was learned of the test of a date; times that are known already stay."""
    trip = journal.trip
    if trip is None or trip.due != due:
        return journal
    new: dict[str, Any] = {name: at for name, at in times.items() if not getattr(trip, name)}
    after = replace(
        trip,
        phone=trip.phone if phone is None else phone,
        reason=trip.reason if reason is None else reason,
        **new,
    )
    if "accepted" in new:
        journal = replace(journal, phone=after.phone)
    if "returned" not in new:
        return replace(journal, trip=after)
    at = new["returned"]
    return replace(journal, trip=after, returned=at, seconds=max(0.0, at - (trip.accepted or trip.asked)))


def without_trip(journal: Journal, due: int, now: float) -> Journal:
    """Return the journal without the test of a date: which was sent before: its fate is unknown."""
    trip = journal.trip
    is_unknown = trip is not None and trip.due == due and not trip.returned
    return replace(journal, since=now, trip=None) if is_unknown else journal


def to_note(journal: Journal, now: float, every: float) -> Note:
    """Return a journal as a note, which expires once the canary is not configured any more."""
    return {**asdict(journal), "expires": now + 2 * every + KEPT}


def from_note(note: Note | None, now: float) -> Journal | None:
    """Read a note, of this version or another; one that is of no use is as good as none.

    One from the future is not, either: the clock was wrong then.
    """
    if not note:
        return None
    try:
        trip = note["trip"] and _read(note["trip"])
        times = (float(note["returned"]), float(note["seconds"]))
        journal = Journal(float(note["since"]), trip, *times, str(note["phone"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    latest = max(journal.since, trip.tried if trip else 0.0, trip.due if trip else 0.0)
    return journal if latest <= now + DAY else None


def _read(plain: Note) -> Trip:
    known = {each.name: plain[each.name] for each in fields(Trip) if each.name in plain}
    times = {name: float(known.get(name, 0.0)) for name in _TIMES}
    return Trip(**known | times)
