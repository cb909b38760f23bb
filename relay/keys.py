"""One key per event: it tells a repeat from a new event."""

import hashlib
import hmac
import math
from collections.abc import Iterator, Mapping
from typing import Protocol, Self

from relay.events import INBOUND, Event, Payload
from relay.events.payloads import MmsDownloaded, MmsReceived
from relay.ledger.identity import Identity
from relay.moments import moment_of


class Hash(Protocol):
    """What `hashlib` and `hmac` objects have in common."""

    def update(self, data: bytes, /) -> None:
        """Add these bytes."""

    def copy(self) -> Self:
        """Return a copy of the hash so far."""

    def hexdigest(self) -> str:
        """Return the digest in hex."""


def identify(
    event: Event,
    body: bytes,
    *,
    by_id: bool,
    devices: Mapping[str, str],
    secret: bytes | None,
    first_seen_at: float = math.inf,
) -> Identity:
    """Return the identity of an event that was first seen at `first_seen_at` (Unix seconds).

    A received message is identified by its content and its second: the app can emit one SMS twice, under two
    ids. Every other event, one without a time, and with `by_id` every event, is identified by its id, or by
    its body if it has none. `devices` maps device ids to phones: a phone has one id in local mode and another
    in cloud mode. With a secret, each name is an HMAC.
    """
    moment = moment_of(event, first_seen_at)
    if moment and not by_id and _has_distinct_content(event):
        content, second = _hash(secret, *_content_fields(event, devices)), int(moment.timestamp())
        registration = _digest(secret, "registration", event.device_id, event.webhook_id)
        key, next_key = (_update(content.copy(), str(each)) for each in (second, second + 1))
        return Identity(key.hexdigest(), next_key.hexdigest(), registration)
    if event.id:
        return Identity(_digest(secret, "id", event.id))
    return Identity(_digest(secret, "body", body))


def event_key(
    event: Event,
    body: bytes,
    *,
    by_id: bool,
    devices: Mapping[str, str],
    secret: bytes | None,
    first_seen_at: float = math.inf,
) -> str:
    """Return the key of an event; see `identify`."""
    return identify(event, body, by_id=by_id, devices=devices, secret=secret, first_seen_at=first_seen_at).key


def stored_name(text: str, secret: bytes | None) -> str:
    """Return the name under which something other than an event is stored: 64 hex digits."""
    return _digest(secret, "name", text)


def _has_distinct_content(event: Event) -> bool:
    """Return whether the content can tell apart two messages of the same second."""
    payload = event.payload
    if event.type not in INBOUND:
        return False
    return event.type.startswith("mms:") or payload.text is not None or payload.data is not None


def _content_fields(event: Event, devices: Mapping[str, str]) -> Iterator[str | None]:
    payload = event.payload
    yield from _mms_fields(payload)
    yield event.type
    yield payload.sender_as_sent
    yield None if payload.sim is None else str(payload.sim)
    yield from (
        ("to", payload.recipient_as_sent)
        if payload.recipient_as_sent
        else ("at", devices.get(event.device_id, event.device_id))
    )
    yield payload.text
    yield payload.data
    yield payload.subject
    for each in payload.attachments:
        yield from (each.name, each.content_type, each.data)


def _mms_fields(payload: Payload) -> Iterator[str | None]:
    """Yield what tells apart two MMS without any other difference; a constant for other messages."""
    values: tuple[object, ...] = ()
    if isinstance(payload, MmsReceived):
        values = payload.transaction_id, payload.size
    elif isinstance(payload, MmsDownloaded):
        values = payload.message_id, payload.size
    if values == (None,) * len(values):
        yield "content"
        return
    yield "mms"
    yield from (None if each is None else str(each) for each in values)


def _digest(secret: bytes | None, *fields: str | bytes | None) -> str:
    return _hash(secret, *fields).hexdigest()


def _hash(secret: bytes | None, *fields: str | bytes | None) -> Hash:
    return _update(hmac.new(secret, digestmod="sha256") if secret else hashlib.sha256(), *fields)


def _update(current: Hash, *fields: str | bytes | None) -> Hash:
    """Add each field after its length, so that no two lists of fields give the same bytes."""
    for each in fields:
        plain = each.encode() if isinstance(each, str) else each
        if plain is None:
            current.update(b"-")
        else:
            current.update(b"%d:" % len(plain))
            current.update(plain)
    return current
