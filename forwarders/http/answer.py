"""The answer to a request."""

import json
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from pyreqwest.exceptions import BuilderError, PyreqwestError
from pyreqwest.request import RequestBuilder
from pyreqwest.response import Response

from forwarders.base import Failure, Misconfigured
from forwarders.http.errors import MALFORMED, translate_error

MAX_BODY = 1 << 20
"""Bytes of an answer's body that are read by default; no service needs more for one message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names are in lower case.

    If the connection broke within the body, `body` is what came before that, and `whole` is false; the
    status still counts.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    whole: bool = True

    def json(self) -> Any:
        """Return the body decoded, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


async def send(
    request: RequestBuilder, host: str, enough: Callable[[bytes], bool] | None, limit: int
) -> Answer:
    """Send a request and read its answer, or as much of the body as is `enough`."""
    failure: Failure
    try:
        async with request.build_streamed() as response:
            return Answer(response.status, _headers(response), *await _body(response, enough, limit))
    except BuilderError:
        failure = Misconfigured(MALFORMED)
    except PyreqwestError as error:
        failure = translate_error(error, host)
    raise failure


def retry_after(answer: Answer, clock: Callable[[], float] = time.time) -> float | None:
    """Return the seconds until the service wants the next request, if it named a time.

    Both forms are understood: seconds, and an HTTP date.
    https://www.rfc-editor.org/rfc/rfc9110.html#name-retry-after
    """
    value = answer.headers.get("retry-after", "")
    try:
        seconds = float(value) if value[:1].isdigit() else _until(value, clock())
    except (ValueError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str, now: float) -> float:
    return parsedate_to_datetime(date).timestamp() - now


def _headers(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


async def _body(response: Response, enough: Callable[[bytes], bool] | None, limit: int) -> tuple[bytes, bool]:
    """Return as much of the body as is needed, and whether that is all of it."""
    body = bytearray()
    with suppress(PyreqwestError):
        while len(body) < limit and not (enough and enough(bytes(body))):
            chunk = await response.body_reader.read_chunk()
            if chunk is None:
                return bytes(body), True
            body += chunk
    return bytes(body), False
