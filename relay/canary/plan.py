"""Which tests are due: a pure function of the configuration, the notes and the time."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from datetime import date as Day  # noqa: N812  (a date of a test is something else)
from typing import NamedTuple

from relay.canary.journal import LEASE, Journal, Trip, claim
from relay.canary.loop import Loop
from relay.config.canary import DAY, Canary


class Date(NamedTuple):
    """A date of a test: its name, of which there is one SMS, and when it begins (Unix seconds)."""

    name: int
    begin: int


class Due(NamedTuple):
    """A canary whose test of a date is to be sent."""

    loop: Loop
    date: int

    def claim(self, journal: Journal, now: float) -> Journal | None:
        """Return the journal with this test claimed; None if nobody is to ask for it now."""
        return claim(journal, self.date, now)


def latest_date(loop: Loop, now: float, zone: tzinfo) -> Date:
    """Return the latest date of a test.

    It depends on the calendar alone: whoever looks, and whatever was forgotten, finds the same date. With
    `at` it begins with these hours; else canaries are spread, so that not all are due at once. With whole
    days its name is the day: other hours, or another time zone, are no new date.
    """
    canary = loop.canary
    if canary.every % DAY:
        every = int(canary.every)
        offset = _spread(loop.key) % every
        begin = int((now - offset) // every) * every + offset
        return Date(begin, begin)
    day = datetime.fromtimestamp(now, zone if canary.at else UTC).date()
    if _begin(day, loop, zone) > now:
        day -= timedelta(days=1)
    days = int(canary.every // DAY)
    day -= timedelta(days=(day.toordinal() - _spread(loop.key)) % days)
    return Date(_midnight(day), _begin(day, loop, zone))


def may_send(canary: Canary, now: float, zone: tzinfo) -> bool:
    """Return whether tests may be sent at this time of day."""
    local = datetime.fromtimestamp(now, zone)
    return canary.at is None or canary.at.days_since_start(local.hour * 60 + local.minute) is not None


def is_under_way(trip: Trip | None, within: float, now: float) -> bool:
    """Return whether a test may still come back in time."""
    return trip is not None and trip.is_open and now - (trip.sent or trip.tried) < within


def find_due(tests: Iterable[tuple[Loop, Journal]], now: float, zone: tzinfo) -> Iterator[Due]:
    """Yield the tests that are to be sent now: of each phone one at a time, the one that waits longest.

    So one that is refused again and again keeps no other from being sent. Of several dates that were missed,
    only the latest is made up for.
    """
    tests = sorted(tests, key=lambda test: test[1].trip.tried if test[1].trip else 0.0)
    busy = {each.canary.device for each, journal in tests if _is_sent(each, journal, now)}
    for loop, journal in tests:
        due = wanted_now(loop, journal, now, zone)
        is_asked = journal.trip is not None and journal.trip.due == due and now - journal.trip.tried < LEASE
        if (
            due is not None
            and not is_asked
            and loop.canary.device not in busy
            and may_send(loop.canary, now, zone)
        ):
            busy.add(loop.canary.device)
            yield Due(loop, due)


def wanted_now(loop: Loop, journal: Journal, now: float, zone: tzinfo) -> int | None:
    """Return the test for which to ask the gateway: a new date, else what it has not accepted."""
    trip, date = journal.trip, latest_date(loop, now, zone)
    if date.begin > journal.since and (trip is None or trip.due < date.name):
        return date.name
    return trip.due if trip and trip.is_wanted else None


def claim_by_hand(loop: Loop, zone: tzinfo, journal: Journal, now: float) -> Journal | None:
    """Return the journal with a test claimed that is sent now; None if one is under way.

    That is what is due, and else one of its own, between this date and the next. What the gateway has refused
    is asked for again at once.
    """
    trip, within = journal.trip, loop.canary.within
    if trip and trip.accepted and is_under_way(trip, within, now):
        return None
    due = wanted_now(loop, journal, now, zone) or _between(loop, trip, now, zone)
    return claim(journal, due, now, lease=0.0 if trip and trip.answered else LEASE)


def _between(loop: Loop, trip: Trip | None, now: float, zone: tzinfo) -> int:
    """Return a name after the latest date and the latest test, and before the next date."""
    date = latest_date(loop, now, zone)
    passed = min(now - date.begin, loop.canary.every - 2)
    return max(date.name + 1 + int(passed), trip.due + 1 if trip else 0)


def _is_sent(loop: Loop, journal: Journal, now: float) -> bool:
    """Return whether a test is under way that the gateway has accepted: others of this phone wait for it."""
    trip = journal.trip
    return trip is not None and trip.accepted > 0 and is_under_way(trip, loop.canary.within, now)


def _begin(day: Day, loop: Loop, zone: tzinfo) -> int:
    """Return when the test of a day may be sent; of hours that the clocks skip or repeat, the earliest."""
    if loop.canary.at is None:
        return _midnight(day) + int(_spread(loop.key) % DAY)
    hour, minute = divmod(loop.canary.at.start, 60)
    moments = (datetime.combine(day, time(hour, minute, fold=fold), zone) for fold in (0, 1))
    return int(min(each.timestamp() for each in moments))


def _midnight(day: Day) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _spread(key: str) -> int:
    """Return a number that is always the same for a canary, and another one for another."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
