"""Batches: several messages in one event, each an event of its own."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from relay.events.parsing import Event, read

BATCHES: Mapping[str, str] = {
    "sms:batch:received": "sms:received",
    "sms:batch:data-received": "sms:data-received",
    "mms:batch:received": "mms:received",
    "mms:batch:downloaded": "mms:downloaded",
}
"""The type of the messages in each type of batch."""
MOST = 1000
"""Messages of a batch that become events of their own; the app puts at most 100 into one."""


def split(event: Event) -> tuple[Event, ...]:
    """Return the messages of a batch, each as if it had come alone; any other event is returned itself.

    The id of a message is that of the batch and the message's place among all, sorted by what they say:
    it is the same at each repeat, in whatever order the messages come, and tells nothing of them. In a
    batch without an id, messages have none. What is no message, and those beyond `MOST`, come last, as
    one event of the batch's own type; so does a batch in which no message can be read.
    """
    single = BATCHES.get(event.type)
    entries = _entries(event) if single else []
    messages = [each for each in entries if isinstance(each, dict)]
    if not single or not messages:
        return (event,)
    parts = [
        _part(event, f"-{place}", single, message)
        for place, message in zip(_places(messages[:MOST]), messages, strict=False)
    ]
    rest = [each for each in entries if not isinstance(each, dict)] + messages[MOST:]
    return (*parts, *([_part(event, "-rest", event.type, {"messages": rest})] if rest else ()))


def encode(event: Event) -> bytes:
    """Return the body of an event as if it had come alone."""
    return json.dumps(event.raw).encode()


def _entries(event: Event) -> list[Any]:
    payload = event.raw.get("payload")
    entries = payload.get("messages") if isinstance(payload, dict) else None
    return entries if isinstance(entries, list) else []


def _places(messages: list[dict[str, Any]]) -> list[int]:
    """Return for each message how many come before it once they are sorted by what they say."""
    said = [sha256(json.dumps(each, sort_keys=True).encode()).digest() for each in messages]
    places = [0] * len(said)
    for place, index in enumerate(sorted(range(len(said)), key=said.__getitem__)):
        places[index] = place
    return places


def _part(event: Event, suffix: str, event_type: str, payload: dict[str, Any]) -> Event:
    names = {"id": event.id and event.id + suffix, "deviceId": event.device_id, "webhookId": event.webhook_id}
    given = {key: name for key, name in names.items() if name}
    return read({**given, "event": event_type, "payload": payload})
