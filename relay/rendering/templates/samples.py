"""Sample events to try templates on: one full and one empty event of every type."""

import json
from collections.abc import Iterator

from relay.events import TYPES, Event, parse

UNKNOWN = "call:missed"
_PAYLOAD = {
    "messageId": "msg-456",
    "sender": "+12025550143",
    "recipient": "+12025550199",
    "simNumber": 2,
    "message": "481516 is your code",
    "data": "SGVsbG8=",
    "subject": "Photo",
    "attachments": [{"name": "view.gif", "contentType": "image/gif", "size": 6, "data": "R0lGODlh"}],
    "reason": "Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)",
    "partsCount": 2,
    "simCards": [{"simNumber": 1, "phoneNumber": "+12025550143", "carrierName": "Example Mobile"}],
    "health": {"status": "warn", "checks": {"battery:level": {"observedValue": 18, "status": "warn"}}},
}
_MOMENTS = ("receivedAt", "sentAt", "deliveredAt", "failedAt", "cancelledAt")
FIRST_SEEN_AT = 1782130571.0
"""When the samples are first seen, in Unix seconds: two hours after they happened."""


def events() -> Iterator[Event]:
    """Yield two events of each type: one with all fields, one with none."""
    moments = dict.fromkeys(_MOMENTS, "2026-06-22T12:16:11.000+02:00")
    for event_type in (*TYPES, UNKNOWN):
        yield _event(event_type, _PAYLOAD | moments)
        yield _event(event_type, {})


def _event(event_type: str, payload: object) -> Event:
    return parse(
        json.dumps({"event": event_type, "deviceId": "sample-device-0001", "payload": payload}).encode()
    )
