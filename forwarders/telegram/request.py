"""The bot library's requests, over the HTTP client that all forwarders share."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from forwarders.acceptance import is_ok, member
from forwarders.base import TransientFailure
from forwarders.http import Answer, Http, Part, retry_after
from forwarders.status import FINE, not_accepted
from forwarders.telegram.library import BaseRequest, Bot, RequestData, TelegramError
from forwarders.telegram.options import TelegramOptions

NUMBERS_TIME = 0.25
"""Seconds from the acceptance of a post that the rest of the answer, with the numbers, may take."""

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

    __slots__ = ("_http", "_names_posts")

    def __init__(self, http: Http, *, names_posts: bool = False) -> None:
        self._http = http
        self._names_posts = names_posts

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

        Of the answer to a post only the acceptance is passed on, and with `names_posts` the numbers of the
        messages: the rest is not used, and may be cut off.

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
        request = partial(self._http.request, method, url, **body)
        answer = await (self._post(request) if is_post else request())
        _check(answer)
        if is_post:
            ids = numbers(answer.body) if self._names_posts else []
            return HTTPStatus.OK, _as_messages(ids, is_album=endpoint == "sendMediaGroup")
        if answer.json() is None:
            raise TransientFailure("Telegram's answer is not understood")
        return answer.status, answer.body

    async def _post(self, request: Callable[..., Awaitable[Answer]]) -> Answer:
        """Return an answer that says whether a post is accepted, and its numbers if they come in time."""
        if not self._names_posts:
            return await request(enough=is_ok)
        body = b""

        def enough(so_far: bytes) -> bool:
            nonlocal body
            body = so_far
            if is_ok(so_far) and not accepted.done():
                accepted.set_result(None)
            return False

        accepted = asyncio.get_running_loop().create_future()
        whole = asyncio.ensure_future(request(enough=enough))
        try:
            await asyncio.wait({whole, accepted}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({whole}, timeout=NUMBERS_TIME)
            return whole.result() if whole.done() else Answer(HTTPStatus.OK, body=body, whole=False)
        finally:
            whole.cancel()


def numbers(body: bytes) -> list[int]:
    """Return the numbers of the messages that were made of a post, as far as they have come."""
    result = member(body, "result")
    messages = result if isinstance(result, list) else [result]
    found = (each.get("message_id") for each in messages if isinstance(each, dict))
    return [each for each in found if type(each) is int]


def _as_messages(ids: list[int], *, is_album: bool) -> bytes:
    """Return what the library makes messages of that have nothing but their numbers."""
    messages = [{"message_id": each, "date": 0, "chat": {"id": 0, "type": "private"}} for each in ids]
    return json.dumps({"result": messages if is_album else next(iter(messages), True)}).encode()


def build_bot(options: TelegramOptions, http: Http) -> Bot:
    """Build the bot; it asks nothing of Telegram before it is used."""
    request = SharedRequest(http, names_posts=options.replies is not None)
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
