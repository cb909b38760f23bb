"""The Telegram bots whose messages can be answered, and their webhooks at the Bot API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from forwarders.base import Failure
from forwarders.http import Answer, Http
from relay.config import Config

if TYPE_CHECKING:
    from forwarders.telegram.options import TelegramOptions

TIMEOUT = 20.0
"""Seconds to wait for an answer."""
LARGEST_NUMBER = 1 << 40
"""What is larger is no moment and no count."""
LONGEST_SHOWN = 200
"""Characters of what somebody else wrote that are shown."""
PUBLIC_HOST = "api.telegram.org"
_TOKEN_REJECTED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
"""What a Bot API server answers to a token that it does not know; one of no token's form is not found."""


class BotFailure(Exception):
    """A request was not accepted; the text says why and what to do, and quotes no secret."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot at a Bot API server, and the destinations with `replies` that it writes to."""

    destinations: "Mapping[str, TelegramOptions]" = field(repr=False)

    @property
    def options(self) -> "TelegramOptions":
        """The options of one of its destinations; the bot is the same in all."""
        return next(iter(self.destinations.values()))

    @property
    def number(self) -> str:
        """The bot's number, which is no secret."""
        return self.options.bot

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return f"bot {self.number} ({', '.join(self.destinations)})"

    @property
    def host(self) -> str:
        """The host of its Bot API server."""
        return urlsplit(self.options.api_url).hostname or ""

    @property
    def is_public(self) -> bool:
        """Whether its server is Telegram's own, which posts only to public addresses."""
        return self.host == PUBLIC_HOST


def find_bots(config: Config) -> list[Bot]:
    """Return the bots of all destinations with `replies`, in the order of the configuration."""
    from forwarders.telegram.options import TelegramOptions  # noqa: PLC0415  (help and completion need no bot)

    found: dict[tuple[str, str], dict[str, TelegramOptions]] = {}
    for name, each in config.destinations.items():
        options = each.options
        if isinstance(options, TelegramOptions) and options.replies:
            found.setdefault((options.api_url, options.bot_token.get_secret_value()), {})[name] = options
    return list(map(Bot, found.values()))


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a bot posts, and how that goes: https://core.telegram.org/bots/api#webhookinfo.

    `updates` are the types that are posted, and `failed_at` is when the latest error was (Unix seconds).
    """

    url: str = field(default="", repr=False)
    pending: int = 0
    updates: frozenset[str] = frozenset()
    failed_at: int = 0
    error: str = ""


async def find_webhook(http: Http, bot: Bot) -> Webhook:
    """Return a bot's webhook; without one its `url` is empty.

    Raises:
        BotFailure: it is not known.
    """
    found = await ask(http, bot, "getWebhookInfo")
    info = found if isinstance(found, dict) else {}
    updates = info.get("allowed_updates")
    return Webhook(
        url=str(info.get("url") or ""),
        pending=_number(info.get("pending_update_count")),
        updates=frozenset(map(str, updates)) if isinstance(updates, list) else frozenset(),
        failed_at=_number(info.get("last_error_date")),
        error=clean(info.get("last_error_message")),
    )


async def ask(
    http: Http, bot: Bot, method: str, fields: Mapping[str, Any] | None = None, *, seconds: float = TIMEOUT
) -> Any:
    """Call a method of the Bot API, and return its result.

    Raises:
        BotFailure: it was not accepted.
    """
    options = bot.options
    url = f"{options.api_url}/bot{options.bot_token.get_secret_value()}/{method}"
    remedy = "try again later" if bot.is_public else "check api_url"
    try:
        async with asyncio.timeout(seconds):
            answer = await http.request("POST", url, json=fields or {})
    except TimeoutError:
        raise BotFailure(f"{bot.host} has not answered within {seconds:g} s: {remedy}") from None
    except Failure as failure:
        raise BotFailure(f"{failure.reason}: {remedy}") from None
    body = answer.json()
    content = body if isinstance(body, dict) else {}
    if answer.status == HTTPStatus.OK and content.get("ok") is True:
        return content.get("result")
    raise BotFailure(_explain(bot, answer, content))


def _explain(bot: Bot, answer: Answer, content: Mapping[str, Any]) -> str:
    status = answer.status
    if content.get("ok") is not False:
        remedy = "try again later" if bot.is_public else "check api_url"
        return f"{bot.host} answers {status}, but not as a Bot API server: {remedy}"
    if status in _TOKEN_REJECTED:
        return "Telegram rejects its token: copy it again from @BotFather"
    words = clean(content.get("description"))
    if status == HTTPStatus.CONFLICT:
        return f"another program changes this bot's webhook ({words}): end it, then run this again"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        parameters = content.get("parameters")
        wait = _number(parameters.get("retry_after")) if isinstance(parameters, dict) else 0
        return f"Telegram wants fewer requests: try again in {wait or 60} s"
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"Telegram refuses it: {words}"
    return f"{bot.host} answers {status}: try again later"


def _number(value: Any) -> int:
    return value if type(value) is int and 0 <= value < LARGEST_NUMBER else 0


def clean(words: Any) -> str:
    """Return what somebody else wrote as one line that a terminal can show."""
    text = " ".join(words.split()) if isinstance(words, str) else ""
    return "".join(filter(str.isprintable, text))[:LONGEST_SHOWN]
