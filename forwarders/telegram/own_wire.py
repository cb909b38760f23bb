"""The bot library's requests by its own client, should the shared one disappoint."""

import logging
import ssl
from asyncio import Task
from contextlib import suppress
from functools import cache
from typing import Any

import httpx
from telegram.error import NetworkError
from telegram.request import HTTPXRequest, RequestData, _httpxrequest

from forwarders.acceptance import is_ok
from forwarders.http import CONNECT, IDLE, Answer, at_loop_end
from forwarders.telegram.answers import is_post, readable, told

for _name in ("httpx", "httpcore"):
    # They write texts and the token into the log: the one at INFO, the other at DEBUG.
    logging.getLogger(_name).setLevel(logging.WARNING)

_httpxrequest.httpx = httpx  # type: ignore[attr-defined]  # `library` has left it out


class OwnWire(HTTPXRequest):
    """The library's requests by its own client."""

    __slots__ = ("_closer",)

    def __init__(self) -> None:
        limits = httpx.Limits(keepalive_expiry=IDLE.total_seconds())
        super().__init__(
            connect_timeout=CONNECT.total_seconds(),
            read_timeout=None,
            write_timeout=None,
            pool_timeout=None,
            media_write_timeout=None,
            httpx_kwargs={"verify": _tls(), "trust_env": False, "limits": limits},
        )
        self._closer: Task[None] | None = None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Make one request; the library's own way forgets an answer that does not come to its end."""
        if self._closer is None or self._closer.done():
            await self.initialize()
            self._closer = at_loop_end(self.shutdown)
        data = request_data.json_parameters if request_data else None
        files = request_data.multipart_data if request_data else None
        try:
            async with self._client.stream(method, url, data=data, files=files) as response:
                answer = await _read(response, until_ok=is_post(url))
        except httpx.HTTPError as error:
            raise NetworkError(type(error).__name__) from None
        return told(url, answer)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what the library can rely on; its own reader logs what it cannot read."""
        return readable(payload)


async def _read(response: httpx.Response, *, until_ok: bool) -> Answer:
    body = b""
    with suppress(httpx.TransportError):
        async for chunk in response.aiter_bytes():
            body += chunk
            if until_ok and is_ok(body):
                break
        else:
            return Answer(response.status_code, dict(response.headers), body)
    return Answer(response.status_code, dict(response.headers), body, whole=False)


@cache
def _tls() -> ssl.SSLContext:
    """Make one context for all: reading the certificates takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)
