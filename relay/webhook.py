"""The phone's protocol: who may post, and is this body the phone's own."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import unquote_to_bytes

PARAMETER = b"apiKey"
READ_TIME = 20.0
"""Seconds that the body may take; the phone gives a whole request 30."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class Refused(Exception):
    """The request goes no further.

    `status` is the HTTP answer, `error` and `detail` are what it says; `why` is for the log only:
    an answer does not tell an attacker which part was wrong.
    """

    def __init__(self, status: int, error: str, detail: str, *, why: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.error = error
        self.detail = detail
        self.why = why or detail


def _unauthorized(why: str) -> Refused:
    return Refused(401, "unauthorized", "The secret or the signature is missing or wrong.", why=why)


def check_method(method: str) -> None:
    """Let POST pass.

    Raises:
        Refused: 405.
    """
    if method != "POST":
        raise Refused(405, "method", "Only POST is answered here.", why="not a POST")


def authenticate(query: bytes, keys: Sequence[bytes]) -> str:
    """Return four hex digits that tell which key was used, without telling the key.

    Every key is compared in constant time, as bytes.

    Raises:
        Refused: 401; the parameter is missing, empty, wrong or given more than once.
    """
    pairs = (parameter.partition(b"=") for parameter in query.split(b"&"))
    given = [unquote_to_bytes(value) for name, _, value in pairs if unquote_to_bytes(name) == PARAMETER]
    if len(given) != 1:
        raise _unauthorized("apiKey is missing" if not given else "apiKey is given more than once")
    right = [hmac.compare_digest(given[0], key) for key in keys if key]
    if not given[0] or not any(right):
        raise _unauthorized("apiKey is wrong")
    return key_name(given[0])


def key_name(key: bytes) -> str:
    """Return the four hex digits by which logs name a key."""
    return hashlib.sha256(key).hexdigest()[:4]


async def read_body(chunks: AsyncIterator[bytes], announced: str | None, limit: int) -> bytes:
    """Return the body, of at most `limit` bytes; `announced` is the Content-Length, if any.

    Raises:
        Refused: 413 if it is larger, 408 if it takes longer than `READ_TIME`.
    """
    if announced and announced.isdecimal() and len(announced) < 20 and int(announced) > limit:  # noqa: PLR2004 - a length of 20 digits is no length
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(READ_TIME):
            async for chunk in chunks:
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise Refused(408, "timeout", f"The body took longer than {READ_TIME:.0f} s.") from None
    return bytes(body)


def _too_large(limit: int) -> Refused:
    return Refused(413, "too-large", f"The body is larger than {limit} bytes; MAX_BODY_BYTES sets the limit.")


def verify(
    body: bytes, headers: Mapping[str, str], *, keys: Sequence[bytes], max_age: float, now: float
) -> None:
    """Check that one of the phones' keys signed the body and the timestamp, not long ago.

    The signature is the hex HMAC-SHA256 of the body followed by the timestamp as it was sent, in
    Unix seconds. `max_age` (seconds) bounds the past and the future.

    Raises:
        Refused: 401, whatever is wrong with it.
    """
    signature, timestamp = headers.get("x-signature", ""), headers.get("x-timestamp", "")
    if not _SIGNATURE.fullmatch(signature) or not _TIMESTAMP.fullmatch(timestamp):
        raise _unauthorized("X-Signature or X-Timestamp is missing or malformed")
    signed, told = body + timestamp.encode(), bytes.fromhex(signature)
    right = [hmac.compare_digest(hmac.digest(key, signed, "sha256"), told) for key in keys]
    if not any(right):
        raise _unauthorized("the signature fits none of SIGNING_KEYS")
    ahead = int(timestamp) - now
    if abs(ahead) > max_age:
        side = "ahead" if ahead > 0 else "behind"
        raise _unauthorized(f"the signature is right but the phone's clock is {abs(ahead):.0f} s {side}")
