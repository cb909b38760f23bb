"""A finding as an event, which takes the same way as any other."""

import json

from relay.events import ALERT, Event
from relay.events.parsing import event_from
from relay.watch.state import Finding


def to_event(finding: Finding) -> tuple[Event, bytes]:
    """Return a finding as an event, and its body. Its id is that of the finding: repeated, it is the same."""
    raw = {
        "id": f"watch.{finding.id}",
        "event": ALERT,
        "payload": {"title": finding.title, "text": finding.text},
    }
    return event_from(raw), json.dumps(raw).encode()
