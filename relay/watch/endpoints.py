"""`POST /tick` and `GET /status`: who may ask, and the answer."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from relay.config import Settings
from relay.ledger import LedgerUnavailable
from relay.webhook import NotFound, Refused, authenticate

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}
_BEARER = "bearer"
_JSON = {"Content-Type": "application/json"}


class Answer(NamedTuple):
    """An answer, for whatever framework is in front."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def tick_secret(settings: Settings) -> bytes | None:
    """Return the secret of `POST /tick`: TICK_SECRET, else one derived from LEDGER_SECRET; None without both.

    Whoever learns it can only have the phones judged, and tests sent that are due.
    """
    if settings.tick_secret or not settings.ledger_secret:
        return settings.tick_secret
    return hmac.digest(settings.ledger_secret, b"sms-relay tick", "sha256").hex().encode()


def check_tick(method: str, headers: Mapping[str, str], secret: bytes | None) -> None:
    """Accept only a POST with the secret as its bearer token, which is compared in constant time.

    Raises:
        Refused: 404 without a secret, 405, 401.
    """
    if secret is None:
        raise NotFound("a tick needs TICK_SECRET or LEDGER_SECRET")
    if method != "POST":
        raise Refused(405, "method", "Only POST is answered here.", why="a tick that is no POST", alert="")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    given = token.strip().encode("latin-1", errors="replace")
    if scheme.lower() != _BEARER or not hmac.compare_digest(given, secret):
        raise Refused(
            401, "unauthorized", "The secret is missing or wrong.", why="a wrong tick secret", alert=""
        )


def check_status(query: bytes, key: bytes | None) -> None:
    """Accept only a request with the key of the page.

    Raises:
        Refused: 404 without a key in the settings, 401.
    """
    if key is None:
        raise NotFound("the page needs STATUS_KEY")
    authenticate(query, (key,), parameter=b"key")


async def within_reach(verb: Callable[[], Awaitable[Any]]) -> Any:
    """Return what a verb of the watch returns.

    Raises:
        Refused: 503; the ledger did not answer.
    """
    try:
        return await verb()
    except LedgerUnavailable as problem:
        raise Refused(503, "ledger", "The ledger did not answer.", why=str(problem), alert="") from None


def as_json(value: Any) -> Answer:
    """Return a value as an answer that nobody keeps."""
    return Answer(200, json.dumps(value, ensure_ascii=False).encode(), _JSON | dict(NO_STORE))
