"""The one HTTP client of the process: a request in, at most one request on the wire, an answer out."""

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, PyreqwestError
from pyreqwest.multipart import FormBuilder, PartBuilder
from pyreqwest.request import RequestBuilder
from pyreqwest.response import Response

from forwarders.base import Failure, Misconfigured, TransientFailure

CONNECT = timedelta(seconds=3)
FORGOTTEN = timedelta(hours=1)
"""When a request that nobody waits for any more is let go: cancelling one does not take it off the wire.

This is by the clock on the wall, and an instance may be frozen while an answer waits in the socket; one
that is frozen for longer loses its process anyway.
"""
IDLE = timedelta(seconds=4)
"""How long an unused connection is kept: many servers close theirs after 5 s (Node.js, uvicorn).

An instance that was frozen between two requests wakes before it hears that the other side has hung up:
half of its requests then failed on a dead connection. The age of a connection is known without
hearing anything, so an old one is never used.
"""
LETTING_GO = 0.05
"""Seconds in which the client's own thread lets go of the interpreter, which must not end meanwhile.

The thread tells the loop of an answer, and is then still inside a Python call. An interpreter that ends
at that moment aborts: 1 process in 20 on an idle machine, none of 400 with this pause.
"""
LONGEST_ANSWER = 1 << 20
"""Bytes of an answer's body that are read; no service has more to say about one message."""
_UNCERTAIN = "it could not be reached, or broke off before it answered"
_UNKNOWN = "its name is not known, or names cannot be looked up"
_MALFORMED = "the configured address, or a header of the request, is malformed"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart form; a part with a `filename` is a file."""

    name: str
    content: bytes = field(repr=False)
    filename: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names are in lower case.

    Where the connection broke within the body, the body is what came before and not `whole`: the status
    still counts.
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


class Http:
    """The client that all forwarders share; safe to make anywhere, to be used in one event loop.

    The real client is made at the first request, inside the running loop, because one made before a
    server forks hangs. It is closed when the loop ends. Nothing is resent, no redirect is followed,
    no proxy is taken from the environment. Once connected there is no time-out worth the name: an
    instance may be frozen while its answer waits in the socket, so the caller counts running time and
    cancels.
    """

    def __init__(
        self, idle: timedelta = IDLE, connect: timedelta = CONNECT, forgotten: timedelta = FORGOTTEN
    ) -> None:
        self._make = partial(_client, idle, connect, forgotten)
        self._client: Client | None = None
        self._closer: asyncio.Task[None] | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        json: Any = None,
        fields: Mapping[str, str] | None = None,
        form: Sequence[Part] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Answer:
        """Make one request and return its answer, whatever its status.

        At most one of `content`, `json`, `fields` (sent URL-encoded) and `form` (multipart) is given.
        `enough` is asked with the body so far after each piece of it: once it says yes, the rest is not
        awaited and the connection is dropped.

        Raises:
            TransientFailure: nothing answered; whether the request was processed is not known.
            Misconfigured: the URL or a header is not one, or the service's certificate is not valid.
            No reason quotes any of them.
        """
        request = self._build(method, url, headers or {}).streamed_read_buffer_limit(0)
        if content is not None:
            request.body_bytes(content)
        elif json is not None:
            request.header("Content-Type", "application/json").body_bytes(_encoded(json))
        elif fields is not None:
            request.form(fields)
        elif form is not None:
            request.multipart(_multipart(form))
        return await _answer(request, enough or _never)

    def _build(self, method: str, url: str, headers: Mapping[str, str]) -> RequestBuilder:
        try:
            return self._running().request(method, url).headers(headers)
        except ValueError:
            raise Misconfigured(_MALFORMED) from None

    def _running(self) -> Client:
        if self._client is None or self._closer is None or self._closer.done():
            self._client = self._make()
            self._closer = at_loop_end(partial(_close, self._client))
        return self._client

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._closer is not None:
            self._closer.cancel()
            await asyncio.wait([self._closer])


def at_loop_end(close: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Call `close` when the running loop ends, or when the task that is returned is cancelled.

    A loop cancels the tasks that are left when it ends. The framework offers no other moment, and a
    client that is alive when the interpreter exits can abort it.
    """

    async def wait() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)  # requests that end with the loop are to hear it as a cancellation
            await close()

    return asyncio.get_running_loop().create_task(wait(), name="close at the end")


def retry_after(answer: Answer, clock: Callable[[], float] = time.time) -> float | None:
    """Return the seconds after which the service wants to be asked again, if it named a time.

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


def _client(idle: timedelta, connect: timedelta, forgotten: timedelta) -> Client:
    builder = ClientBuilder().no_proxy().follow_redirects(enable=False).user_agent("sms-relay")
    return builder.connect_timeout(connect).pool_idle_timeout(idle).timeout(forgotten).build()


async def _close(client: Client) -> None:
    await client.close()
    await asyncio.sleep(LETTING_GO)


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _multipart(form: Sequence[Part]) -> FormBuilder:
    builder = FormBuilder().percent_encode_noop()  # file names as browsers send them, in UTF-8
    for part in form:
        builder = builder.part(part.name, _piece(part))
    return builder


def _piece(part: Part) -> PartBuilder:
    piece = PartBuilder.from_bytes(part.content)
    if part.filename is not None:
        piece = piece.file_name(_quotable(part.filename))
    if part.content_type is not None:
        with suppress(ValueError):  # a stranger's file tells its own type, and may tell nonsense
            return piece.mime(part.content_type)
    return piece


def _quotable(name: str) -> str:
    """Keep a name within its quotes: a line break would end the part's headers."""
    return "".join(each if each.isprintable() and each not in '"\\' else "_" for each in name)


def _never(_body: bytes) -> bool:
    return False


async def _answer(request: RequestBuilder, enough: Callable[[bytes], bool]) -> Answer:
    failure: Failure
    try:
        async with request.build_streamed() as response:
            return Answer(response.status, _headers(response), *await _body(response, enough))
    except BuilderError:
        failure = Misconfigured(_MALFORMED)
    except PyreqwestError as error:
        failure = _failure(error)
    raise failure


def _failure(error: PyreqwestError) -> Failure:
    """Tell what happened, without the library's words: they hold the URL.

    Its classes do not tell whether the request was sent; a handshake that failed says that it was not.
    """
    causes = (getattr(error, "details", None) or {}).get("causes") or ()
    words = " ".join(cause["message"] for cause in causes)
    if "peer certificate" in words:
        return Misconfigured("its certificate is not valid for its name, or comes from an unknown authority")
    return TransientFailure(_UNKNOWN if "dns error" in words else _UNCERTAIN)


def _headers(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


async def _body(response: Response, enough: Callable[[bytes], bool]) -> tuple[bytes, bool]:
    """Return what is wanted of the body, and whether that is all of it."""
    body = b""
    with suppress(PyreqwestError):
        while len(body) < LONGEST_ANSWER:
            chunk = await response.body_reader.read_chunk()
            if chunk is None:
                return body, True
            body += chunk
            if enough(body):
                break
    return body, False
