"""Where Telegram posts what people write: the address, and whether the function answers there."""

import asyncio
import re
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from forwarders.address import is_local
from forwarders.base import Failure
from forwarders.http import Answer, Http
from relay_cli.bots import TIMEOUT, Bot, clean

PATH = "/telegram"
PORTS = (None, 443, 80, 88, 8443)
"""The ports to which Telegram posts. https://core.telegram.org/bots/api#setwebhook"""
_KEY = re.compile(r"(?i)apikey=")
_EXAMPLE = "it looks like https://REGION-PROJECT.cloudfunctions.net/sms-relay"


def complete(url: str, bots: Iterable[Bot]) -> str:
    """Return the address for a function's URL.

    Raises:
        ValueError: Telegram does not post there, or there is a key in it; the text says what would be right.
    """
    if _KEY.search(url):
        raise ValueError("leave apiKey out of the URL: Telegram sends a secret of its own")
    if {"?", "#", "@", " ", "\\"} & set(url) or not url.isprintable():
        raise ValueError(f"the URL must have no login, and nothing after its path: {_EXAMPLE}")
    address = _parse(url)
    for bot in bots:
        _refuse_unreachable(address, bot)
    plain = url.rstrip("/")
    return plain if address.path.rstrip("/").endswith(PATH) else f"{plain}{PATH}"


def _parse(url: str) -> SplitResult:
    try:
        address = urlsplit(url)
        is_valid = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise ValueError(f"not a valid URL; {_EXAMPLE}")
    return address


def _refuse_unreachable(address: SplitResult, bot: Bot) -> None:
    """Refuse where the bot's server does not post: one of your own also knows your network."""
    is_near = is_local(address.hostname or "")
    if address.scheme != "https" and (bot.is_public or not is_near):
        raise ValueError("Telegram posts only to https: use the function's https address")
    if bot.is_public and is_near:
        raise ValueError(
            f"{address.hostname} is in your own network, which Telegram does not reach: use a public address"
        )
    if bot.is_public and address.port not in PORTS:
        raise ValueError(f"Telegram posts only to the ports 443, 80, 88 and 8443, not to {address.port}")


def mask(url: str) -> str:
    """Return an address as it may be shown: of one that is not a relay's, the rest may be a secret."""
    try:
        address = urlsplit(url)
    except ValueError:
        return "an unreadable address"
    path = address.path if address.path.endswith(PATH) else "/…"
    return clean(f"{address.scheme}://{address.netloc.rpartition('@')[2]}{path}")


async def find_problem(http: Http, address: str, secret: str, header: str) -> str:
    """Return why a bot cannot tell the function there anything; empty if it can."""
    answer = await _post(http, address, {})
    if isinstance(answer, str):
        return f"{answer}: is this the function's address?"
    if answer.status != HTTPStatus.UNAUTHORIZED or not _error(answer):
        return _explain(answer)  # and the secret goes to nobody else
    answer = await _post(http, address, {header: secret})
    if isinstance(answer, str) or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "the function does not answer in time: try again"
    if answer.status != HTTPStatus.OK:
        return (
            f"the function there refuses this bot's secret ({answer.status}): it runs with another "
            "LEDGER_SECRET, without replies for this bot, or is older than 0.4: deploy these settings "
            "first"
        )
    return ""


async def is_relay(http: Http, address: str) -> bool:
    """Return whether a relay that can be answered is at an address; no secret is sent there."""
    try:
        is_possible = urlsplit(address).path.endswith(PATH)
    except ValueError:
        is_possible = False
    if not is_possible:
        return False
    answer = await _post(http, address, {})
    return not isinstance(answer, str) and answer.status == HTTPStatus.UNAUTHORIZED and bool(_error(answer))


async def _post(http: Http, address: str, headers: dict[str, str]) -> Answer | str:
    """Post an empty update; return the answer, or why there is none."""
    host = urlsplit(address).hostname
    try:
        async with asyncio.timeout(TIMEOUT):
            return await http.request("POST", address, headers=headers, json={})
    except TimeoutError:
        return f"{host} has not answered within {TIMEOUT:.0f} s"
    except Failure as failure:
        return failure.reason


def _explain(answer: Answer) -> str:
    status = answer.status
    if status == HTTPStatus.NOT_FOUND and _error(answer):
        return "the function there runs without replies: deploy it with them first (./deploy.sh)"
    if status == HTTPStatus.UNAUTHORIZED:
        return "something else asks for a login there: is this the function's address?"
    if status == HTTPStatus.FORBIDDEN:
        return "Google lets nobody in there: ./deploy.sh doctor says why"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"the function there answers {status}: ./deploy.sh logs says why"
    return f"what is there answers {status} and not 401: is this the function's address?"


def _error(answer: Answer) -> str:
    """Return the relay's own word for what is wrong, empty if it is not a relay that answers."""
    content = answer.json()
    error = content.get("error") if isinstance(content, dict) else ""
    return error if isinstance(error, str) else ""
