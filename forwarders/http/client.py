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
from forwarders.http.answer import Answer, send
from forwarders.http.body import Part, build_form, encode_json
from forwarders.http.connections import Connections
from forwarders.http.errors import MALFORMED

CONNECT = timedelta(seconds=3)
FORGOTTEN = timedelta(hours=1)
"""When the library itself gives a request up, should nothing else have closed its connection.

This is by the clock on the wall, and an instance may be frozen while an answer waits in the socket; one
that is frozen for longer loses its process anyway.
"""
IDLE = timedelta(seconds=4)
"""How long an unused connection is kept: many servers close theirs after 5 s (Node.js, uvicorn).

An instance that was frozen between two requests wakes before it hears that the other side has hung up:
half of its requests then failed on a dead connection. The age of a connection is known without
hearing anything, so an old one is never used.
"""
CLOSING = 0.05
"""Seconds in which the client's own thread lets go of the interpreter, which must not end meanwhile.

The thread tells the loop of an answer, and is then still inside a Python call. An interpreter that ends
at that moment aborts: 1 process in 20 on an idle machine, none of 400 with this pause.
"""
MOST_OPEN = 64
"""Requests to one host and port that may be on the wire at once, cancelled ones included."""
PATIENCE = 1.0
"""Seconds that a request waits for one of those before it to be answered; a service at work answers many."""
PAUSE = 2.0
"""Seconds between a cancellation and the first attempt to close its connection, and between two attempts."""


class Http:
    """The client that all forwarders share; safe to make anywhere, to be used in one event loop.

    The real client is made at the first request, inside the running loop, because one made before a
    server forks hangs. It is closed when the loop ends. Nothing is resent, no redirect is followed,
    no proxy is taken from the environment. Once connected there is no time-out worth the name: an
    instance may be frozen while its answer waits in the socket, so the caller counts running time and
    cancels. The connection of a cancelled request is closed once nobody waits for the requests that were
    begun with it; new ones are then begun on connections of their own.
    """

    def __init__(
        self, idle: timedelta = IDLE, connect: timedelta = CONNECT, forgotten: timedelta = FORGOTTEN
    ) -> None:
        self._connect = partial(Connections, idle, connect, forgotten)
        self._current: Connections | None = None
        self._retired: list[Connections] = []
        self._rooms: defaultdict[str, asyncio.Semaphore] = defaultdict(_room)
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
    ) -> Answer:
        """Make one request and return its answer, whatever its status.

        At most one of `content`, `json`, `fields` (sent URL-encoded) and `form` (multipart) is given.
        `enough` is asked with the body so far, at first an empty one, and again after each piece of it: once
        it says yes, the rest is not awaited and the connection is dropped.

        Raises:
            TransientFailure: nothing answered, and whether the request was processed is not known; or the
                host has left too many requests unanswered, and this one was not sent.
            Misconfigured: the URL or a header is not one, or the service's certificate is not valid.
            No reason quotes any of them, except the host and its port.
        """
        place = _parse(url)
        host = _host(place)
        room = await self._enter(host)
        connections = self._current = self._current or self._connect()
        connections.waiting += 1
        is_off_the_wire = True
        try:
            request = _build(connections, method, place, headers or {})
            if content is not None:
                request.body_bytes(content)
            elif json is not None:
                request.header("Content-Type", "application/json").body_bytes(encode_json(json))
            elif fields is not None:
                request.form(fields)
            elif form is not None:
                request.multipart(build_form(form))
            return await send(request, host, enough)
        except asyncio.CancelledError:
            is_off_the_wire = False
            raise
        finally:
            connections.waiting -= 1
            if is_off_the_wire:
                room.release()
            else:
                connections.cancelled.append(room)
                self._clean_up_soon()

    async def _enter(self, host: str) -> asyncio.Semaphore:
        """Wait for room for one more request to a host, and take it."""
        self._begin()
        room = self._rooms[host]
        try:
            async with asyncio.timeout(PATIENCE) if room.locked() else nullcontext():
                await room.acquire()
        except TimeoutError:
            busy = f"{host} is busy: {MOST_OPEN} requests to it have not been answered"
            raise TransientFailure(busy) from None
        return room

    def _begin(self) -> None:
        if self._closer is None or self._closer.done():
            self._current, self._retired, self._timer = None, [], None
            self._rooms = defaultdict(_room)
            self._closer = at_loop_end(self._close)

    def _clean_up_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PAUSE, self._clean_up)

    def _clean_up(self) -> None:
        """Close what was given up, as soon as nobody waits for anything that would be closed with it."""
        self._timer = None
        if self._current and self._current.cancelled:
            self._retired.append(self._current)
            self._current = None
        for each in self._retired:
            if not each.waiting:
                each.shut_down()
            if not each.is_used:
                each.free_rooms()
        self._retired = [each for each in self._retired if each.cancelled]
        if self._retired:
            self._clean_up_soon()

    async def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        every = [*self._retired, *([self._current] if self._current else [])]
        self._current, self._retired = None, []
        for each in every:
            await each.close()
            each.free_rooms()
        await asyncio.sleep(CLOSING)

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


def _room() -> asyncio.Semaphore:
    return asyncio.Semaphore(MOST_OPEN)


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
    """Return the host, and the port if it is not the usual one: nothing that can hold a secret."""
    return f"{url.host_str}:{url.port}" if url.port else url.host_str or ""
