"""Phones that post signed SMS, each as soon as the one before it is answered."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from statistics import quantiles
from typing import cast

import uvloop

from tools.bench.process import API_KEY
from tools.bench.services import HOST

SIGNING_KEY = "Zk3yP9qa"
_SMS = (
    '{"deviceId":"ffffffffceb0b1db0000018e937c815b","event":"sms:received","id":"bench-%d","payload":'
    '{"messageId":"a1b2c3d4","sender":"MyBank","recipient":"+12025550143","phoneNumber":"MyBank","simNumber":1,'
    '"message":"%06d is your MyBank code. It expires in 10 minutes. Never share it. Number %d.",'
    '"receivedAt":"%s"},"webhookId":"LreFUt-Z3sSq0JufY9uWB"}'
)
_HEAD = (
    b"POST /?apiKey=%s HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
    b"X-Timestamp: %s\r\nX-Signature: %s\r\nContent-Length: %d\r\n\r\n"
)


@dataclass
class Tally:
    """The latency of each accepted SMS in milliseconds, and how many were not answered with 200."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def rate(self) -> float:
        """Accepted SMS per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Return a percentile of the latencies, in milliseconds."""
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def sms(number: int) -> bytes:
    """Return the request that posts one SMS; each number makes a different SMS."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime())
    body = (_SMS % (number, number % 1_000_000, number, moment)).encode()
    stamp = b"%d" % time.time()
    signature = hmac.new(SIGNING_KEY.encode(), body + stamp, hashlib.sha256).hexdigest().encode()
    return _HEAD % (API_KEY.encode(), stamp, signature, len(body)) + body


def bare_request(_number: int) -> bytes:
    """Return the request that is sent to a service directly."""
    return b"POST /bot HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}"


class Caller(asyncio.Protocol):
    """A connection that is never idle."""

    def __init__(self, tally: Tally, make: Callable[[], bytes], until: float) -> None:
        self._tally = tally
        self._make_request = make
        self._until = until
        self._buffer = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Post the first SMS."""
        self._transport = cast(asyncio.Transport, transport)
        self._post()

    def data_received(self, data: bytes) -> None:
        """Record the answer once it is complete, and post the next SMS."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0]):
            return
        now = time.perf_counter()
        if head.startswith(b"HTTP/1.1 200"):
            self._tally.latencies.append((now - self._posted_at) * 1000)
        else:
            self._tally.failed += 1
        self._buffer = b""
        if now < self._until:
            self._post()
        else:
            self._transport.close()

    def connection_lost(self, _why: Exception | None) -> None:
        """Finish; a broken connection posts no more."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _post(self) -> None:
        request = self._make_request()
        self._posted_at = time.perf_counter()
        self._transport.write(request)


def run_load(port: int, connections: int, seconds: float, make: Callable[[int], bytes] = sms) -> Tally:
    """Post over so many connections for so many seconds."""
    return uvloop.run(_run_load(port, connections, seconds, make))


_NUMBERS = count(1)


async def _run_load(port: int, connections: int, seconds: float, make: Callable[[int], bytes]) -> Tally:
    tally, started_at = Tally(), time.perf_counter()
    loop = asyncio.get_running_loop()
    until = started_at + seconds
    callers = [
        (
            await loop.create_connection(
                lambda: Caller(tally, lambda: make(next(_NUMBERS)), until), HOST, port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(each.ended for each in callers))
    tally.seconds = time.perf_counter() - started_at
    return tally
