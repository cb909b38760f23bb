"""What conditions ask of an event, each answered once."""

from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import NamedTuple

from relay.events import Event
from relay.health import health_status
from relay.moments import moment_of, to_zone
from relay.names.parties import Parties
from relay.reading import code_of, subject_and_text
from relay.routing.texts import TextPatterns


class Tables(NamedTuple):
    """What all routes together look for."""

    senders: Parties
    recipients: Parties
    texts: TextPatterns


class Clock(NamedTuple):
    """A day of the week, Monday being 0, the minute since midnight, and the name of the zone."""

    weekday: int
    minute: int
    zone: str


class Facts:
    """One event, first seen at a moment (Unix seconds); what no condition asks is not looked up."""

    def __init__(self, event: Event, seen: float, tables: Tables) -> None:
        self.event = event
        self._seen = seen
        self._tables = tables
        self._clocks: dict[tzinfo | None, Clock] = {}

    @cached_property
    def senders(self) -> frozenset[str]:
        """The configured senders that the sender is."""
        sender = self.event.payload.sender
        return frozenset(self._tables.senders.matching(sender)) if sender else frozenset()

    @cached_property
    def recipients(self) -> frozenset[str]:
        """The configured recipients that the recipient is."""
        recipient = self.event.payload.recipient
        return frozenset(self._tables.recipients.matching(recipient)) if recipient else frozenset()

    @cached_property
    def texts(self) -> frozenset[str]:
        """The configured patterns that are in subject or text."""
        return self._tables.texts.found(subject_and_text(self.event))

    @cached_property
    def has_code(self) -> bool:
        """Whether a one-time code was received."""
        return code_of(self.event) is not None

    @cached_property
    def age(self) -> float:
        """Seconds from when it happened until it was seen; none if that is not known."""
        moment = moment_of(self.event, self._seen)
        return self._seen - moment.timestamp() if moment else 0.0

    @cached_property
    def health(self) -> str:
        """What the phone says of itself; empty if it does not."""
        return health_status(self.event.payload)

    def clock(self, zone: tzinfo | None) -> Clock:
        """Return when it happened, else when it was seen, in a zone; None is the phone's own."""
        if zone not in self._clocks:
            moment = moment_of(self.event, self._seen) or datetime.fromtimestamp(self._seen, UTC)
            there = to_zone(moment, zone)
            self._clocks[zone] = Clock(there.weekday(), there.hour * 60 + there.minute, there.tzname() or "")
        return self._clocks[zone]
