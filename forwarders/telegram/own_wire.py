"""The bot library's requests by its own client, should the shared one disappoint."""

import logging
import ssl
from asyncio import Task
from functools import cache
from typing import Any

import httpx
from telegram.request import HTTPXRequest, _httpxrequest

from forwarders.http import CONNECT, IDLE, Answer, at_loop_end
from forwarders.telegram.answers import readable, told

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

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make one request."""
        if self._closer is None or self._closer.done():
            await self.initialize()
            self._closer = at_loop_end(self.shutdown)
        status, body = await super().do_request(url, *args, **kwargs)
        return told(url, Answer(status, body=body))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what the library can rely on; its own reader logs what it cannot read."""
        return readable(payload)


@cache
def _tls() -> ssl.SSLContext:
    """Make one context for all: reading the certificates takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)
