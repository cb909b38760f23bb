"""What the phone says.

Nothing that is merely shown can make an event unreadable: a field that is missing, null or malformed
is None. Everything the phone sent, known to us or not, is in `Event.raw`.
"""

from relay.events.batches import BATCHES, encode, split
from relay.events.parsing import INBOUND, NESTING, Event, NotAnEvent, parse
from relay.events.payloads import TYPES, Attached, Payload, Unknown

__all__ = [
    "BATCHES",
    "INBOUND",
    "NESTING",
    "TYPES",
    "Attached",
    "Event",
    "NotAnEvent",
    "Payload",
    "Unknown",
    "encode",
    "parse",
    "split",
]
