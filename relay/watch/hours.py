"""In which of the last hours something happened, and how often: for plots, bounded to seven days."""

from collections.abc import Mapping
from typing import NamedTuple, Self

HOURS = 7 * 24
"""How many hours are kept."""
_ALL = (1 << HOURS) - 1


def hour_of(moment: float) -> int:
    """Return the hours from 1970 to a moment (Unix seconds)."""
    return int(moment // 3600)


class HeardHours(NamedTuple):
    """The hours in which a phone was heard: bit 0 of `bits` is the hour `last`, bit 1 the one before."""

    last: int = 0
    bits: int = 0

    def with_moment(self, moment: float) -> Self:
        """Add the hour of a moment; if that is long ago, the clock was wrong and all begins anew."""
        hour = hour_of(moment)
        later = hour - self.last
        if abs(later) >= HOURS:
            return type(self)(hour, 1)
        if later > 0:
            return type(self)(hour, (self.bits << later | 1) & _ALL)
        return self._replace(bits=self.bits | 1 << -later)

    def until(self, now: float) -> tuple[bool, ...]:
        """Return for each of the last hours whether the phone was heard, the oldest first."""
        shift = hour_of(now) - self.last
        bits = self.bits << min(shift, HOURS) if shift >= 0 else self.bits >> -shift
        return tuple(bool(bits >> age & 1) for age in reversed(range(HOURS)))

    def to_json(self) -> list[int | str]:
        """Return it for a note."""
        return [self.last, f"{self.bits:x}"]

    @classmethod
    def from_json(cls, plain: list[int | str]) -> Self:
        """Read what `to_json` wrote."""
        return cls(int(plain[0]), int(str(plain[1]), 16) & _ALL)


class Count(NamedTuple):
    """How many events a destination has accepted in an hour, and how many it has not."""

    delivered: int = 0
    failed: int = 0


HourlyCounts = Mapping[int, Count]
"""The counts of a destination by hour; hours without an event are left out."""


def add(counts: HourlyCounts, hour: int, *, delivered: bool) -> HourlyCounts:
    """Count one event more."""
    old = counts.get(hour, Count())
    new = Count(old.delivered + delivered, old.failed + (not delivered))
    return {**counts, hour: new}


def recent(counts: HourlyCounts, now: float) -> HourlyCounts:
    """Return the counts of the hours that are kept."""
    oldest = hour_of(now) - HOURS
    return {hour: count for hour, count in counts.items() if hour > oldest}
