"""The bot library's requests, over the HTTP client that all forwarders share."""

import logging
from http import HTTPStatus
from typing import Any

from forwarders.acceptance import is_ok
from forwarders.base import TransientFailure
from forwarders.http import Answer, Http, Part, retry_after
from forwarders.status import FINE, not_accepted
from forwarders.telegram.library import BaseRequest, Bot, RequestData, TelegramError
from forwarders.telegram.options import TelegramOptions

logging.getLogger("telegram").setLevel(logging.WARNING)  # at DEBUG it writes texts and the token


class Rejected(TelegramError):
    """An answer other than an acceptance.

    The library has exceptions of its own for some of these, but they drop the status, the wait and who
    has answered. `description` is Telegram's own sentence in lower case, or the name of the status.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        body = answer.json()
        fields = body if isinstance(body, dict) else {}
        description, parameters = fields.get("description"), fields.get("parameters")
        numbers = parameters if isinstance(parameters, dict) else {}
        self.is_from_telegram = fields.get("ok") is False
        # something on the way can turn the status into a success, but leaves the words
        self.status = HTTPStatus.BAD_REQUEST if answer.status in FINE else answer.status
        self.description = description.lower() if isinstance(description, str) else _phrase(self.status)
        self.new_chat_id = _integer(numbers.get("migrate_to_chat_id"))
        self.is_busy = _integer(numbers.get("retry_after")) is not None
        self.retry_after = _integer(numbers.get("retry_after")) if self.is_busy else retry_after(answer)


class SharedRequest(BaseRequest):
    """Sends what the library has built; the time-outs are left to the caller, who cancels."""

    __slots__ = ("_http",)

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def read_timeout(self) -> None:
        """There is none."""

    async def initialize(self) -> None:
        """Do nothing: the client is made at its first request."""

    async def shutdown(self) -> None:
        """Do nothing: the client belongs to all forwarders."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Make one request, and return its status and body if Telegram has accepted it.

        Of the answer to a post only the acceptance is passed on: the rest is not used, and may be cut off.

        Raises:
            Rejected: the answer is another one.
            TransientFailure, Misconfigured: no answer, or not one of a Bot API server. The library raises
                its own error from it.
        """
        endpoint = url.rpartition("/")[2]
        is_post = endpoint.startswith("send")
        fields = request_data.json_parameters if request_data else {}
        body: dict[str, Any] = {"fields": fields}
        if request_data and request_data.contains_files:
            body = {"form": _parts(fields, request_data)}
        answer = await self._http.request(method, url, **body, enough=is_ok if is_post else None)
        _check(answer)
        if is_post:
            return HTTPStatus.OK, b'{"result": []}' if endpoint == "sendMediaGroup" else b'{"result": true}'
        if answer.json() is None:
            raise TransientFailure("Telegram's answer is not understood")
        return answer.status, answer.body


def build_bot(options: TelegramOptions, http: Http) -> Bot:
    """Build the bot; it asks nothing of Telegram before it is used."""
    request = SharedRequest(http)
    url = options.api_url
    token = options.bot_token.get_secret_value()
    return Bot(token, f"{url}/bot", f"{url}/file/bot", request=request, get_updates_request=request)


def _check(answer: Answer) -> None:
    if answer.status in FINE and is_ok(answer.body):
        return
    rejected = Rejected(answer)
    if answer.status in FINE and not rejected.is_from_telegram:
        raise not_accepted(answer, "a Bot API server", "api_url")
    raise rejected


def _parts(fields: dict[str, str], data: RequestData) -> list[Part]:
    parts = [Part(name, value.encode()) for name, value in fields.items()]
    for name, (filename, content, kind) in data.multipart_data.items():
        parts.append(Part(name, content if isinstance(content, bytes) else content.read(), filename, kind))
    return parts


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase.lower()
    except ValueError:
        return ""


def _integer(value: Any) -> int | None:
    return value if type(value) is int else None
