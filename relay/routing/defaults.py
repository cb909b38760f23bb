"""Which events people are told of without asking."""

from relay.events import INBOUND, TYPES


def is_told(event_type: str) -> bool:
    """Return whether a type is told where no route names it: what is received or fails, and types to come."""
    return event_type in INBOUND or event_type == "sms:failed" or event_type not in TYPES
