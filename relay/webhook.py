"""The phone's webhook protocol: API key, signature and body of a request."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from io import BytesIO
from typing import Literal
from urllib.parse import unquote_to_bytes

from relay.paths import READING

PARAMETER = b"apiKey"
READ_TIME = 20.0
"""Seconds for receiving the body; the phone allows 30 for the whole request."""
LONGEST_SIGNED = 32 * 2**20
"""Bytes up to which a body that is too large is still read, only to check whether a phone signed it."""
REFUSED_AFTER_KEY, TOO_LARGE = "refused-after-key", "body-too-large"
"""Names of alerts in the log."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class Refused(Exception):
    """The request is refused.

    `status`, `error` and `detail` are the HTTP answer; `why` is for the log only: the answer does not tell an
    attacker which part was wrong. `alert` names the alert that is raised if the key was right, if any.
    """

    severity: Literal["INFO", "WARNING"] = "WARNING"

    def __init__(
        self, status: int, error: str, detail: str, *, why: str = "", alert: str = REFUSED_AFTER_KEY
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error = error
        self.detail = detail
        self.why = why or detail
        self.alert = alert


def unauthorized(why: str) -> Refused:
    """Return the refusal of a request that does not prove from whom it is."""
    return Refused(401, "unauthorized", "The secret or the signature is missing or wrong.", why=why)


class NotPosted(Refused):
    """The request is no POST. One that only reads is no reason to worry: a monitor makes one every minute."""

    def __init__(self, method: str) -> None:
        super().__init__(405, "method", "Only POST is answered here.", why="not a POST")
        if method in READING:
            self.severity = "INFO"


class NotFound(Refused):
    """There is nothing at that path, as something is not configured: anybody may look."""

    severity = "INFO"

    def __init__(self, why: str) -> None:
        super().__init__(404, "not-found", "There is nothing here.", why=why, alert="")


def check_method(method: str) -> None:
    """Accept only POST.

    Raises:
        NotPosted: 405.
    """
    if method != "POST":
        raise NotPosted(method)


def authenticate(query: bytes, keys: Sequence[bytes], parameter: bytes = PARAMETER) -> str:
    """Return four hex digits that tell which key was used without revealing it.

    Every key is compared in constant time, as bytes.

    Raises:
        Refused: 401; the parameter is missing, empty, wrong or given more than once.
    """
    given = _parameters(query).get(parameter, [])
    if len(given) != 1:
        how = "is missing" if not given else "is given more than once"
        raise unauthorized(f"{parameter.decode()} {how}")
    matches = [hmac.compare_digest(given[0], key) for key in keys if key]
    if not given[0] or not any(matches):
        raise unauthorized(f"{parameter.decode()} is wrong")
    return key_name(given[0])


def _parameters(query: bytes) -> Mapping[bytes, list[bytes]]:
    """Return the values of each parameter of a query."""
    values: dict[bytes, list[bytes]] = {}
    for each in query.split(b"&"):
        name, _, value = each.partition(b"=")
        values.setdefault(unquote_to_bytes(name), []).append(unquote_to_bytes(value))
    return values


def key_name(key: bytes) -> str:
    """Return the four hex digits by which logs name a key."""
    return hashlib.sha256(key).hexdigest()[:4]


class Signature:
    """The phone's signature, verified piece by piece: the whole body need not be in memory.

    It is the hex HMAC-SHA256 of the body followed by the timestamp as it was sent, in Unix seconds.
    """

    def __init__(self, headers: Mapping[str, str], keys: Sequence[bytes]) -> None:
        self._signature = headers.get("x-signature", "")
        self._timestamp = headers.get("x-timestamp", "")
        self._hashes = [hmac.new(key, digestmod="sha256") for key in keys]

    def update(self, piece: bytes) -> None:
        """Add the next piece of the body."""
        for each in self._hashes:
            each.update(piece)

    def check(self, max_age: float, now: float) -> None:
        """Check that one of the keys signed the body recently; no piece can follow.

        `max_age` is in seconds, for the past and the future.

        Raises:
            Refused: 401, whatever is wrong.
        """
        if not _SIGNATURE.fullmatch(self._signature) or not _TIMESTAMP.fullmatch(self._timestamp):
            raise unauthorized("X-Signature or X-Timestamp is missing or malformed")
        self.update(self._timestamp.encode())
        signature = bytes.fromhex(self._signature)
        matches = [hmac.compare_digest(each.digest(), signature) for each in self._hashes]
        if not any(matches):
            raise unauthorized("the signature fits none of SIGNING_KEYS")
        ahead = int(self._timestamp) - now
        if abs(ahead) > max_age:
            side = "ahead" if ahead > 0 else "behind"
            raise unauthorized(f"the signature is right but the phone's clock is {abs(ahead):.0f} s {side}")


def verify(
    body: bytes, headers: Mapping[str, str], *, keys: Sequence[bytes], max_age: float, now: float
) -> None:
    """Check that one of the phones' keys signed the body and the timestamp recently.

    Raises:
        Refused: 401, whatever is wrong.
    """
    signature = Signature(headers, keys)
    signature.update(body)
    signature.check(max_age, now)


async def is_from_phone(
    start: bytes,
    rest: AsyncIterator[bytes],
    headers: Mapping[str, str],
    *,
    keys: Sequence[bytes],
    max_age: float,
    clock: Callable[[], float],
) -> bool:
    """Return whether a phone posted a body of which only the start is in memory.

    True if no signature is required; false beyond `LONGEST_SIGNED` bytes.
    """
    if not keys:
        return True
    signature, size = Signature(headers, keys), len(start)
    signature.update(start)
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


OriginCheck = Callable[[bytes, AsyncIterator[bytes]], Awaitable[bool]]
"""Returns whether a phone posted a body that is too large, from what was read and what is left of it."""


async def read_body(
    chunks: AsyncIterator[bytes],
    announced: str | None,
    limit: int,
    *,
    reserve: Callable[[int], None],
    check_origin: OriginCheck | None = None,
) -> bytes:
    """Return the body, of at most `limit` bytes; `announced` is the Content-Length, if any.

    `reserve` is called with the number of bytes before they are kept in memory, and may raise. Without
    `check_origin`, no phone posts here.

    Raises:
        Refused: 413 if it is larger, 408 if it takes longer than `READ_TIME`.
    """
    size, body = _length(announced), BytesIO()
    try:
        async with asyncio.timeout(READ_TIME):
            if size <= limit:
                reserve(size)
                size = await _fill(body, chunks, limit, reserve)
            if size <= limit:
                return body.getvalue()  # shares its memory with the buffer
            from_phone = (
                size <= LONGEST_SIGNED and check_origin and await check_origin(body.getvalue(), chunks)
            )
    except TimeoutError:
        if size > limit:
            raise _too_large(limit, alert="") from None
        raise Refused(408, "timeout", f"The body took longer than {READ_TIME:.0f} s.") from None
    raise _too_large(limit, alert=TOO_LARGE if from_phone else "")


def _length(announced: str | None) -> int:
    """Return the Content-Length, or 0 if there is none that can be read."""
    if not announced or not announced.isascii() or not announced.isdecimal():
        return 0
    return int(announced[:20])


async def _fill(
    body: BytesIO, chunks: AsyncIterator[bytes], limit: int, reserve: Callable[[int], None]
) -> int:
    """Read up to the end, or just beyond the limit; return the number of bytes read."""
    async for chunk in chunks:
        size = body.tell() + len(chunk)
        if size <= limit:
            reserve(size)
        body.write(chunk)
        if size > limit:
            break
    return body.tell()


def _too_large(limit: int, alert: str) -> Refused:
    detail = f"The body is larger than {limit} bytes; MAX_BODY_BYTES sets the limit."
    return Refused(413, "too-large", detail, alert=alert)
