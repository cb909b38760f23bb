"""The phone's side of a webhook: a body, its signature and the post."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit


class Timeouts(NamedTuple):
    """Seconds after which the phone hangs up: of silence, and of the request as a whole."""

    silence: float = 5.0
    whole: float = 30.0


PHONE_TIMEOUTS = Timeouts()


class RequestTooLong(TimeoutError):
    """The request as a whole took longer than the phone waits."""


class BrokenAnswer(ConnectionError):
    """The answer is not HTTP, or incomplete."""


class Answer(NamedTuple):
    """What the function answered."""

    status: int
    body: str


def set_dates_to_now(body: bytes) -> bytes:
    """Return an event whose dates, or those of each message of a batch, are the current time."""
    event: dict[str, Any] = json.loads(body)
    now = datetime.now().astimezone().isoformat(timespec="milliseconds")
    payload: dict[str, Any] = event.get("payload", {})
    messages = [each for each in payload.get("messages") or () if isinstance(each, dict)]
    for each in (payload, *messages):
        each.update({name: now for name in each if name.endswith("At")})
    return json.dumps(event).encode()


def add_key(url: str, key: bytes) -> str:
    """Return a URL with the API key in its query."""
    return f"{url}{'&' if urlsplit(url).query else '?'}apiKey={quote(key, safe='')}"


def signature_headers(body: bytes, key: str) -> dict[str, str]:
    """Return the headers by which the phone signs a body."""
    timestamp = str(int(time.time()))
    signature = hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Signature": signature, "X-Timestamp": timestamp}


def post(url: str, body: bytes, signing_key: str, timeouts: Timeouts = PHONE_TIMEOUTS) -> Answer:
    """Post a body once, as the phone does: redirects are not followed.

    Raises:
        OSError: the function cannot be reached, is too slow or breaks off; the text does not contain the URL.
        ValueError: the URL is not valid.
    """
    address = urlsplit(url)
    target = f"{address.path or '/'}?{address.query}"
    connection_type = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = connection_type(address.hostname or "", address.port, timeout=timeouts.silence)
    try:
        connection.connect()
        with _hang_up_after(timeouts.whole, connection.sock):
            headers = {"Content-Type": "application/json", **signature_headers(body, signing_key)}
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"))
    except HTTPException:  # its text may contain the URL, and so the key
        raise BrokenAnswer from None
    finally:
        connection.close()


@contextmanager
def _hang_up_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Close the connection after so many seconds: the time-out of a socket starts again with every byte."""
    hung_up = Event()

    def hang_up() -> None:
        hung_up.set()
        connection.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if hung_up.is_set():
            raise RequestTooLong from None
        raise
    finally:
        timer.cancel()
