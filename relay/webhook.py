"""The phone's protocol: who may post, and is this body the phone's own."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from io import BytesIO
from urllib.parse import unquote_to_bytes

PARAMETER = b"apiKey"
READ_TIME = 20.0
"""Seconds that the body may take; the phone gives a whole request 30."""
LONGEST_SIGNED = 32 * 2**20
"""Bytes up to which a body that is too large is read, only to see whether a phone signed it."""
REFUSED_AFTER_KEY, TOO_LARGE = "refused-after-key", "body-too-large"
"""What an alert is called in the log."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class Refused(Exception):
    """The request goes no further.

    `status` is the HTTP answer, `error` and `detail` are what it says; `why` is for the log only:
    an answer does not tell an attacker which part was wrong. `alert` is the name of the alert that it
    raises after a right key, if any.
    """

    def __init__(
        self, status: int, error: str, detail: str, *, why: str = "", alert: str = REFUSED_AFTER_KEY
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error = error
        self.detail = detail
        self.why = why or detail
        self.alert = alert


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


class Signature:
    """The phone's signature, checked piece by piece: nobody has to hold the whole body for it.

    It is the hex HMAC-SHA256 of the body followed by the timestamp as it was sent, in Unix seconds.
    """

    def __init__(self, headers: Mapping[str, str], keys: Sequence[bytes]) -> None:
        self._signature = headers.get("x-signature", "")
        self._timestamp = headers.get("x-timestamp", "")
        self._sums = [hmac.new(key, digestmod="sha256") for key in keys]

    def update(self, piece: bytes) -> None:
        """Take in the next piece of the body."""
        for each in self._sums:
            each.update(piece)

    def check(self, max_age: float, now: float) -> None:
        """Check that one of the keys signed what was taken in, not long ago; nothing can follow.

        `max_age` (seconds) bounds the past and the future.

        Raises:
            Refused: 401, whatever is wrong with it.
        """
        if not _SIGNATURE.fullmatch(self._signature) or not _TIMESTAMP.fullmatch(self._timestamp):
            raise _unauthorized("X-Signature or X-Timestamp is missing or malformed")
        self.update(self._timestamp.encode())
        signature = bytes.fromhex(self._signature)
        right = [hmac.compare_digest(each.digest(), signature) for each in self._sums]
        if not any(right):
            raise _unauthorized("the signature fits none of SIGNING_KEYS")
        ahead = int(self._timestamp) - now
        if abs(ahead) > max_age:
            side = "ahead" if ahead > 0 else "behind"
            raise _unauthorized(f"the signature is right but the phone's clock is {abs(ahead):.0f} s {side}")


def verify(
    body: bytes, headers: Mapping[str, str], *, keys: Sequence[bytes], max_age: float, now: float
) -> None:
    """Check that one of the phones' keys signed the body and the timestamp, not long ago.

    Raises:
        Refused: 401, whatever is wrong with it.
    """
    signature = Signature(headers, keys)
    signature.update(body)
    signature.check(max_age, now)


async def is_own(
    begun: bytes,
    rest: AsyncIterator[bytes],
    headers: Mapping[str, str],
    *,
    keys: Sequence[bytes],
    max_age: float,
    clock: Callable[[], float],
) -> bool:
    """Return whether a phone posted a body of which no more is kept than what came first.

    Where no signature is asked for, everything is; beyond `LONGEST_SIGNED` bytes nothing is.
    """
    if not keys:
        return True
    signature, size = Signature(headers, keys), len(begun)
    signature.update(begun)
    async for chunk in rest:
        size += len(chunk)
        if size > LONGEST_SIGNED:
            return False
        signature.update(chunk)
    try:
        signature.check(max_age, clock())
    except Refused:
        return False
    return True


Own = Callable[[bytes, AsyncIterator[bytes]], Awaitable[bool]]
"""Says of a body that is too large, by what was read and what is left of it, whether a phone posted it."""


async def read_body(
    chunks: AsyncIterator[bytes], announced: str | None, limit: int, *, hold: Callable[[int], None], own: Own
) -> bytes:
    """Return the body, of at most `limit` bytes; `announced` is the Content-Length, if any.

    `hold` is told for how many bytes room is needed before they are kept, and may raise.

    Raises:
        Refused: 413 if it is larger, 408 if it takes longer than `READ_TIME`.
    """
    size, body = _length(announced), BytesIO()
    try:
        async with asyncio.timeout(READ_TIME):
            if size <= limit:
                hold(size)
                size = await _fill(body, chunks, limit, hold)
            if size <= limit:
                return body.getvalue()  # shares its memory with the buffer
            phones = size <= LONGEST_SIGNED and await own(body.getvalue(), chunks)
    except TimeoutError:
        if size > limit:
            raise _too_large(limit, alert="") from None
        raise Refused(408, "timeout", f"The body took longer than {READ_TIME:.0f} s.") from None
    raise _too_large(limit, alert=TOO_LARGE if phones else "")


def _length(announced: str | None) -> int:
    """Return how long a body is by its own account, 0 if it says nothing that can be read."""
    if not announced or not announced.isascii() or not announced.isdecimal():
        return 0
    return int(announced[:20])


async def _fill(body: BytesIO, chunks: AsyncIterator[bytes], limit: int, hold: Callable[[int], None]) -> int:
    """Read until the end or just beyond the limit; return how much was read."""
    async for chunk in chunks:
        size = body.tell() + len(chunk)
        if size <= limit:
            hold(size)
        body.write(chunk)
        if size > limit:
            break
    return body.tell()


def _too_large(limit: int, alert: str) -> Refused:
    detail = f"The body is larger than {limit} bytes; MAX_BODY_BYTES sets the limit."
    return Refused(413, "too-large", detail, alert=alert)
