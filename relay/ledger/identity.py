"""What an event is known by."""

from typing import NamedTuple


class Identity(NamedTuple):
    """An event's key, and what is needed to recognise the same event dated a second off.

    `next_key` is the key that the event would have a second later; None if it has no such neighbour.
    `registration` is a digest of the phone and the registration that emitted it; empty if there is no
    `next_key`.
    """

    key: str
    next_key: str | None = None
    registration: str = ""
