"""Which event types are forwarded by default."""

from relay.events import CALLS, INBOUND, TYPES

_FORWARDED = frozenset({*INBOUND, "sms:failed", *CALLS})


def is_forwarded_by_default(event_type: str) -> bool:
    """Return whether a type is forwarded if no route names it.

    Received messages are, failures, calls and unknown types.
    """
    return event_type in _FORWARDED or event_type not in TYPES
