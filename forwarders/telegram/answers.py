"""What the bot library is told of Telegram's answers."""

import json
from typing import Any

from forwarders.telegram.library import TelegramError

_REFUSALS = range(300, 500)
_KNOWN = {400, 401, 403, 404, 408, 409}
"""The refusals that the library's exceptions tell apart, or that time mends."""


class Unlisted(TelegramError):
    """A refusal for which the library has only a network error, or, for 429, one that warns of itself.

    `wait` is the number of seconds that Telegram asks for.
    """

    def __init__(self, status: int, wait: int | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.wait = wait


def told(url: str, status: int, body: bytes) -> tuple[int, bytes]:
    """Return what the library is to hear of an answer.

    That a post was accepted is all that matters of the answer to it: the rest may be cut or unknown.

    Raises:
        Unlisted: the library would not tell what the refusal was.
    """
    method = url.rpartition("/")[2]
    if status in _REFUSALS and status not in _KNOWN:
        raise Unlisted(status, (readable(body).get("parameters") or {}).get("retry_after"))
    if status < _REFUSALS.start and method.startswith("send"):
        return status, b'{"result": []}' if method == "sendMediaGroup" else b'{"result": true}'
    return status, body


def readable(payload: bytes) -> dict[str, Any]:
    """Decode an answer; what is not of the form that the library takes for granted is left out."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(answer, dict):
        return {}
    described, parameters = answer.get("description"), answer.get("parameters")
    return {
        **answer,
        "description": described if isinstance(described, str) else None,
        "parameters": _numbers(parameters) if isinstance(parameters, dict) else None,
    }


def _numbers(parameters: dict[str, Any]) -> dict[str, int]:
    return {name: each for name, each in parameters.items() if type(each) is int}
