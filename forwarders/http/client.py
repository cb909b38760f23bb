"""The client that all forwarders share."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

from pyreqwest.http import Url
from pyreqwest.request import RequestBuilder

from forwarders.base import Misconfigured, TransientFailure
from forwarders.http.answer import MAX_BODY, Answer, send
from forwarders.http.body import Part, build_form, encode_json
from forwarders.http.connections import Connections
from forwarders.http.errors import MALFORMED

CONNECT = timedelta(seconds=3)
TIMEOUT = timedelta(hours=1)
"""When the library itself gives up a request whose connection nothing else has closed.

This is wall-clock time, and an instance may be frozen while an answer waits in the socket; one that is
frozen for longer than this is shut down anyway.
"""
IDLE = timedelta(seconds=4)
"""How long an idle connection is kept: many servers close theirs after 5 s (Node.js, uvicorn).

An instance that was frozen between two requests resumes before it learns that the server has closed the
connection: half of its requests then failed. The age of a connection is known without that, so an old
one is never used.
"""
CLOSE_PAUSE = 0.05
"""Seconds for the client's own thread to return from Python before the interpreter may exit.

The thread reports an answer to the loop, and is then still inside a Python call. An interpreter that
exits at that moment aborts: 1 process in 20 on an idle machine, none of 400 with this pause.
"""
MAX_OPEN_REQUESTS = 64
"""Requests to one host and port that may be open at once, cancelled ones included."""
SLOT_WAIT = 1.0
"""Seconds that a request waits for a slot; a working service answers many requests in that time."""
CLEAN_UP_INTERVAL = 2.0
"""Seconds from a cancellation to the first attempt to close its connection, and between two attempts."""


class Http:
    """The client that all forwarders share; create it anywhere, and use it in one event loop.

    The library's client is created at the first request, inside the running loop, because one created
    before a server forks hangs. It is closed when the loop ends. Nothing is resent, no redirect is
    followed, no proxy is taken from the environment. Once connected there is practically no time-out: an
    instance may be frozen while its answer waits in the socket, so the caller counts running time and
    cancels. The connection of a cancelled request is closed once no other request of the same client is
    being waited for; new requests use a new client.
    """

    def __init__(
        self, idle: timedelta = IDLE, connect: timedelta = CONNECT, timeout: timedelta = TIMEOUT
    ) -> None:
        self._connect = partial(Connections, idle, connect, timeout)
        self._current: Connections | None = None
        self._retired: list[Connections] = []
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(_new_slots)
        self._timer: asyncio.TimerHandle | None = None
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
        limit: int = MAX_BODY,
    ) -> Answer:
        """Make one request and return its answer, whatever its status.

        At most one of `content`, `json`, `fields` (sent URL-encoded) and `form` (multipart) is given.
        `enough` is called with the body so far, at first an empty one, and again after each piece of it: once
        it returns true, the rest is not read and the connection is dropped. So it is after `limit` bytes.

        Raises:
            TransientFailure: there was no answer, and whether the request was processed is unknown; or too
                many requests to the host are unanswered, and this one was not sent.
            Misconfigured: the URL, a header or the service's certificate is not valid.
            The reasons quote nothing but the host and its port.
        """
        address = _parse(url)
        host = _host(address)
        slot = await self._acquire_slot(host)
        connections = self._current = self._current or self._connect()
        connections.waiting += 1
        is_finished = True
        try:
            request = _build(connections, method, address, headers or {})
            if content is not None:
                request.body_bytes(content)
            elif json is not None:
                request.header("Content-Type", "application/json").body_bytes(encode_json(json))
            elif fields is not None:
                request.form(fields)
            elif form is not None:
                request.multipart(build_form(form))
            return await send(request, host, enough, limit)
        except asyncio.CancelledError:
            is_finished = False
            raise
        finally:
            connections.waiting -= 1
            if is_finished:
                slot.release()
            else:
                connections.cancelled.append(slot)
                self._clean_up_soon()

    async def _acquire_slot(self, host: str) -> asyncio.Semaphore:
        """Wait for a slot for one more request to a host, and take it."""
        self._start()
        slot = self._slots[host]
        try:
            async with asyncio.timeout(SLOT_WAIT) if slot.locked() else nullcontext():
                await slot.acquire()
        except TimeoutError:
            reason = f"{host} is busy: {MAX_OPEN_REQUESTS} requests to it have not been answered"
            raise TransientFailure(reason) from None
        return slot

    def _start(self) -> None:
        if self._closer is None or self._closer.done():
            self._current, self._retired, self._timer = None, [], None
            self._slots = defaultdict(_new_slots)
            self._closer = at_loop_end(self._close)

    def _clean_up_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(CLEAN_UP_INTERVAL, self._clean_up)

    def _clean_up(self) -> None:
        """Close the connections of cancelled requests once no other request on them is being waited for."""
        self._timer = None
        if self._current and self._current.cancelled:
            self._retired.append(self._current)
            self._current = None
        for each in self._retired:
            if not each.waiting:
                each.shut_down()
            if not each.is_used:
                each.release_slots()
        self._retired = [each for each in self._retired if each.cancelled]
        if self._retired:
            self._clean_up_soon()

    async def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        open_connections = [*self._retired, *([self._current] if self._current else [])]
        self._current, self._retired = None, []
        for each in open_connections:
            await each.close()
            each.release_slots()
        await asyncio.sleep(CLOSE_PAUSE)

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._closer is not None:
            self._closer.cancel()
            await asyncio.wait([self._closer])


def at_loop_end(close: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Call `close` when the running loop ends, or when the task that is returned is cancelled.

    A loop cancels the remaining tasks when it ends. The framework has no shutdown hook, and a client
    that is alive when the interpreter exits can abort it.
    """

    async def wait() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)  # requests that end with the loop must see their cancellation first
            await close()

    return asyncio.get_running_loop().create_task(wait(), name="close at the end")


def _new_slots() -> asyncio.Semaphore:
    return asyncio.Semaphore(MAX_OPEN_REQUESTS)


def _build(connections: Connections, method: str, url: Url, headers: Mapping[str, str]) -> RequestBuilder:
    try:
        return connections.build(method, url).headers(headers).streamed_read_buffer_limit(0)
    except ValueError:
        raise Misconfigured(MALFORMED) from None


def _parse(url: str) -> Url:
    try:
        return Url(url)
    except ValueError:
        raise Misconfigured(MALFORMED) from None


def _host(url: Url) -> str:
    """Return the host, and the port if it is not the default one: nothing that can contain a secret."""
    return f"{url.host_str}:{url.port}" if url.port else url.host_str or ""
