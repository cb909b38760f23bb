"""When events happened, and how times and durations are written for people."""

from datetime import datetime, tzinfo

from relay.events import Event

LATE_AFTER = 300.0
"""Seconds after which an event counts as late."""
MAX_CLOCK_AHEAD = 48 * 3600.0
"""Seconds that a phone's clock may be ahead of ours; a later time is not believed."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_of(event: Event, first_seen_at: float) -> datetime | None:
    """Return when an event happened; None if that is not known.

    If that is more than `MAX_CLOCK_AHEAD` after `first_seen_at` (Unix seconds), the phone's clock is wrong.
    """
    moment = event.payload.moment
    return moment if moment and moment.timestamp() <= first_seen_at + MAX_CLOCK_AHEAD else None


def to_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment in a zone; unchanged if there is no zone, or at the ends of the calendar."""
    try:
        return moment.astimezone(zone) if zone else moment
    except OverflowError:
        return moment


def format_moment(moment: datetime) -> str:
    """Return a moment like "Mon 22 Jun 2026, 15:46"."""
    date = f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{date}, {moment:%H:%M}"


def format_duration(seconds: float) -> str:
    """Return a duration like "3 h 38 min", in its two largest units."""
    minutes = int(seconds // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 min"


def format_lateness(moment: datetime | None, first_seen_at: float) -> str:
    """Return how late something arrived, like "3 h 38 min"; empty if it was on time."""
    late = first_seen_at - moment.timestamp() if moment else 0.0
    return format_duration(late) if late >= LATE_AFTER else ""
