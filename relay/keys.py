"""One key per event: what tells a repeat from something new."""

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
    """What both plain and keyed hashes do."""

    def update(self, data: bytes, /) -> None:
        """Go on with these bytes."""

    def copy(self) -> Self:
        """Return another one that has come as far."""

    def hexdigest(self) -> str:
        """Return what it has come to."""


def identify(
    event: Event,
    body: bytes,
    *,
    by_id: bool,
    devices: Mapping[str, str],
    secret: bytes | None,
    first_seen_at: float = math.inf,
) -> Identity:
    """Return what an event is known by that was first seen then (Unix seconds).

    What was received is known by its content and its second: one SMS can be emitted twice, under two
    ids. Anything else, what has no moment, and all of it if `by_id`, is known by its id, or by its body
    if it has none. `devices` gives the phone of a device id: a phone has one id in local and another in
    cloud mode. Each name is an HMAC where there is a secret.
    """
    moment = moment_of(event, first_seen_at)
    if moment and not by_id and _tells_content(event):
        content, second = _hash(secret, *_content(event, devices)), int(moment.timestamp())
        key, next_key = (_hash_on(content.copy(), str(each)) for each in (second, second + 1))
        return Identity(key.hexdigest(), next_key.hexdigest(), _registration(event, secret))
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
    """Return the name of an event; see `identify`."""
    return identify(event, body, by_id=by_id, devices=devices, secret=secret, first_seen_at=first_seen_at).key


def stored_name(text: str, secret: bytes | None) -> str:
    """Return the name under which something other than an event is stored: 64 hex digits."""
    return _digest(secret, "name", text)


def _registration(event: Event, secret: bytes | None) -> str:
    return _digest(secret, "registration", event.device_id, event.webhook_id)


def _tells_content(event: Event) -> bool:
    """Whether the content can tell two messages of one second from each other."""
    payload = event.payload
    if event.type not in INBOUND:
        return False
    return event.type.startswith("mms:") or payload.text is not None or payload.data is not None


def _content(event: Event, devices: Mapping[str, str]) -> Iterator[str | None]:
    payload = event.payload
    yield from _kind(payload)
    yield event.type
    yield payload.sender
    yield None if payload.sim is None else str(payload.sim)
    yield from ("to", payload.recipient) if payload.recipient else ("at", _phone(event, devices))
    yield payload.text
    yield payload.data
    yield payload.subject
    yield from _attachments(payload)


def _kind(payload: Payload) -> Iterator[str | None]:
    """Yield what tells two MMS apart that have no other difference; nothing of it for any other message."""
    marks: tuple[object, ...] = ()
    if isinstance(payload, MmsReceived):
        marks = payload.transaction_id, payload.size
    elif isinstance(payload, MmsDownloaded):
        marks = payload.message_id, payload.size
    if marks == (None,) * len(marks):
        yield "content"
        return
    yield "mms"
    yield from (None if each is None else str(each) for each in marks)


def _phone(event: Event, devices: Mapping[str, str]) -> str:
    return devices.get(event.device_id, event.device_id)


def _attachments(payload: Payload) -> Iterator[str | None]:
    for each in payload.attachments:
        yield from (each.name, each.content_type, each.data)


def _digest(secret: bytes | None, *fields: str | bytes | None) -> str:
    return _hash(secret, *fields).hexdigest()


def _hash(secret: bytes | None, *fields: str | bytes | None) -> Hash:
    return _hash_on(hmac.new(secret, digestmod="sha256") if secret else hashlib.sha256(), *fields)


def _hash_on(begun: Hash, *fields: str | bytes | None) -> Hash:
    """Hash the fields, each after its length: none can run into the next. A large one is copied once."""
    for each in fields:
        plain = each.encode() if isinstance(each, str) else each
        if plain is None:
            begun.update(b"-")
        else:
            begun.update(b"%d:" % len(plain))
            begun.update(plain)
    return begun
