"""The page of the watch, with three phones, two tests and two destinations that are not all well."""

from zoneinfo import ZoneInfo

from relay.watch.hours import HOURS, Count
from relay.watch.loops import LoopStatus
from relay.watch.page import render
from relay.watch.status import DestinationStatus, PhoneStatus, Status

NOW = 1_782_136_800.0
"""Mon 22 Jun 2026, 16:00 in Berlin, in Unix seconds."""
MINUTE, HOUR = 60.0, 3600.0
DAY = 24
_ASLEEP = range(2, 6)
"""Hours of a night in which an idle phone is hardly heard."""


def show_watch() -> str:
    """Return the page."""
    return render(
        Status(NOW, NOW - 3 * MINUTE, False, _phones(), _destinations(), _tests()), ZoneInfo("Europe/Berlin")
    )


def _phones() -> tuple[PhoneStatus, ...]:
    always = (True,) * HOURS
    silent = tuple(hour < HOURS - 5 for hour in range(HOURS))
    sleeping = tuple((hour + 16) % DAY not in _ASLEEP for hour in range(HOURS))
    return (
        PhoneStatus("anna", NOW - 2 * MINUTE, NOW - 25 * MINUTE, 81, True, "Wi-Fi", 2, (), True, always),
        PhoneStatus(
            "ben", NOW - 5 * HOUR, NOW - 7 * HOUR, 64, False, "mobile network", 1, ("silent",), True, silent
        ),
        PhoneStatus(
            "drawer",
            NOW - 9 * MINUTE,
            NOW - 3 * HOUR,
            11,
            False,
            "Wi-Fi",
            1,
            ("battery low",),
            True,
            sleeping,
        ),
    )


def _tests() -> tuple[LoopStatus, ...]:
    return (
        LoopStatus("anna", NOW - 12 * HOUR, 9.4, "", False),
        LoopStatus("drawer", NOW - 61 * HOUR, 14.0, "does not come back", False),
    )


def _destinations() -> tuple[DestinationStatus, ...]:
    busy = tuple(Count((hour * 7) % 5 if hour % DAY > 6 else 0, 0) for hour in range(HOURS))  # noqa: PLR2004  (night)
    failing = tuple(Count(0, 2) if hour >= HOURS - 3 else Count(hour % 3, 0) for hour in range(HOURS))
    return (
        DestinationStatus("family", 0.0, 0, busy),
        DestinationStatus("mail", NOW - 2.5 * HOUR, 6, failing),
    )
