"""Services that accept everything: Telegram, Slack and Firestore's writes over HTTP, and mail over SMTP.

Each port is shared by several processes, which do next to nothing for a message, so that the function is
what is measured.
"""

import asyncio
import multiprocessing
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import uvloop

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHAT = b'{"id":1,"type":"private","first_name":"x"}'
_TELEGRAM = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":' + _CHAT + b',"text":"x"}}'
_SLACK = b"ok"


def _build_answer(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


_ANSWERS = {b"/bot": _build_answer(_TELEGRAM), b"/ser": _build_answer(_SLACK)}


def _accept_writes(request: bytes) -> bytes:
    """Answer a commit of documents as Firestore does."""
    moment = b'"2027-01-15T08:00:00Z"'
    results = [b'{"updateTime":%s}' % moment] * request.count(b'"currentDocument"')
    return _build_answer(b'{"writeResults":[%s],"commitTime":%s}' % (b",".join(results), moment))


class Web(asyncio.Protocol):
    """A connection of an HTTP client that sends one request after another."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._buffer = b""
        self._request_length = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answers."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer a request once it is complete."""
        self._buffer += data
        if not self._request_length and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, end)
            self._request_length = end + 4 + (int(length[1]) if length else 0)
        if self._request_length and len(self._buffer) >= self._request_length:
            request, self._buffer = self._buffer[: self._request_length], self._buffer[self._request_length :]
            self._request_length = 0
            self._answer(_ANSWERS.get(request.split(b" ", 2)[1][:4]) or _accept_writes(request))

    def _answer(self, answer: bytes) -> None:
        if self._seconds:
            asyncio.get_running_loop().call_later(self._seconds, self._transport.write, answer)
        else:
            self._transport.write(answer)


class Mail(asyncio.Protocol):
    """A connection of a client that sends mail."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._buffer = b""
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the client."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 here\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer a request once it is complete."""
        self._buffer += data
        while self._buffer:
            end = b"\r\n.\r\n" if self._in_mail else b"\r\n"
            line, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            self._handle(line)

    def _handle(self, line: bytes) -> None:
        if self._in_mail:
            self._in_mail = False
            asyncio.get_running_loop().call_later(self._seconds, self._transport.write, b"250 accepted\r\n")
        elif line[:4].upper() == b"DATA":
            self._in_mail = True
            self._transport.write(b"354 go on\r\n")
        else:
            self._transport.write(b"221 bye\r\n" if line[:4].upper() == b"QUIT" else b"250 yes\r\n")


@dataclass(frozen=True, slots=True)
class Services:
    """The ports of the services."""

    web: int
    mail: int

    @property
    def telegram(self) -> dict[str, str]:
        """The variables of the destination `telegram`."""
        return {
            "TELEGRAM_BOT_TOKEN": "123456789:AAF-telegram_token_of_this_benchmark",
            "TELEGRAM_CHAT_ID": "1",
            "TELEGRAM_API_URL": f"http://{HOST}:{self.web}",
        }

    @property
    def slack(self) -> dict[str, str]:
        """The variables of the destination `slack`."""
        return {"SLACK_WEBHOOK_URL": f"http://{HOST}:{self.web}/services/T0/B0/X0"}

    @property
    def firestore(self) -> dict[str, str]:
        """The variables of a ledger in Firestore that is only written to."""
        return {"LEDGER_URL": "firestore://bench", "FIRESTORE_EMULATOR_HOST": f"{HOST}:{self.web}"}

    @property
    def email(self) -> dict[str, str]:
        """The variables of the destination `email`."""
        url = f"smtp://{HOST}:{self.mail}?tls=off"
        return {"SMTP_URL": url, "EMAIL_FROM": "phone@example.org", "EMAIL_TO": "anna@example.org"}


@contextmanager
def services(seconds: float = 0.0, processes: int = 1) -> Iterator[Services]:
    """Run the services, each of which takes so many seconds to accept a message."""
    web, mail = _shared_port(), _shared_port()
    spawn = multiprocessing.get_context("spawn")
    running = [spawn.Process(target=serve, args=(web[1], mail[1], seconds)) for _ in range(processes)]
    for each in running:
        each.start()
    try:
        for port in (web[1], mail[1]):
            _await_listener(port)
        yield Services(web[1], mail[1])
    finally:
        for each in running:
            each.terminate()
            each.join()
        web[0].close()
        mail[0].close()


def _shared_port() -> tuple[socket.socket, int]:
    """Reserve a port that other processes may listen on."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reserved.bind((HOST, 0))
    return reserved, reserved.getsockname()[1]


def _await_listener(port: int) -> None:
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return


def serve(web: int, mail: int, seconds: float) -> None:
    """Serve until the process is terminated."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    uvloop.run(_serve(web, mail, seconds))


async def _serve(web: int, mail: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: Web(seconds), HOST, web, reuse_port=True)
    second = await loop.create_server(lambda: Mail(seconds), HOST, mail, reuse_port=True)
    async with first, second:
        await asyncio.gather(first.serve_forever(), second.serve_forever())
