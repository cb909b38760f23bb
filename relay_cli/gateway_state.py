"""What the gateway says about itself: whether it accepts the login, which phones it has, what they report."""

import asyncio
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from forwarders.base import Failure
from forwarders.http import Http
from relay.config.gateway import GatewaySettings
from relay_cli.bots import TIMEOUT, clean
from relay_cli.gateway import HINTS


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that the gateway has; `seen` is when it was last in touch (Unix seconds, 0 if not known)."""

    id: str
    name: str
    seen: float


@dataclass(frozen=True, slots=True)
class GatewayState:
    """What it answered; `problem` is empty if it accepts the login."""

    problem: str = ""
    phones: tuple[Phone, ...] = ()
    events: Collection[str] = ()
    """The types of events that are registered there."""


class _Refused(Exception):
    def __init__(self, problem: str, status: int = 0) -> None:
        super().__init__(problem)
        self.status = status


async def ask_gateway(settings: GatewaySettings, http: Http, seconds: float = TIMEOUT) -> GatewayState:
    """Ask for the webhooks, which needs the login, and for the phones; never raises."""
    try:
        async with asyncio.timeout(seconds):
            webhooks = await _get(settings, http, "/webhooks")
            phones = await _get_phones(settings, http)
    except TimeoutError:
        return GatewayState(f"{settings.host} has not answered within {seconds:g} s: try again later")
    except _Refused as refusal:
        return GatewayState(str(refusal))
    events = {each["event"] for each in webhooks if isinstance(each.get("event"), str)}
    return GatewayState("", tuple(map(_read_phone, phones)), events)


async def _get_phones(settings: GatewaySettings, http: Http) -> list[dict[str, Any]]:
    """Return the phones; old versions of the app and of the server have them at another path."""
    try:
        return await _get(settings, http, "/devices")
    except _Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return await _get(settings, http, "/device")


async def _get(settings: GatewaySettings, http: Http, path: str) -> list[dict[str, Any]]:
    login = f"{settings.user}:{settings.password.get_secret_value()}".encode()
    headers = {"Authorization": f"Basic {b64encode(login).decode()}"}
    try:
        answer = await http.request("GET", f"{settings.url}{path}", headers=headers)
    except Failure as failure:
        raise _Refused(f"{failure.reason}: check SMSGATE_URL") from None
    if answer.status != HTTPStatus.OK:
        hint = HINTS.get(answer.status, "try again later")
        raise _Refused(f"{settings.host} answers {answer.status}: {hint}", answer.status)
    found = answer.json()
    if not isinstance(found, list):
        raise _Refused(f"{settings.host} answers, but not as a gateway: {HINTS[404]}")
    return [each for each in found if isinstance(each, dict)]


def _read_phone(phone: dict[str, Any]) -> Phone:
    try:
        seen = datetime.fromisoformat(str(phone.get("lastSeen"))).timestamp()
    except (ValueError, OverflowError):
        seen = 0.0
    return Phone(clean(phone.get("id")), clean(phone.get("name")), seen)
