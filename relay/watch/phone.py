"""What is known of one phone, and what a sighting adds to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from relay.ledger import Note
from relay.watch.hours import HeardHours

GAP = 1800.0
"""Seconds without a sign of life after which the next one counts as a return."""
STARTS = 10
"""How many starts of the app are kept."""
SAME_START = 120.0
"""Seconds within which two starts are one: the app starts twice when the phone boots."""
FAILURES = 10
"""How many messages that could not be sent are kept."""

_TIMES = ("first", "heard", "before", "returned", "pinged", "message", "listed")

Card = Mapping[str, str]
"""What is known of a SIM card: keyed hashes of its `iccid`, `number` and `carrier`."""
Sign = tuple[str, float]
"""What all pings have said of something, and since when (Unix seconds)."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one request of a phone says, at a time of our clock (Unix seconds). None says nothing.

    `signs` are a ping's judgements, by what they are about; `failures` are times of messages that were not
    sent.
    """

    at: float
    is_ping: bool = False
    is_message: bool = False
    is_start: bool = False
    level: int | None = None
    charging: bool | None = None
    transport: int | None = None
    failed: int | None = None
    signs: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    failures: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone. Times are Unix seconds of our clock, 0 is never.

    `before` is its sign of life before the latest, `heard`. `returned` is its first one after the latest gap
    of more than `GAP`. `cards` are its SIM cards by number, as it reported any at `listed`, and
    `cards_before` as it did before. `failed` is its own count of the last hour.
    """

    name: str
    is_configured: bool = False
    first: float = 0.0
    heard: float = 0.0
    before: float = 0.0
    returned: float = 0.0
    pinged: float = 0.0
    message: float = 0.0
    listed: float = 0.0
    level: int | None = None
    charging: bool | None = None
    transport: int | None = None
    failed: int = 0
    signs: Mapping[str, Sign] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    cards_before: Mapping[str, Card] = field(default_factory=dict)
    starts: tuple[float, ...] = ()
    failures: tuple[float, ...] = ()
    hours: HeardHours = field(default_factory=HeardHours)

    def steady(self, about: str, seconds: float) -> str:
        """Return what all pings have said for so long; empty if they have not agreed."""
        value, since = self.signs.get(about, ("", 0.0))
        return value if self.pinged - since >= seconds else ""

    def seen(self, sighting: Sighting) -> "Phone":
        """Return the phone with what a sighting adds."""
        at = sighting.at
        is_return = not self.heard or at - self.heard > GAP
        phone = replace(
            self,
            first=self.first or at,
            heard=at,
            before=self.heard,
            returned=at if is_return else self.returned,
            message=at if sighting.is_message else self.message,
            starts=_with_start(self.starts, at) if sighting.is_start else self.starts,
            cards=sighting.cards or self.cards,
            listed=at if sighting.cards else self.listed,
            cards_before=self.cards if sighting.cards else self.cards_before,
            failures=(*self.failures, *sighting.failures)[-FAILURES:],
            hours=self.hours.with_moment(at),
        )
        return _pinged(phone, sighting) if sighting.is_ping else phone


def _pinged(phone: Phone, ping: Sighting) -> Phone:
    signs = {about: _sign(phone.signs.get(about), value, ping.at) for about, value in ping.signs.items()}
    return replace(
        phone,
        pinged=ping.at,
        level=phone.level if ping.level is None else ping.level,
        charging=phone.charging if ping.charging is None else ping.charging,
        transport=phone.transport if ping.transport is None else ping.transport,
        failed=phone.failed if ping.failed is None else ping.failed,
        signs={**phone.signs, **signs},
    )


def _sign(before: Sign | None, value: str, at: float) -> Sign:
    return before if before and before[0] == value and before[1] <= at else (value, at)


def _with_start(starts: tuple[float, ...], at: float) -> tuple[float, ...]:
    if starts and abs(at - starts[-1]) < SAME_START:
        return starts
    return (*starts, at)[-STARTS:]


def to_note(phone: Phone) -> Note:
    """Return a phone as a note of the ledger."""
    return {each.name: getattr(phone, each.name) for each in fields(phone)} | {"hours": phone.hours.to_json()}


def from_note(note: Note | None) -> Phone | None:
    """Read a note, of this version or another; one that cannot be read is as good as none."""
    if not note:
        return None
    try:
        return _read(note)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def _read(note: Note) -> Phone:
    known: dict[str, Any] = {each.name: note[each.name] for each in fields(Phone) if each.name in note}
    known |= {name: float(known.get(name, 0.0)) for name in _TIMES}
    known["signs"] = {about: (str(each[0]), float(each[1])) for about, each in note["signs"].items()}
    known["starts"], known["failures"] = tuple(note["starts"]), tuple(note["failures"])
    known["hours"] = HeardHours.from_json(note["hours"])
    return Phone(**known)
