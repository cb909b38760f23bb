"""One key per event: what tells a repeat from something new."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping

from relay.events import INBOUND, Event, Payload


def event_key(
    event: Event, body: bytes, *, by_id: bool, devices: Mapping[str, str], secret: bytes | None
) -> str:
    """Return the name of an event: 64 hex digits, an HMAC where there is a secret.

    What was received is known by its content: one SMS can be emitted twice, under two ids. Anything
    else, and all of it if `by_id`, is known by its id, or by its body if it has none. `devices` gives
    the phone of a device id: a phone has one id in local and another in cloud mode.
    """
    if not by_id and _tells_content(event):
        return _digest(secret, "content", *_content(event, devices))
    if event.id:
        return _digest(secret, "id", event.id)
    return _digest(secret, "body", body)


def stored_name(text: str, secret: bytes | None) -> str:
    """Return the name under which something other than an event is stored: 64 hex digits."""
    return _digest(secret, "name", text)


def _tells_content(event: Event) -> bool:
    """Whether the content can tell two messages of one second from each other."""
    payload = event.payload
    if event.type not in INBOUND or payload.moment is None:
        return False
    return event.type.startswith("mms:") or payload.text is not None or payload.data is not None


def _content(event: Event, devices: Mapping[str, str]) -> Iterator[str | None]:
    payload = event.payload
    yield event.type
    yield payload.sender
    yield None if payload.sim is None else str(payload.sim)
    yield from ("to", payload.recipient) if payload.recipient else ("at", _phone(event, devices))
    yield payload.text
    yield payload.data
    yield payload.subject
    yield from _attachments(payload)
    yield None if payload.moment is None else str(int(payload.moment.timestamp()))


def _phone(event: Event, devices: Mapping[str, str]) -> str:
    return devices.get(event.device_id, event.device_id)


def _attachments(payload: Payload) -> Iterator[str | None]:
    for each in payload.attachments:
        yield from (each.name, each.content_type, each.data)


def _digest(secret: bytes | None, *fields: str | bytes | None) -> str:
    """Hash the fields, each after its length: none can run into the next."""
    plain = [each.encode() if isinstance(each, str) else each for each in fields]
    whole = b"".join([b"-" if each is None else b"%d:%b" % (len(each), each) for each in plain])
    return hmac.digest(secret, whole, "sha256").hex() if secret else hashlib.sha256(whole).hexdigest()
