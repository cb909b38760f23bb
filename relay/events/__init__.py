"""The webhook events of the phone.

A field that is only displayed can never make an event unreadable: if it is missing, null or malformed it
is None. Everything that the phone sent, known to us or not, is in `Event.raw`.
"""

from relay.events.batches import BATCHES, encode, split
from relay.events.parsing import ALERT, INBOUND, MAX_NESTING, Event, NotAnEvent, parse
from relay.events.payloads import CALLS, TYPES, MmsAttachment, Payload, Unknown

__all__ = [
    "ALERT",
    "BATCHES",
    "CALLS",
    "INBOUND",
    "MAX_NESTING",
    "TYPES",
    "Event",
    "MmsAttachment",
    "NotAnEvent",
    "Payload",
    "Unknown",
    "encode",
    "parse",
    "split",
]
