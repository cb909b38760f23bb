"""A scriptable HTTP service on this machine: it answers as it was set to, hangs, or breaks off."""

import asyncio
import json
import re
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; `length` promises more bytes than there are.

    The connection is then cut or, if the answer is `unending`, held without another byte.
    """

    status: int = 200
    body: bytes = b"ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    unending: bool = False

    def encode(self) -> bytes:
        """Write it as HTTP/1.1 does."""
        lines = [f"HTTP/1.1 {self.status} Scripted", f"Content-Length: {self.length or len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def reply(status: int, content: Any = None, **headers: str) -> Reply:
    """Make an answer of a JSON value; `Retry_After="7"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **named})


class Trouble(Enum):
    """What a service does in place of an answer."""

    HANG = "hangs after reading"
    DROP_UNREAD = "breaks off before reading"
    DROP_READ = "breaks off after reading"


@dataclass(frozen=True, slots=True)
class File:
    """A part of a multipart form, as it came; what has no name of its own is a plain field."""

    name: str | None
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request as it came over the wire; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    def json(self) -> Any:
        """Return the body decoded."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """Return the fields of the form, however it is encoded, or of the query if there is no body."""
        if self._boundary:
            return {name: file.data.decode() for name, file in self._parts() if file.name is None}
        pairs = self.body.decode() if self.body else urlsplit(self.target).query
        return dict(parse_qsl(pairs, keep_blank_values=True))

    def files(self) -> dict[str, File]:
        """Return the files of a multipart form by the names of their fields."""
        return {name: file for name, file in self._parts() if file.name is not None}

    @property
    def _boundary(self) -> bytes:
        found = re.match(r'multipart/form-data; *boundary="?([^"]+)', self.headers.get("content-type", ""))
        return found[1].encode() if found else b""

    def _parts(self) -> Iterator[tuple[str, File]]:
        if not self._boundary:
            return
        for piece in (b"\r\n" + self.body).split(b"\r\n--" + self._boundary)[1:-1]:
            head, _, data = piece.partition(b"\r\n\r\n")
            text = head.decode()
            name, kind = (
                _search(r' name="([^"]*)"', text),
                _search(r"(?i)content-type: (\S+)", text),
            )
            yield name or "", File(_search(r'filename="([^"]*)"', text), kind or "", data)


def _search(pattern: str, head: str) -> str | None:
    found = re.search(pattern, head)
    return found[1] if found else None


Act = Reply | Trouble


class Service:
    """An HTTP server on a port of its own; override `respond` to play a particular service.

    `acts` are used up one a request; when there are none left, `objection` may have an answer, else
    `respond` answers, by default what is `usual`. `always` is used in place of all. `requests` are the
    whole requests that came, `attempts` how many were begun, `connections` how many were opened.
    """

    def __init__(self, usual: bytes = b"ok") -> None:
        self.usual = usual
        self.objection: Callable[[Request], Act | None] = lambda _request: None
        self.requests: list[Request] = []
        self.attempts = 0
        self.connections = 0
        self.acts: deque[Act] = deque()
        self.always: Act | None = None
        self.port = 0
        self._server: asyncio.Server | None = None
        self._turns: set[asyncio.Task[Any]] = set()

    async def respond(self, request: Request) -> Act:  # noqa: ARG002  a service that reads overrides it
        """Answer a request that no script answers."""
        return Reply(200, self.usual)

    @property
    def url(self) -> str:
        """Where the service is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, family=socket.AF_INET)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.vanish()

    async def vanish(self) -> None:
        """Refuse connections from now on, and break off those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.hang_up()

    async def hang_up(self) -> None:
        """Break off the connections that are open."""
        for turn in self._turns:
            turn.cancel()
        if self._turns:
            await asyncio.wait(self._turns)

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._turns)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        # A task of our own: the one that asyncio makes complains aloud when it is cancelled.
        task = asyncio.create_task(self._talk(reader, writer))
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._turn(reader, writer):
                    pass
        finally:
            writer.transport.abort()

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one request, and return whether the connection stays open."""
        first = await reader.readexactly(1)
        self.attempts += 1
        if self._next() is Trouble.DROP_UNREAD:
            self._used()
            return False
        request = await _read(first, reader)
        self.requests.append(request)
        act = self._used() or self.objection(request) or await self.respond(request)
        if act is Trouble.HANG:
            await reader.read()  # until the other side gives up
        if not isinstance(act, Reply):
            return False
        writer.write(act.encode())
        await writer.drain()
        if act.unending:
            await reader.read()  # until the other side gives up
        return act.length is None

    def _next(self) -> Act | None:
        return self.always or (self.acts[0] if self.acts else None)

    def _used(self) -> Act | None:
        if self.always:
            return self.always
        return self.acts.popleft() if self.acts else None


async def _read(first: bytes, reader: asyncio.StreamReader) -> Request:
    start, *lines = (
        (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip("\r\n").split("\r\n")
    )
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = start.split(" ")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body)
