"""Which event types are forwarded by default."""

from relay.events import INBOUND, TYPES


def is_forwarded_by_default(event_type: str) -> bool:
    """Return whether a type is forwarded if no route names it: received messages, failures, unknown types."""
    return event_type in INBOUND or event_type == "sms:failed" or event_type not in TYPES
