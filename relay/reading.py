"""The parts of an event that a person can read."""

import re
from collections.abc import Iterator, Mapping

from relay.events import INBOUND, Event, Unknown
from relay.events.fields import decode_base64
from relay.otp import READ_LIMIT, find_code

LONGEST_TEXT = 500_000
"""Code points of a text that are searched and shown; an SMS has at most 39,015."""
_TEXTS = ("message", "body", "text")
"""The fields of an event of an unknown type that are texts."""
_LONGEST_HEADING = 200
"""Code points of a subject that are read as the words before a text."""
_LONGEST_SENDER = 100
"""Code points of a sender that are compared with a code."""
_LONGEST_DATA = 100_000
"""Characters of data that are decoded; a data SMS has at most 188."""
_LONGEST_HEX = 1000
_VISIBLE = re.compile(
    r"[^\s\x00-\x1f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
)
"""A character that a reader can see: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def text_of(event: Event) -> str:
    """Return the text of a message, or all texts of an event of an unknown type.

    For a data message these are its bytes, as text if they are text, else in hex.
    """
    payload = event.payload
    if isinstance(payload, Unknown) and (texts := unknown_texts(event)):
        return "\n\n".join(dict.fromkeys(texts.values()))
    if payload.text is None and payload.data is not None:
        return _data_as_text(payload.data)
    return payload.text or ""


def unknown_texts(event: Event) -> Mapping[str, str]:
    """Return the texts of an event of an unknown type, by the names of their fields."""
    payload = event.raw.get("payload")
    values = {name: payload.get(name) for name in _TEXTS} if isinstance(payload, dict) else {}
    return {name: value for name, value in values.items() if isinstance(value, str) and value}


def subject_and_text(event: Event) -> str:
    """Return everything that a text pattern is matched against."""
    subject = event.payload.subject
    text = text_of(event)[:LONGEST_TEXT]
    return f"{subject}\n{text}" if subject else text


def is_empty(event: Event) -> bool:
    """Return whether a received message has neither words nor files; an MMS notice has none anyway."""
    if event.type not in INBOUND or event.type == "mms:received":
        return False
    return not event.payload.attachments and not _VISIBLE.search(subject_and_text(event))


def attachment_count(event: Event) -> int:
    """Return how many attachments the phone sent, including those beyond the number that is read."""
    payload = event.raw.get("payload")
    attachments = payload.get("attachments") if isinstance(payload, dict) else None
    return len(attachments) if isinstance(attachments, list) else 0


def code_of(event: Event) -> str | None:
    """Return the one-time code in a received message or an unknown event, without spaces and hyphens."""
    if event.type not in INBOUND and not isinstance(event.payload, Unknown):
        return None
    sender = (event.payload.sender or "")[:_LONGEST_SENDER]
    return next(filter(None, (find_code(each, sender) for each in _code_texts(event))), None)


def _code_texts(event: Event) -> Iterator[str]:
    """Yield the texts in which a code is looked for: the subject can announce a code, or contain it."""
    text, subject = text_of(event)[:READ_LIMIT], event.payload.subject
    yield text
    if subject:
        yield f"{subject[:_LONGEST_HEADING].rstrip(' .:!')}: {text}"
        yield subject


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
