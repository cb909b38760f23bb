"""What Discord's answers mean: it explains a refusal by a code in the body."""

import math
from typing import Any

from forwarders.acceptance import has_id
from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.http import Answer
from forwarders.status import refusal

_TOO_LARGE = 413
_FILES_NEVER = (40005, 50045, 50046)
"""One of the files, or all of them together, are too large for the channel; or one is not valid."""
_FILES_NOT_NOW = 400001
"""The channel's server may not send files at the moment."""
_EMPTY, _FORM, _HARMFUL = 50006, 50035, 240000
_GONE = "the webhook does not exist any more: make a new one and set its URL"
_CLOSED = "the thread is closed: open it, or choose another"
_REMEDIES = {
    10003: "there is no such thread in the webhook's channel: check thread_id",
    10015: _GONE,
    50027: _GONE,
    50083: _CLOSED,
    160005: _CLOSED,
    220001: "the channel is a forum: set thread_id to one of its posts",
}
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json"""


def find_failure(answer: Answer) -> Failure | None:
    """Return what a refusal means, by its code if that is known, else by its status."""
    body = _read_body(answer)
    code = body.get("code")
    if code in (_EMPTY, _HARMFUL) or (code == _FORM and _is_about_content(body)):
        return MessageRefused(f"Discord does not take this message ({code})")
    if isinstance(code, int) and code in _REMEDIES:
        return Misconfigured(f"{_REMEDIES[code]} ({code})")
    return refusal(answer, "Discord", has_id, _read_wait(body))


def find_file_failure(answer: Answer) -> Failure | None:
    """Return what a refusal means for the files of a post, or None if it is not about them."""
    code = _read_body(answer).get("code")
    if code in _FILES_NEVER:
        return MessageRefused(f"Discord does not take the file: it is too large, or not valid ({code})")
    if code == _FILES_NOT_NOW:
        return TransientFailure(f"Discord does not take the file for now ({code})")
    if answer.status == _TOO_LARGE:
        return TransientFailure("a proxy in front of Discord does not take the file (413)")
    return None


def _read_body(answer: Answer) -> dict[str, Any]:
    body = answer.json()
    return body if isinstance(body, dict) else {}


def _is_about_content(body: dict[str, Any]) -> bool:
    errors = body.get("errors")
    return isinstance(errors, dict) and "content" in errors


def _read_wait(body: dict[str, Any]) -> float | None:
    """Return the seconds that Discord asks us to wait."""
    seconds = body.get("retry_after")
    is_valid = isinstance(seconds, int | float) and math.isfinite(seconds) and seconds >= 0
    return float(seconds) if is_valid and seconds is not None else None
