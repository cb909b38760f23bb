"""What the bot library is told of Telegram's answers."""

import json
from http import HTTPStatus
from typing import Any

from forwarders.acceptance import is_ok
from forwarders.http import Answer, retry_after
from forwarders.status import not_accepted
from forwarders.telegram.library import TelegramError

_REFUSALS = range(300, 500)
_KNOWN = {400, 401, 403, 404, 408, 409}
"""The refusals that the library's exceptions tell apart, or that time mends."""


class Unlisted(TelegramError):
    """A refusal for which the library has only a network error, or, for 429, one that warns of itself.

    `wait` is the number of seconds that Telegram asks for, or what stands before it. `own` says whether
    the answer is Telegram's own and not of what stands before it.
    """

    def __init__(self, status: int, wait: float | None, *, own: bool) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.wait = wait
        self.own = own


def told(url: str, answer: Answer) -> tuple[int, bytes]:
    """Return what the library is to hear of an answer.

    That a post was accepted is all that matters of the answer to it: the rest may be cut or unknown.

    Raises:
        Unlisted: the library would not tell what the refusal was.
        TransientFailure, Misconfigured: it does not say that it is one of a Bot API server.
    """
    status, body = answer.status, answer.body
    if status >= _REFUSALS.start:
        return _refused(answer)
    if readable(body).get("ok") is False:
        return HTTPStatus.BAD_REQUEST, body  # something on the way has changed the status, not the words
    if not is_ok(body):
        raise not_accepted(answer, "a Bot API server", "api_url")
    if is_post(url):
        return status, b'{"result": []}' if url.endswith("/sendMediaGroup") else b'{"result": true}'
    return status, body


def is_post(url: str) -> bool:
    """Return whether a request posts something, so that nothing but its acceptance matters."""
    return url.rpartition("/")[2].startswith("send")


def _refused(answer: Answer) -> tuple[int, bytes]:
    if answer.status in _KNOWN:
        return answer.status, answer.body
    told = readable(answer.body)
    wait = (told.get("parameters") or {}).get("retry_after")
    wait = retry_after(answer) if wait is None else wait
    raise Unlisted(answer.status, wait, own=told.get("ok") is False)


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
