"""The parts of an event that a person can read."""

import re

from relay.events import INBOUND, Event
from relay.events.fields import decode_base64
from relay.otp import READ_LIMIT, find_code

LONGEST_TEXT = 500_000
"""Code points of a text that are searched and shown; an SMS has at most 39,015."""
_LONGEST_SENDER = 100
"""Code points of a sender that are compared with a code."""
_LONGEST_DATA = 100_000
"""Characters of data that are decoded; a data SMS has at most 188."""
_LONGEST_HEX = 1000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def text_of(event: Event) -> str:
    """Return the text of a message; for a data message, its bytes as text if they are text, else in hex."""
    payload = event.payload
    if payload.text is None and payload.data is not None:
        return _data_as_text(payload.data)
    return payload.text or ""


def subject_and_text(event: Event) -> str:
    """Return everything that a text pattern is matched against."""
    subject = event.payload.subject
    text = text_of(event)[:LONGEST_TEXT]
    return f"{subject}\n{text}" if subject else text


def attachment_count(event: Event) -> int:
    """Return how many attachments the phone sent, including those beyond the number that is read."""
    payload = event.raw.get("payload")
    attachments = payload.get("attachments") if isinstance(payload, dict) else None
    return len(attachments) if isinstance(attachments, list) else 0


def code_of(event: Event) -> str | None:
    """Return the one-time code in a received message, without spaces and hyphens."""
    if event.type not in INBOUND:
        return None
    return find_code(text_of(event)[:READ_LIMIT], (event.payload.sender or "")[:_LONGEST_SENDER])


def _data_as_text(data: str) -> str:
    """Return base64 data as text if it is text, in hex if it is short, else as the phone sent it."""
    content = decode_base64(data) if len(data) <= _LONGEST_DATA else None
    if content is None:
        return data
    text = _decode_text(content)
    if text is not None:
        return text
    return content.hex(" ") if len(content) <= _LONGEST_HEX else data


def _decode_text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
