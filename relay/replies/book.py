"""A note that all conversations share: what is on its way, what was sent of late, which hints were given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

HOUR, DAY = 3600.0, 86400.0
ANOTHER_CLOCK = DAY
"""Seconds by which the clock of another instance may be wrong: what it has counted still counts here."""
MOST = 500
"""SMS that are followed at once; the oldest are not any more."""


@dataclass(frozen=True, slots=True)
class Book:
    """`due` says when to look at each SMS that is on its way; `sent` at what time how many SMS were sent.

    `hints` says when a hint was last given. All times are Unix seconds; `sent` is by destination and id.
    """

    due: Mapping[str, float] = field(default_factory=dict)
    sent: Mapping[str, Mapping[str, tuple[float, int]]] = field(default_factory=dict)
    hints: Mapping[str, float] = field(default_factory=dict)

    def wait(self, destination: str, parts: int, per_hour: int, now: float) -> float:
        """Return for how many seconds so many SMS may not be sent yet; 0 if they may."""
        recent = sorted(each for each in self.sent.get(destination, {}).values() if _is_recent(each[0], now))
        total = sum(count for _, count in recent)
        for moment, count in recent:
            if total + parts <= per_hour:
                return 0.0
            total -= count
            wait = min(HOUR, moment + HOUR - now)
            if total + parts <= per_hour:
                return wait
        return 0.0 if parts <= per_hour else HOUR

    def has_sent(self, destination: str, sms_id: str) -> bool:
        """Return whether an SMS has been counted."""
        return sms_id in self.sent.get(destination, {})

    def with_sent(self, destination: str, sms_id: str, parts: int, now: float) -> "Book":
        """Return the book with one more SMS counted, of so many parts."""
        sent = self.sent.get(destination, {})
        kept = {name: each for name, each in sent.items() if abs(each[0] - now) < HOUR + ANOTHER_CLOCK}
        return replace(self, sent={**self.sent, destination: {**kept, sms_id: (now, parts)}})

    def without(self, destination: str, sms_id: str) -> "Book":
        """Return the book without an SMS that was counted and is not sent."""
        recent = {name: each for name, each in self.sent.get(destination, {}).items() if name != sms_id}
        return replace(self, sent={**self.sent, destination: recent})

    def with_due(self, sms_id: str, moment: float | None) -> "Book":
        """Return the book with the moment at which to look at an SMS; None if there is no need any more."""
        due = {name: each for name, each in self.due.items() if name != sms_id}
        if moment is not None:
            due[sms_id] = moment
        return replace(self, due=dict(list(due.items())[-MOST:]))

    def has_hinted(self, hint: str, now: float, every: float) -> bool:
        """Return whether a hint was given within so many seconds."""
        return abs(now - self.hints.get(hint, 0.0)) < every

    def with_hint(self, hint: str, now: float) -> "Book":
        """Return the book with a hint that is given now."""
        recent = {name: each for name, each in self.hints.items() if abs(each - now) < DAY}
        return replace(self, hints={**recent, hint: now})

    def to_json(self) -> dict[str, Any]:
        """Return it as a note, which is never empty."""
        return {"due": dict(self.due), "sent": {name: dict(each) for name, each in self.sent.items()}} | {
            "hints": dict(self.hints)
        }


def _is_recent(moment: float, now: float) -> bool:
    return now - HOUR < moment < now + ANOTHER_CLOCK


def read_book(note: Mapping[str, Any] | None) -> Book:
    """Return what `to_json` made; one that cannot be read begins anew."""
    try:
        return _read(note) if note else Book()
    except (AttributeError, KeyError, TypeError, ValueError):
        return Book()


def _read(note: Mapping[str, Any]) -> Book:
    sent = {
        name: {sms_id: (float(moment), int(parts)) for sms_id, (moment, parts) in each.items()}
        for name, each in note["sent"].items()
    }
    return Book(dict(note["due"]), sent, dict(note["hints"]))
