"""How a configuration writes times: spans of the day, days of the week, durations and zones."""

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DURATION = re.compile(r"(?:\s*\d{1,10}\s*[smhd])+\s*", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_YEARS = range(1970, 9999)
_LONGEST = 36525 * 86400
"""Seconds of a hundred years: clocks and calendars can still count with them."""


class Hours(NamedTuple):
    """A span of the day in minutes since midnight, its end excluded; it may run over midnight."""

    start: int
    end: int

    def begun(self, minute: int) -> int | None:
        """Return how many midnights ago the span that holds this minute began; None if none does."""
        if self.start < self.end:
            return 0 if self.start <= minute < self.end else None
        if minute >= self.start:
            return 0
        return 1 if minute < self.end else None


def clock_time(minute: int) -> str:
    """Return a minute since midnight like "07:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _wrong(words: str) -> PydanticCustomError:
    return PydanticCustomError("option", "{problem}", {"problem": words, "option": ""})


def zone(name: str) -> tzinfo:
    """Return a time zone of the IANA database.

    Raises:
        ValueError: there is none of that name.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  (6 ms, and most deployments name no zone)

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(name) from None


def _hours(value: Any) -> Hours:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise _wrong('no span of hours; write it like "22:00-07:00"')
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    start, end = begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
    if begin_minute > 59 or end_minute > 59 or start >= 24 * 60 or end > 24 * 60:  # noqa: PLR2004  (a clock)
        raise _wrong("no such time of day; hours go from 00:00 to 24:00")
    if start == end:
        raise _wrong("the span is empty; for the whole day leave `hours` out")
    return Hours(start, end)


def _days(value: Any) -> tuple[int, ...]:
    """Read days and ranges of days ("mon-fri") as numbers, Monday being 0."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words:
        raise _wrong('no list of days; write it like ["mon-fri", "sun"]')
    return tuple(sorted({day for word in words for day in _range(word)}))


def _range(word: Any) -> Iterable[int]:
    first, dash, last = (part.strip() for part in str(word).lower().partition("-"))
    if first not in DAYS or (dash and last not in DAYS):
        raise _wrong(f'no such day; the days are {", ".join(DAYS)}, a range is "mon-fri"')
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 if dash else 0
    return ((start + step) % 7 for step in range(length + 1))


def _duration(value: Any) -> float:
    seconds = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, str) and _DURATION.fullmatch(value):
        parts = re.findall(r"(\d+)\s*([smhd])", value, re.ASCII)
        seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    if not 0 < seconds <= _LONGEST:
        raise _wrong(
            'no duration from one second to 100 years; write it like "90s", "15m", "36h", "2d" or "1h30m"'
        )
    return float(seconds)


def _moment(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise _wrong(f"the year must be from {_YEARS[0]} to {_YEARS[-1]}")
    return value


def _zone(name: str) -> str:
    try:
        zone(name)
    except ValueError:
        raise _wrong('no such time zone; write it like "Europe/Berlin" or "UTC"') from None
    return name


Span = Annotated[Hours, BeforeValidator(_hours)]
"""A span of the day, such as "22:00-07:00"."""
Days = Annotated[tuple[int, ...], BeforeValidator(_days)]
"""Days of the week as numbers, Monday being 0, such as ["mon-fri"]."""
Duration = Annotated[float, BeforeValidator(_duration)]
"""Seconds, written as a number or like "36h"."""
Moment = Annotated[datetime, AfterValidator(_moment)]
"""A date with its time, so far from the ends of the calendar that it is one in every zone."""
Zone = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone in the IANA database."""
