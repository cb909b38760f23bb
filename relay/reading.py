"""What of an event a person can read."""

import re

from relay.events import INBOUND, Event
from relay.events.fields import decoded
from relay.otp import READ_LIMIT, find_code

LONGEST_TEXT = 500_000
"""Code points of a text that are looked at and shown; an SMS has at most 39,015."""
_SENDER = 100
"""Code points of a sender that can be mistaken for a code."""
_LONGEST_DATA = 100_000
"""Characters of data that are decoded; a data SMS has at most 188."""
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
    text = text_of(event)[:LONGEST_TEXT]
    return f"{subject}\n{text}" if subject else text


def attachment_count(event: Event) -> int:
    """Return how many attachments the phone sent, of which a bounded number is read."""
    payload = event.raw.get("payload")
    attachments = payload.get("attachments") if isinstance(payload, dict) else None
    return len(attachments) if isinstance(attachments, list) else 0


def code_of(event: Event) -> str | None:
    """Return the one-time code that was received, without spaces and hyphens."""
    if event.type not in INBOUND:
        return None
    return find_code(text_of(event)[:READ_LIMIT], (event.payload.sender or "")[:_SENDER])


def _spelled(data: str) -> str:
    """Spell bytes out: as text if they are one, in hex if they are few, else as the phone sent them."""
    content = decoded(data) if len(data) <= _LONGEST_DATA else None
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
