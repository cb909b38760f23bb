"""The gateway's own API: it asks a phone to send an SMS, and says what became of it.

An SMS is given an id of ours. The gateway accepts an id once for each phone and answers a repeat with 409, so
to ask again never sends a second SMS, as long as the same phone is asked.
https://docs.sms-gate.app/integration/api/
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from forwarders.base import Failure, Misconfigured
from forwarders.http import Answer, Http
from relay.config.gateway import GatewaySettings

LONGEST_ID = 36
"""Characters of a message's id that the gateway accepts."""
_REMEDIES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "it does not know the phone, or does not accept the number",
    HTTPStatus.UNAUTHORIZED: "it does not accept the user or the password: set SMSGATE_USER and "
    "SMSGATE_PASSWORD as the app shows them",
    HTTPStatus.PAYMENT_REQUIRED: "its account has no credit left",
    HTTPStatus.FORBIDDEN: "it does not allow this user to send",
    HTTPStatus.NOT_FOUND: "there is no such API: check SMSGATE_URL",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the text is too long for it",
    HTTPStatus.UNPROCESSABLE_ENTITY: "it does not accept the number or the text",
    HTTPStatus.TOO_MANY_REQUESTS: "it wants fewer messages: try again later",
    HTTPStatus.SERVICE_UNAVAILABLE: "it takes nothing more for this phone: is the phone online?",
}
"""What a refusal means; each of these says that no SMS was taken on."""
_BEFORE_ALL = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN)
"""What is answered before anything is done. Other refusals count in the gateway's own words only: what is in
front of it can say them after it has passed the request on."""
_AMBIGUOUS = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, 499)
"""What is also answered when nobody knows what became of a request."""


@dataclass(frozen=True, slots=True)
class Sms:
    """An SMS to be sent by a phone. `id` is ours; `ttl` is for how many seconds it may still be sent.

    `sim` is the number of the SIM card, from 1; without one the phone chooses.
    """

    id: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    device: str
    sim: int | None = None
    ttl: int = 3600

    def to_json(self) -> dict[str, Any]:
        """Return the body of the request."""
        sim = {} if self.sim is None else {"simNumber": self.sim}
        return {
            "id": self.id,
            "phoneNumbers": [self.to],
            "textMessage": {"text": self.text},
            "deviceId": self.device,
            "ttl": self.ttl,
            "withDeliveryReport": True,
            **sim,
        }


class Result(StrEnum):
    """What became of a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """No SMS leaves for it."""
    UNKNOWN = "unknown"
    """It may have been accepted; to ask again is safe."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the gateway answered, its status, and the reason in words if it did not accept."""

    result: Result
    reason: str = ""
    status: int = 0

    @property
    def is_unknown_phone(self) -> bool:
        """Whether the gateway may not know the phone by this id."""
        return self.status == HTTPStatus.BAD_REQUEST

    @property
    def is_repeat(self) -> bool:
        """Whether the gateway has accepted it before."""
        return self.status == HTTPStatus.CONFLICT and self.result is Result.ACCEPTED


class Gateway:
    """One server and one login; a request may take some `seconds`."""

    def __init__(self, settings: GatewaySettings, http: Http) -> None:
        login = f"{settings.user}:{settings.password.get_secret_value()}".encode()
        self._headers = {"Authorization": f"Basic {b64encode(login).decode()}"}
        self._url = settings.url
        self._host = settings.host
        self._http = http

    async def send(self, sms: Sms, seconds: float) -> Reply:
        """Ask once that an SMS is sent; never raises."""
        # The number is one that a phone has received from, or that was checked before.
        url = f"{self._url}/messages?skipPhoneValidation=true"
        try:
            async with asyncio.timeout(seconds):
                answer = await self._http.request("POST", url, headers=self._headers, json=sms.to_json())
        except TimeoutError:
            return Reply(Result.UNKNOWN, f"{self._host} has not answered within {seconds:.0f} s")
        except Misconfigured as failure:
            return Reply(Result.REFUSED, failure.reason)
        except Failure as failure:
            return Reply(Result.UNKNOWN, failure.reason)
        return self._read(answer, sms.id)

    async def knows(self, sms_id: str, seconds: float) -> bool | None:
        """Return whether an SMS has been accepted; None if the gateway does not say."""
        answer = await self._get(sms_id, seconds)
        content = answer.json() if answer else None
        if answer is None or not isinstance(content, dict):
            return None
        if answer.status == HTTPStatus.OK:
            return True if content.get("id") == sms_id else None
        return False if answer.status == HTTPStatus.NOT_FOUND and _is_own(answer) else None

    async def state(self, sms_id: str, seconds: float) -> str:
        """Return the state of an SMS in the gateway's words, such as "Sent"; empty if it is not known."""
        answer = await self._get(sms_id, seconds)
        content = answer.json() if answer and answer.status == HTTPStatus.OK else None
        if not isinstance(content, dict) or content.get("id") != sms_id:
            return ""
        state = content.get("state")
        return state if isinstance(state, str) else ""

    async def _get(self, sms_id: str, seconds: float) -> Answer | None:
        url = f"{self._url}/messages/{quote(sms_id, safe='')}"
        try:
            async with asyncio.timeout(seconds):
                return await self._http.request("GET", url, headers=self._headers)
        except (TimeoutError, Failure):
            return None

    def _read(self, answer: Answer, sms_id: str) -> Reply:
        if answer.status == HTTPStatus.CONFLICT and _is_own(answer):
            return Reply(Result.ACCEPTED, status=answer.status)
        if answer.status in range(200, 300):
            content = answer.json()
            if isinstance(content, dict) and content.get("id") == sms_id:
                return Reply(Result.ACCEPTED)
            return Reply(Result.UNKNOWN, f"{self._host} answers, but not as a gateway: check SMSGATE_URL")
        words = f"{self._host} answers {answer.status}"
        reason = _REMEDIES.get(answer.status)
        if reason:
            is_sure = answer.status in _BEFORE_ALL or _is_own(answer)
            result = Result.REFUSED if is_sure else Result.UNKNOWN
            return Reply(result, f"{words}: {reason}", answer.status if is_sure else 0)
        is_refusal = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in _AMBIGUOUS
        return (
            Reply(Result.REFUSED, f"{words}: check SMSGATE_URL")
            if is_refusal
            else Reply(Result.UNKNOWN, words)
        )


def _is_own(answer: Answer) -> bool:
    """Return whether an answer is the gateway's own, and not of a proxy in front of it."""
    content = answer.json()
    return isinstance(content, dict) and isinstance(content.get("message"), str)
