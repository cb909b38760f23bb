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
from urllib.parse import urlsplit


class Patience(NamedTuple):
    """Seconds that the phone bears silence, and gives a request as a whole."""

    silence: float = 5.0
    whole: float = 30.0


PHONE = Patience()


class TooLong(TimeoutError):
    """The request as a whole took longer than the phone gives it."""


class BrokenAnswer(ConnectionError):
    """What came back is no HTTP, or not all of it."""


class Answer(NamedTuple):
    """What the function answered."""

    status: int
    body: str


def dated(body: bytes) -> bytes:
    """Let an event, or each message of a batch, have happened just now: its dates become this moment."""
    event: dict[str, Any] = json.loads(body)
    now = datetime.now().astimezone().isoformat(timespec="milliseconds")
    payload: dict[str, Any] = event.get("payload", {})
    messages = [each for each in payload.get("messages") or () if isinstance(each, dict)]
    for each in (payload, *messages):
        each.update({name: now for name in each if name.endswith("At")})
    return json.dumps(event).encode()


def signed(body: bytes, key: str) -> dict[str, str]:
    """Return the headers that prove a body to be the phone's own."""
    timestamp = str(int(time.time()))
    signature = hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Signature": signature, "X-Timestamp": timestamp}


def post(url: str, body: bytes, signing_key: str, patience: Patience = PHONE) -> Answer:
    """Post a body once, as the phone does: it follows no redirect.

    Raises:
        OSError: the function cannot be reached, is too slow or breaks off; the text quotes no URL.
        ValueError: the URL is none.
    """
    address = urlsplit(url)
    target = f"{address.path or '/'}?{address.query}"
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=patience.silence)
    try:
        connection.connect()
        with _hung_up(connection.sock, patience.whole):
            headers = {"Content-Type": "application/json", **signed(body, signing_key)}
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"))
    except HTTPException:  # its text may quote the URL, and so the key
        raise BrokenAnswer from None
    finally:
        connection.close()


@contextmanager
def _hung_up(line: socket.socket, seconds: float) -> Iterator[None]:
    """End the line after so many seconds: a time-out of the socket starts anew with every byte."""
    late = Event()

    def hang_up() -> None:
        late.set()
        line.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if late.is_set():
            raise TooLong from None
        raise
    finally:
        timer.cancel()
