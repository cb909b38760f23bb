"""Access to the phone's server, through the gateway's own client library."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any
from urllib.parse import quote, urlsplit

from relay.config.gateway import CLOUD, GatewaySettings
from relay_cli.terminal import fail, read_environment

INVALID_URL = "SMSGATE_URL is not a valid URL; it looks like https://sms.example.org/3rdparty/v1"
HINTS = {
    401: "check SMSGATE_USER and SMSGATE_PASSWORD: the app shows them",
    403: "check SMSGATE_USER and SMSGATE_PASSWORD: the app shows them",
    404: "check SMSGATE_URL: it ends with /3rdparty/v1 for a server, and is http://PHONE:8080 for a phone",
}


_NOT_ACCEPTED = (400, 422)
"""What a server answers to a request that will not be accepted later either."""


class Server:
    """The list of webhooks at one server; `description` says whose list it is.

    `asked_for` is the type of event that was registered last.
    """

    def __init__(self, client: Any, base: str) -> None:
        self._client = client
        self._base = base
        self.description = _describe_list(base)
        self.asked_for = ""

    def webhooks(self) -> list[dict[str, Any]]:
        """Return the registrations, those of unknown event types included."""
        found: Any = self._client.http.get(f"{self._base}/webhooks", headers=self._client.headers)
        if not isinstance(found, list):
            fail(_describe_nonsense(self._base))
        return [each for each in found if _is_complete(each)]

    def put(self, webhook: dict[str, Any]) -> None:
        """Create a registration, or replace the one with the same id."""
        self.asked_for = webhook["event"]
        self._client.http.post(f"{self._base}/webhooks", payload=webhook, headers=self._client.headers)

    def remove(self, webhook_id: str) -> None:
        """Remove a registration. The library does not encode the id."""
        self._client.delete_webhook(quote(webhook_id, safe=""))


@contextmanager
def open_server(gateway: GatewaySettings | None = None) -> Iterator[Server]:
    """Connect to the server that the configuration or else the environment names.

    An error ends the command with one line.
    """
    try:
        from android_sms_gateway import client, errors  # noqa: PLC0415  (only the operator has it installed)
        from android_sms_gateway.http import HttpxHttpClient  # noqa: PLC0415  (as above)
        from httpx import HTTPError, HTTPStatusError, InvalidURL  # noqa: PLC0415  (as above)
    except ImportError:
        fail("the gateway's client library is missing: make setup")
    base, *login = _read_login(gateway)
    server: Server | None = None
    try:
        with HttpxHttpClient() as http, client.APIClient(*login, base_url=base, http=http) as api:
            server = Server(api, base)
            yield server
    except errors.APIError as refusal:
        fail(_describe_refusal(base, refusal.status_code, server))
    except HTTPStatusError as refusal:
        fail(_describe_refusal(base, refusal.response.status_code, server))
    except (JSONDecodeError, UnicodeDecodeError):  # an HTML page, for example
        fail(_describe_nonsense(base))
    except InvalidURL:
        fail(INVALID_URL)
    except HTTPError as failure:
        fail(f"{_host(base)} cannot be reached: {type(failure).__name__}; check SMSGATE_URL")


def _read_login(gateway: GatewaySettings | None) -> tuple[str, str, str]:
    """Return the address, the user and the password."""
    if gateway:
        return gateway.url, gateway.user, gateway.password.get_secret_value()
    variables = read_environment()
    base = _normalize(variables.get("SMSGATE_URL") or CLOUD)
    missing = [each for each in ("SMSGATE_USER", "SMSGATE_PASSWORD") if not variables.get(each)]
    if missing:
        fail(f"{missing[0]} is not set: put what the app shows in .env")
    return base, variables["SMSGATE_USER"], variables["SMSGATE_PASSWORD"]


def _normalize(url: str) -> str:
    try:
        urlsplit(url)
    except ValueError:
        fail(INVALID_URL)
    return url.rstrip("/")


def _is_complete(webhook: Any) -> bool:
    names = ("id", "event", "url")
    return isinstance(webhook, dict) and all(isinstance(webhook.get(name), str) for name in names)


def _host(base: str) -> str:
    return urlsplit(base).hostname or base


def _describe_list(base: str) -> str:
    host = _host(base)
    if urlsplit(base).path in ("", "/"):
        return f"This is the phone's own list, at {host}; it does not include what is registered at a server."
    return (
        f"This is the list of the server {host}: the phone fetches changes at its next contact. "
        "It does not include what is registered on the phone itself."
    )


def _describe_nonsense(base: str) -> str:
    return f"{_host(base)} answers, but not with webhooks: {HINTS[404]}"


def _describe_refusal(base: str, status: int | None, server: Server | None) -> str:
    if status in _NOT_ACCEPTED:
        what = f"a webhook for {server.asked_for}" if server and server.asked_for else "this request"
        remedy = "update the app or your server, or choose other events with --events"
        return f"{_host(base)} answers {status}: it does not accept {what}: {remedy}"
    return f"{_host(base)} answers {status}: {HINTS.get(status or 0, 'try again later')}"
