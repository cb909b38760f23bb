"""What of an event a person can read."""

import re
from functools import lru_cache

from relay.codes import READ, find_code
from relay.events import INBOUND, Event
from relay.events.fields import decoded

_LONGEST_HEX = 1000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def text_of(event: Event) -> str:
    """Return the text of a message; of a data message what its bytes say, else the bytes in hex."""
    payload = event.payload
    if payload.text is None and payload.data is not None:
        return _spelled(payload.data)
    return payload.text or ""


def subject_and_text(event: Event) -> str:
    """Return all that a pattern may look for."""
    subject = event.payload.subject
    return f"{subject}\n{text_of(event)}" if subject else text_of(event)


def code_of(event: Event) -> str | None:
    """Return the one-time code that was received, without spaces and hyphens."""
    if event.type not in INBOUND:
        return None
    return _code(text_of(event)[:READ], event.payload.sender or "")


@lru_cache(maxsize=64)
def _code(text: str, sender: str) -> str | None:
    """Look once for what the routes and then each destination ask of one message."""
    return find_code(text, sender)


def _spelled(data: str) -> str:
    """Spell bytes out: as text if they are one, in hex if they are few, else as the phone sent them."""
    content = decoded(data)
    if content is None:
        return data
    text = _printable(content)
    if text is not None:
        return text
    return content.hex(" ") if len(content) <= _LONGEST_HEX else data


def _printable(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
