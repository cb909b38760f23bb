"""Batches: several messages in one event, each of which becomes an event of its own."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from relay.events.parsing import Event, event_from

BATCHES: Mapping[str, str] = {
    "sms:batch:received": "sms:received",
    "sms:batch:data-received": "sms:data-received",
    "mms:batch:received": "mms:received",
    "mms:batch:downloaded": "mms:downloaded",
}
"""For each type of batch, the type of its messages."""
MAX_MESSAGES = 1000
"""Messages of a batch that become events of their own; the app puts at most 100 into one."""


def split(event: Event) -> tuple[Event, ...]:
    """Return the messages of a batch, each as if it had come alone; any other event is returned as it is.

    The id of a message is the batch's id and the message's rank among all messages, sorted by content: it is
    the same in each repeat, in whatever order the messages come, and reveals nothing of them. In a batch
    without an id, messages have none. Entries that are not messages, and messages beyond `MAX_MESSAGES`, come
    last, as one event of the batch's own type; so does a batch without any readable message.
    """
    single = BATCHES.get(event.type)
    entries = _entries(event) if single else []
    messages = [each for each in entries if isinstance(each, dict)]
    if not single or not messages:
        return (event,)
    parts = [
        _part(event, f"-{rank}", single, message)
        for rank, message in zip(_ranks(messages[:MAX_MESSAGES]), messages, strict=False)
    ]
    rest = [each for each in entries if not isinstance(each, dict)] + messages[MAX_MESSAGES:]
    return (*parts, *([_part(event, "-rest", event.type, {"messages": rest})] if rest else ()))


def encode(event: Event) -> bytes:
    """Return the body that the event would have had if it had come alone."""
    return json.dumps(event.raw).encode()


def _entries(event: Event) -> list[Any]:
    payload = event.raw.get("payload")
    entries = payload.get("messages") if isinstance(payload, dict) else None
    return entries if isinstance(entries, list) else []


def _ranks(messages: list[dict[str, Any]]) -> list[int]:
    """Return for each message how many come before it when they are sorted by content."""
    hashes = [sha256(json.dumps(each, sort_keys=True).encode()).digest() for each in messages]
    ranks = [0] * len(hashes)
    for rank, index in enumerate(sorted(range(len(hashes)), key=hashes.__getitem__)):
        ranks[index] = rank
    return ranks


def _part(event: Event, suffix: str, event_type: str, payload: dict[str, Any]) -> Event:
    ids = {"id": event.id and event.id + suffix, "deviceId": event.device_id, "webhookId": event.webhook_id}
    given = {key: each for key, each in ids.items() if each}
    return event_from({**given, "event": event_type, "payload": payload})
