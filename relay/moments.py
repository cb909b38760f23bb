"""Moments and spans of time, as people say them."""

from datetime import datetime, tzinfo

LATE = 300.0
"""Seconds from which on an arrival is called late."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment in a zone; None, or a moment at the end of all time, leaves it as it is."""
    try:
        return moment.astimezone(zone) if zone else moment
    except OverflowError:
        return moment


def told(moment: datetime) -> str:
    """Return a moment like "Mon 22 Jun 2026, 15:46"."""
    date = f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{date}, {moment:%H:%M}"


def span(seconds: float) -> str:
    """Return a span of time like "3 h 38 min", in its two largest units."""
    minutes = int(seconds // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 min"


def lateness(moment: datetime | None, seen: float) -> str:
    """Return how late something came, like "3 h 38 min"; empty if it came in time."""
    late = seen - moment.timestamp() if moment else 0.0
    return span(late) if late >= LATE else ""
