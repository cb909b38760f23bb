"""What of an event a ledger keeps while something is open."""

import json
from collections.abc import Mapping
from typing import Any

LARGEST = 900_000
"""Bytes of a body that is kept whole: a Firestore document holds 1 MiB.

https://docs.cloud.google.com/firestore/quotas
"""


def without_files(raw: Mapping[str, Any]) -> bytes | None:
    """Return the body of an event without its attachments' data.

    What was left out is marked in the attachment, so that a replay says so. None if the event is
    larger than `LARGEST` even so: then only the phone has it.
    """
    payload = raw.get("payload")
    if isinstance(payload, dict) and isinstance(payload.get("attachments"), list):
        payload = payload | {"attachments": [_emptied(each) for each in payload["attachments"]]}
    if _characters(payload) > LARGEST:
        return None  # to write it out only to throw it away would take many times its memory
    smaller = json.dumps({**raw, "payload": payload}).encode()
    return smaller if len(smaller) <= LARGEST else None


def lacks_files(raw: Mapping[str, Any]) -> bool:
    """Return whether what was kept of an event is without its attachments' data."""
    payload = raw.get("payload")
    attachments = payload.get("attachments") if isinstance(payload, dict) else None
    each = attachments if isinstance(attachments, list) else []
    return any(isinstance(attachment, dict) and attachment.get("kept") is False for attachment in each)


def _emptied(attachment: Any) -> Any:
    if not isinstance(attachment, dict):
        return attachment
    return {name: value for name, value in attachment.items() if name != "data"} | {"kept": False}


def _characters(value: Any) -> int:
    """Return how many characters the texts of a payload have."""
    if isinstance(value, dict | list):
        return sum(map(_characters, value.values() if isinstance(value, dict) else value))
    return len(value) if isinstance(value, str) else 0
