"""How the bot library's requests travel."""

import logging
from typing import Any

from forwarders.acceptance import is_ok
from forwarders.http import Http, Part
from forwarders.telegram.answers import is_post, readable, told
from forwarders.telegram.library import BaseRequest, Bot, RequestData
from forwarders.telegram.options import TelegramOptions

logging.getLogger("telegram").setLevel(logging.WARNING)  # at DEBUG it writes texts and the token


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
        enough = is_ok if is_post(url) else None
        if request_data and request_data.contains_files:
            form = _parts(fields, request_data)
            answer = await self._http.request(method, url, form=form, enough=enough)
        else:
            answer = await self._http.request(method, url, fields=fields, enough=enough)
        return told(url, answer)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what the library can rely on; its own reader logs what it cannot read."""
        return readable(payload)


def bot(options: TelegramOptions, http: Http) -> Bot:
    """Make the bot; it asks nothing of Telegram before it is used."""
    wire = Wire(http) if options.transport == "shared" else _own_wire()
    url = options.api_url
    token = options.bot_token.get_secret_value()
    return Bot(token, f"{url}/bot", f"{url}/file/bot", request=wire, get_updates_request=wire)


def _own_wire() -> BaseRequest:
    from forwarders.telegram.own_wire import OwnWire  # noqa: PLC0415  (30 ms, for who asks for it)

    return OwnWire()


def _parts(fields: dict[str, str], data: RequestData) -> list[Part]:
    parts = [Part(name, value.encode()) for name, value in fields.items()]
    for name, (filename, content, kind) in data.multipart_data.items():
        parts.append(Part(name, content if isinstance(content, bytes) else content.read(), filename, kind))
    return parts
