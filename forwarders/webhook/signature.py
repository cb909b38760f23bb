"""The signature of Standard Webhooks, which proves to the server that a post is ours.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from hashlib import sha256

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a secret, as the specification requires."""


def decode_secret(secret: str) -> bytes:
    """Return the key in a secret.

    Raises:
        ValueError: it is not valid; nothing of it is quoted.
    """
    try:
        found = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (Error, ValueError):
        found = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(found) <= _LONGEST:
        raise ValueError("a secret is whsec_ and then 24 to 64 random bytes in base64")
    return found


def sign(keys: Iterable[bytes], name: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that sign a body at `timestamp`; `name` is the same at each attempt."""
    signed = f"{name}.{timestamp}.".encode() + body
    codes = (b64encode(hmac.digest(each, signed, sha256)).decode() for each in keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{code}" for code in codes),
    }
