"""Moments and spans of time, as people say them."""

from datetime import datetime, tzinfo

from relay.events import Event

LATE = 300.0
"""Seconds from which on an arrival is called late."""
AHEAD = 48 * 3600.0
"""Seconds that a phone's clock may be ahead of ours; a moment beyond that is none."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_of(event: Event, first_seen_at: float) -> datetime | None:
    """Return when an event happened that was first seen then (Unix seconds); None if that is not known.

    What was first seen more than `AHEAD` before it happened did not happen then: the phone's clock is wrong.
    """
    moment = event.payload.moment
    return moment if moment and moment.timestamp() <= first_seen_at + AHEAD else None


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


def lateness(moment: datetime | None, first_seen_at: float) -> str:
    """Return how late something came, like "3 h 38 min"; empty if it came in time."""
    late = first_seen_at - moment.timestamp() if moment else 0.0
    return span(late) if late >= LATE else ""
