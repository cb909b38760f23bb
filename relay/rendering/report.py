"""What can be format_moment of one event to somebody who may see all of it, or its shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from relay.events import Event
from relay.events.bounds import MAX_LABEL
from relay.lines import clean_line
from relay.moments import format_lateness, format_moment, moment_of, to_zone
from relay.names import Names
from relay.reading import LONGEST_TEXT, text_of
from relay.rendering import masking

_VALUE = MAX_LABEL
"""Code points of a field's value."""


@dataclass(frozen=True, slots=True)
class Report:
    """An event as it is format_moment: everything that a stranger wrote passes through `shown` or `line`."""

    event: Event
    names: Names
    zone: tzinfo | None
    first_seen_at: float
    code: str | None = None
    masked: bool = False

    def shown(self, text: str, limit: int = LONGEST_TEXT) -> str:
        """Return a text as far as it may be seen; of what is beyond `limit`, how much that is."""
        more = len(text) - limit
        head = text[:limit] if more > 0 else text
        first_seen_at = masking.masked(head, self.code) if self.masked else head
        return f"{first_seen_at}… and {more:,} more characters" if more > 0 else first_seen_at

    def line(self, value: Any, limit: int = _VALUE) -> str:
        """Return a value as one line, as far as it may be seen."""
        return self.shown(clean_line(str(value), limit))

    def person(self, value: str | None, nobody: str = "") -> str:
        """Return the name of the contact, or the number as it came."""
        if not value:
            return nobody
        return self.names.contact(value) or self.line(value, _PERSON) or nobody

    @property
    def phone(self) -> str:
        """The phone, as a sentence begins."""
        return self.names.phone(self.event) or "Phone"

    @property
    def text(self) -> str:
        """The text of the message."""
        return self.shown(text_of(self.event))

    @property
    def time(self) -> str:
        """When it happened, in the reader's zone; empty if that is not known."""
        moment = moment_of(self.event, self.first_seen_at)
        return format_moment(to_zone(moment, self.zone)) if moment else ""

    @property
    def late(self) -> str:
        """How late it arrived, like "3 h 38 min"; empty if it came in time."""
        return format_lateness(moment_of(self.event, self.first_seen_at), self.first_seen_at)

    def fields(self, *own: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
        """Return a type's own fields, without the empty ones, and those that all types have."""
        given = [(label, self.line(value)) for label, value in own if value not in (None, "")]
        return tuple(given + list(self._common()))

    def _common(self) -> Iterator[tuple[str, str]]:
        yield from self.names.where(self.event)
        if self.time:
            yield "Time", self.time


_PERSON = 80
"""Code points of a sender: names have at most 11, addresses more."""
