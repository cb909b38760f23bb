"""What the bot library is told of Telegram's answers."""

import json
from http import HTTPStatus
from typing import Any

from forwarders.http import Answer, retry_after
from forwarders.telegram.library import TelegramError

_REFUSALS = range(300, 500)
_KNOWN = {400, 401, 403, 404, 408, 409}
"""The refusals that the library's exceptions tell apart, or that time mends."""


class Unlisted(TelegramError):
    """A refusal for which the library has only a network error, or, for 429, one that warns of itself.

    `wait` is the number of seconds that Telegram asks for, or what stands before it.
    """

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.wait = wait


def told(url: str, answer: Answer) -> tuple[int, bytes]:
    """Return what the library is to hear of an answer.

    That a post was accepted is all that matters of the answer to it: the rest may be cut or unknown.

    Raises:
        Unlisted: the library would not tell what the refusal was.
    """
    method, status, body = url.rpartition("/")[2], answer.status, answer.body
    if status >= _REFUSALS.start and status not in _KNOWN:
        wait = (readable(body).get("parameters") or {}).get("retry_after")
        raise Unlisted(status, retry_after(answer) if wait is None else wait)
    if status < _REFUSALS.start and readable(body).get("ok") is False:
        return HTTPStatus.BAD_REQUEST, body  # something on the way has changed the status, not the words
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
