"""The phone's side of a webhook: a body, its signature and the post."""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any, NamedTuple

SILENCE = 5.0
"""Seconds that the phone waits for an answer."""


class Answer(NamedTuple):
    """What the function answered."""

    status: int
    body: str


def dated(body: bytes) -> bytes:
    """Let an event have happened just now: every date in its payload becomes this moment."""
    event: dict[str, Any] = json.loads(body)
    now = datetime.now().astimezone().isoformat(timespec="milliseconds")
    payload: dict[str, Any] = event.get("payload", {})
    payload.update({name: now for name in payload if name.endswith("At")})
    return json.dumps(event).encode()


def signed(body: bytes, key: str) -> dict[str, str]:
    """Return the headers that prove a body to be the phone's own."""
    timestamp = str(int(time.time()))
    signature = hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Signature": signature, "X-Timestamp": timestamp}


def post(url: str, body: bytes, signing_key: str) -> Answer:
    """Post a body once, as the phone does.

    Raises:
        OSError: the function cannot be reached, or is silent for too long.
    """
    headers = {"Content-Type": "application/json", **signed(body, signing_key)}
    request = urllib.request.Request(url, body, headers)  # noqa: S310  (the caller's own http URL)
    try:
        with urllib.request.urlopen(request, timeout=SILENCE) as answer:  # noqa: S310  (as above)
            return Answer(answer.status, answer.read().decode())
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, refusal.read().decode())
