"""What an event is known by."""

from typing import NamedTuple


class Identity(NamedTuple):
    """An event's key, and what is needed to recognise the same event dated a second off.

    One message can be emitted twice, by two registrations, with moments up to a second apart: the other
    one's `key` is then this one's `next_key`, or the other way round. The same registration sends a
    message once: with one `registration`, a neighbour in time is another message. An event that is
    known by its id or its body has no neighbours: `next_key` is None and `registration` empty. Each is
    64 hex digits.
    """

    key: str
    next_key: str | None = None
    registration: str = ""
