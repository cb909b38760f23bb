"""What people read of a phone: one line each, and the time below it."""

from datetime import UTC, datetime, tzinfo

from relay.moments import format_duration, format_moment
from relay.watch.phone import Phone

NETWORK = "it may be the network or the gateway"
_TRANSPORTS = ((8, "Ethernet"), (4, "Wi-Fi"), (2, "mobile network"))
_BOTH = 2
MINUTE = 60.0


def last_words(phone: Phone) -> str:
    """Return what the phone said last of itself, like "charging, 81 %, Wi-Fi"; empty if it said nothing."""
    charging = {True: "charging", False: "not charging", None: ""}[phone.charging]
    level = "" if phone.level is None else f"{phone.level} %"
    return ", ".join(filter(None, (charging, level, network(phone))))


def network(phone: Phone) -> str:
    """Return the kind of network over which the phone was connected; empty if that is not known."""
    flags = phone.transport or 0
    return next((name for flag, name in _TRANSPORTS if flags & flag), "")


def silent(phone: Phone, seconds: float) -> str:
    """Return that a phone is silent."""
    words = last_words(phone)
    return (
        f"{phone.name} has been silent for {format_duration(seconds)}{f' (last: {words})' if words else ''}."
    )


def all_silent(count: int, since: str, *, others: bool) -> str:
    """Return that all phones are silent, or with `others` that those are that were not silent before."""
    who = (
        f"The other {count} phones" if others else "Both phones" if count == _BOTH else f"All {count} phones"
    )
    return f"{who} have been silent since {since}: {NETWORK}."


def back(name: str, seconds: float) -> str:
    """Return that a phone is heard again."""
    return f"{name} is back after {format_duration(seconds)}."


def all_back(count: int, seconds: float) -> str:
    """Return that phones that fell silent together are heard again."""
    who = "Both phones" if count == _BOTH else f"All {count} phones"
    return f"{who} are back after {format_duration(seconds)}."


def battery(phone: Phone) -> str:
    """Return how full the battery is, and whether it is charged."""
    words = {True: ", charging", False: ", not charging", None: ""}[phone.charging]
    level = "unknown" if phone.level is None else f"{phone.level} %"
    return f"{phone.name}: battery {level}{words}."


def duration(seconds: float) -> str:
    """Return a duration like "12 s" or "3 h 5 min"."""
    return format_duration(seconds) if seconds >= MINUTE else f"{max(0.0, seconds):.0f} s"


def round_trip(moment: float, seconds: float, now: float) -> str:
    """Return when a test SMS came back last (Unix seconds, 0 is never), and how long it took."""
    if not moment:
        return "No test has come back yet"
    return f"Last test back {format_duration(max(0.0, now - moment))} ago, after {duration(seconds)}"


def times(count: int, thing: str) -> str:
    """Return a number of things, like "4 messages"."""
    return f"{count} {thing}{'s' * (count != 1)}"


def at(moment: float, zone: tzinfo) -> str:
    """Return a moment (Unix seconds) with its date."""
    local = datetime.fromtimestamp(moment, zone)
    return format_moment(local) + (" UTC" if zone is UTC else "")


def clock(moment: float, now: float, zone: tzinfo) -> str:
    """Return a moment (Unix seconds) as the time of day, with its date if that is not today's."""
    local, today = datetime.fromtimestamp(moment, zone), datetime.fromtimestamp(now, zone)
    if local.date() != today.date():
        return at(moment, zone)
    return f"{local:%H:%M}" + (" UTC" if zone is UTC else "")
