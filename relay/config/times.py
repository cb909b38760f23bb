"""How times are written in a configuration: ranges, days of the week, durations and zones."""

import math
import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator

from relay.config.problems import option_error

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DURATION = re.compile(r"(?:\s*\d{1,10}\s*[smhd])+\s*", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_YEARS = range(1970, 9999)
_LONGEST = 36525 * 86400
"""Seconds in a hundred years: dates can still be calculated with them."""


class TimeRange(NamedTuple):
    """A range of minutes since midnight, its end excluded; it may cross midnight."""

    start: int
    end: int

    def days_since_start(self, minute: int) -> int | None:
        """Return how many midnights ago the range that contains this minute began; None if it does not."""
        if self.start < self.end:
            return 0 if self.start <= minute < self.end else None
        if minute >= self.start:
            return 0
        return 1 if minute < self.end else None


def format_clock_time(minute: int) -> str:
    """Return a minute since midnight like "07:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def load_zone(name: str) -> tzinfo:
    """Return a time zone of the IANA database.

    Raises:
        ValueError: there is none of that name.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  (6 ms, and most deployments set no zone)

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(name) from None


def _to_time_range(value: Any) -> TimeRange:
    found = _RANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise option_error('not a time range; write it like "22:00-07:00"')
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    start, end = begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
    if begin_minute > 59 or end_minute > 59 or start >= 24 * 60 or end > 24 * 60:  # noqa: PLR2004  (a clock)
        raise option_error("no such time of day; times are from 00:00 to 24:00")
    if start == end:
        raise option_error("the time range is empty; for the whole day, leave out `hours`")
    return TimeRange(start, end)


def _to_days(value: Any) -> tuple[int, ...]:
    """Return days and ranges of days ("mon-fri") as numbers, Monday being 0."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words:
        raise option_error('not a list of days; write it like ["mon-fri", "sun"]')
    return tuple(sorted({day for word in words for day in _day_range(word)}))


def _day_range(word: Any) -> Iterable[int]:
    first, dash, last = (part.strip() for part in str(word).lower().partition("-"))
    if first not in DAYS or (dash and last not in DAYS):
        raise option_error(f'no such day; the days are {", ".join(DAYS)}, a range is "mon-fri"')
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 if dash else 0
    return ((start + step) % 7 for step in range(length + 1))


def _to_duration(value: Any) -> float:
    seconds = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, str) and _DURATION.fullmatch(value):
        parts = re.findall(r"(\d+)\s*([smhd])", value, re.ASCII)
        seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    if not 0 < seconds <= _LONGEST:
        raise option_error(
            'not a duration from one second to 100 years; write it like "90s", "15m", "36h", "2d" or "1h30m"'
        )
    return float(seconds)


def _to_limit(value: Any) -> float:
    return math.inf if value is False else _to_duration(value)


def _check_year(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise option_error(f"the year must be from {_YEARS[0]} to {_YEARS[-1]}")
    return value


def _check_zone(name: str) -> str:
    try:
        load_zone(name)
    except ValueError:
        raise option_error('no such time zone; write it like "Europe/Berlin" or "UTC"') from None
    return name


Hours = Annotated[TimeRange, BeforeValidator(_to_time_range)]
"""A time range, such as "22:00-07:00"."""
Days = Annotated[tuple[int, ...], BeforeValidator(_to_days)]
"""Days of the week as numbers, Monday being 0, such as ["mon-fri"]."""
Duration = Annotated[float, BeforeValidator(_to_duration)]
"""Seconds, written as a number or like "36h"."""
Limit = Annotated[float, BeforeValidator(_to_limit)]
"""A duration, or false for one that never ends."""
Moment = Annotated[datetime, AfterValidator(_check_year)]
"""A date and time, far enough from the ends of the calendar to exist in every zone."""
Zone = Annotated[str, AfterValidator(_check_zone)]
"""The name of a time zone in the IANA database."""
