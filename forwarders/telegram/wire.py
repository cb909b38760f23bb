"""How the bot library's requests travel, and what it is told of the answers."""

import json
import logging
import ssl
from asyncio import Task
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from forwarders.http import CONNECT, IDLE, Http, Part, at_loop_end
from forwarders.telegram.options import TelegramOptions

for _name in ("telegram", "httpx", "httpcore"):
    # They write texts and the token into the log: the client at INFO, the others at DEBUG.
    logging.getLogger(_name).setLevel(logging.WARNING)

_REFUSALS = range(300, 500)
_KNOWN = {400, 401, 403, 404, 408, 409}
"""The refusals that the library's exceptions tell apart, or that time mends."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Unlisted(TelegramError):
    """A refusal for which the library has only a network error, or, for 429, one that warns of itself.

    `wait` is the number of seconds that Telegram asks for.
    """

    def __init__(self, status: int, wait: int | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.wait = wait


class Wire(BaseRequest):
    """The library's requests by the client that all forwarders share."""

    __slots__ = ("_http",)

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def read_timeout(self) -> None:
        """None: whoever waits counts running time, and cancels."""

    async def initialize(self) -> None:
        """Do nothing: the client makes itself at its first request."""

    async def shutdown(self) -> None:
        """Do nothing: the client is not ours to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Make one request; a `Failure` that is raised becomes the cause of the library's own error."""
        fields = request_data.json_parameters if request_data else {}
        if request_data and request_data.contains_files:
            answer = await self._http.request(method, url, form=_parts(fields, request_data))
        else:
            answer = await self._http.request(method, url, headers=_FORM, content=urlencode(fields).encode())
        return told(url, answer.status, answer.body)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what the library can rely on; its own reader logs what it cannot read."""
        return readable(payload)


class OwnWire(HTTPXRequest):
    """The library's requests by its own client, should the shared one disappoint."""

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
        return told(url, *await super().do_request(url, *args, **kwargs))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what the library can rely on; its own reader logs what it cannot read."""
        return readable(payload)


def bot(options: TelegramOptions, http: Http) -> Bot:
    """Make the bot; it asks nothing of Telegram before it is used."""
    wire = Wire(http) if options.transport == "shared" else OwnWire()
    url = options.api_url
    token = options.bot_token.get_secret_value()
    return Bot(token, f"{url}/bot", f"{url}/file/bot", request=wire, get_updates_request=wire)


def told(url: str, status: int, body: bytes) -> tuple[int, bytes]:
    """Return what the library is to hear of an answer.

    That a post was accepted is all that matters of the answer to it: the rest may be cut or unknown.

    Raises:
        Unlisted: the library would not tell what the refusal was.
    """
    method = url.rpartition("/")[2]
    if status in _REFUSALS and status not in _KNOWN:
        raise Unlisted(status, (readable(body).get("parameters") or {}).get("retry_after"))
    if status < _REFUSALS.start and method.startswith("send"):
        return status, b'{"result": []}' if method == "sendMediaGroup" else b'{"result": true}'
    return status, body


def readable(payload: bytes) -> dict[str, Any]:
    """Decode an answer; what is not of the form that the library takes for granted is left out."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(answer, dict):
        return {}
    described, parameters = answer.get("description"), answer.get("parameters")
    return {
        **answer,
        "description": described if isinstance(described, str) else None,
        "parameters": _numbers(parameters) if isinstance(parameters, dict) else None,
    }


def _numbers(parameters: dict[str, Any]) -> dict[str, int]:
    return {name: each for name, each in parameters.items() if type(each) is int}


def _parts(fields: dict[str, str], data: RequestData) -> list[Part]:
    parts = [Part(name, value.encode()) for name, value in fields.items()]
    for name, (filename, content, kind) in data.multipart_data.items():
        parts.append(Part(name, content if isinstance(content, bytes) else content.read(), filename, kind))
    return parts


@cache
def _tls() -> ssl.SSLContext:
    """Make one context for all: reading the certificates takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)
