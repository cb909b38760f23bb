"""An event as a destination may see it: in full, or masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from relay.events import Event
from relay.events.bounds import MAX_LABEL
from relay.lines import clean_line
from relay.logs import shown_type
from relay.moments import format_lateness, format_moment, moment_of, to_zone
from relay.names import Names
from relay.reading import LONGEST_TEXT, text_of
from relay.rendering.masking import mask

_LONGEST_PARTY = 80
"""Code points of a sender or recipient: names have at most 11, addresses more."""


@dataclass(frozen=True, slots=True)
class EventView:
    """An event to be shown: everything that a stranger wrote passes through `shown` or `line`."""

    event: Event
    names: Names
    zone: tzinfo | None
    first_seen_at: float
    code: str | None = None
    is_masked: bool = False

    def shown(self, text: str, limit: int = LONGEST_TEXT) -> str:
        """Return a text, masked if required; a text longer than `limit` is cut, with a remark."""
        more = len(text) - limit
        head = text[:limit] if more > 0 else text
        visible = mask(head, self.code) if self.is_masked else head
        return f"{visible}… and {more:,} more characters" if more > 0 else visible

    def line(self, value: Any, limit: int = MAX_LABEL) -> str:
        """Return a value as one line, masked if required."""
        return self.shown(clean_line(str(value), limit))

    def party(self, value: str | None, default: str = "") -> str:
        """Return the name of the contact, else the number or name as it was sent."""
        if not value:
            return default
        return self.names.contact_name(value) or self.line(value, _LONGEST_PARTY) or default

    @property
    def type(self) -> str:
        """The type of the event; one that is not known may be a text, and is masked like one."""
        known = self.event.type == shown_type(self.event.type)
        return self.event.type if known else self.line(self.event.type)

    @property
    def phone(self) -> str:
        """The name of the phone, or "Phone", to begin a title."""
        return self.names.phone_name(self.event) or "Phone"

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
    def lateness(self) -> str:
        """How late it arrived, like "3 h 38 min"; empty if it was on time."""
        return format_lateness(moment_of(self.event, self.first_seen_at), self.first_seen_at)

    def fields(self, *specific: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
        """Return the fields of a type that are not empty, and those of all types."""
        given = [(label, self.line(value)) for label, value in specific if value not in (None, "")]
        return tuple(given + list(self._common_fields()))

    def _common_fields(self) -> Iterator[tuple[str, str]]:
        yield from self.names.origin_fields(self.event)
        if self.time:
            yield "Time", self.time
