"""The facts about an event that conditions ask for, each computed once."""

from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import NamedTuple

from relay.events import Event
from relay.health import health_status
from relay.moments import moment_of, to_zone
from relay.names.parties import Parties
from relay.reading import code_of, subject_and_text
from relay.routing.texts import TextPatterns


class Lookups(NamedTuple):
    """What all routes together look for."""

    senders: Parties
    recipients: Parties
    texts: TextPatterns


class ClockTime(NamedTuple):
    """The day of the week, Monday being 0, the minute since midnight, and the name of the zone."""

    weekday: int
    minute: int
    zone: str


class Facts:
    """An event that was first seen at a time (Unix seconds); what no condition asks for is not computed."""

    def __init__(self, event: Event, first_seen_at: float, lookups: Lookups) -> None:
        self.event = event
        self._first_seen_at = first_seen_at
        self._lookups = lookups
        self._clock_times: dict[tzinfo | None, ClockTime] = {}

    @cached_property
    def senders(self) -> frozenset[str]:
        """The configured senders that match."""
        sender = self.event.payload.sender
        return frozenset(self._lookups.senders.matching(sender)) if sender else frozenset()

    @cached_property
    def recipients(self) -> frozenset[str]:
        """The configured recipients that match."""
        recipient = self.event.payload.recipient
        return frozenset(self._lookups.recipients.matching(recipient)) if recipient else frozenset()

    @cached_property
    def texts(self) -> frozenset[str]:
        """The configured patterns that match the subject or text."""
        return self._lookups.texts.matching(subject_and_text(self.event))

    @cached_property
    def has_code(self) -> bool:
        """Whether a one-time code was received."""
        return code_of(self.event) is not None

    @cached_property
    def age(self) -> float:
        """Seconds between the event and when it was first seen; 0 if its time is not known."""
        moment = moment_of(self.event, self._first_seen_at)
        return self._first_seen_at - moment.timestamp() if moment else 0.0

    @cached_property
    def health(self) -> str:
        """The health status that the phone reports; empty if it reports none."""
        return health_status(self.event.payload)

    def clock_time(self, zone: tzinfo | None) -> ClockTime:
        """Return when it happened, else when it was first seen, in a zone; None is the phone's own."""
        if zone not in self._clock_times:
            seen = self._first_seen_at
            local = to_zone(moment_of(self.event, seen) or datetime.fromtimestamp(seen, UTC), zone)
            minute = local.hour * 60 + local.minute
            self._clock_times[zone] = ClockTime(local.weekday(), minute, local.tzname() or "")
        return self._clock_times[zone]
