"""The list of webhooks at the phone's server, through the gateway's own client library."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any
from urllib.parse import quote, urlsplit

from relay_cli.terminal import environment, fail

CLOUD = "https://api.sms-gate.app/3rdparty/v1"
NO_ADDRESS = "SMSGATE_URL is no address; it looks like https://sms.example.org/3rdparty/v1"
HINTS = {
    401: "look at SMSGATE_USER and SMSGATE_PASSWORD: the app shows them",
    403: "look at SMSGATE_USER and SMSGATE_PASSWORD: the app shows them",
    404: "look at SMSGATE_URL: it ends with /3rdparty/v1 for a server, and is http://PHONE:8080 for a phone",
}


class Server:
    """The list of webhooks at one server, through the gateway's own client library."""

    def __init__(self, client: Any, base: str) -> None:
        self._client = client
        self._base = base
        self.told = _whose_list(base)

    def webhooks(self) -> list[dict[str, Any]]:
        """Return the registrations as the server tells them, of types not known here too."""
        found: Any = self._client.http.get(f"{self._base}/webhooks", headers=self._client.headers)
        if not isinstance(found, list):
            fail(_nonsense(self._base))
        return [each for each in found if _is_whole(each)]

    def put(self, webhook: dict[str, Any]) -> None:
        """Create a registration, or replace the one of its id."""
        self._client.http.post(f"{self._base}/webhooks", payload=webhook, headers=self._client.headers)

    def remove(self, webhook_id: str) -> None:
        """Remove a registration; the library leaves it to the caller to encode the id."""
        self._client.delete_webhook(quote(webhook_id, safe=""))


@contextmanager
def server() -> Iterator[Server]:
    """Open the server that the environment names; its refusals end the command in one line."""
    try:
        from android_sms_gateway import client, errors  # noqa: PLC0415  (an install of the operator's side)
        from android_sms_gateway.http import HttpxHttpClient  # noqa: PLC0415  (as above)
        from httpx import HTTPError, HTTPStatusError, InvalidURL  # noqa: PLC0415  (as above)
    except ImportError:
        fail("the gateway's client library is missing: make setup")
    variables = environment()
    base = _address(variables.get("SMSGATE_URL") or CLOUD)
    missing = [each for each in ("SMSGATE_USER", "SMSGATE_PASSWORD") if not variables.get(each)]
    if missing:
        fail(f"{missing[0]} is not set: put what the app shows into .env")
    login = variables["SMSGATE_USER"], variables["SMSGATE_PASSWORD"]
    try:
        with HttpxHttpClient() as http, client.APIClient(*login, base_url=base, http=http) as api:
            yield Server(api, base)
    except errors.APIError as refusal:
        fail(_refusal(base, refusal.status_code))
    except HTTPStatusError as refusal:
        fail(_refusal(base, refusal.response.status_code))
    except (JSONDecodeError, UnicodeDecodeError):  # a page for people
        fail(_nonsense(base))
    except InvalidURL:
        fail(NO_ADDRESS)
    except HTTPError as failure:
        fail(f"{_host(base)} cannot be reached: {type(failure).__name__}; look at SMSGATE_URL")


def _address(url: str) -> str:
    try:
        urlsplit(url)
    except ValueError:
        fail(NO_ADDRESS)
    return url.rstrip("/")


def _is_whole(webhook: Any) -> bool:
    names = ("id", "event", "url")
    return isinstance(webhook, dict) and all(isinstance(webhook.get(name), str) for name in names)


def _host(base: str) -> str:
    return urlsplit(base).hostname or base


def _whose_list(base: str) -> str:
    host = _host(base)
    if urlsplit(base).path in ("", "/"):
        return f"This is the phone's own list, at {host}; what a server has registered is not in it."
    return (
        f"This is the list of the server {host}: a change reaches the phone late, at its next contact. "
        "What is registered on the phone itself is not in it."
    )


def _nonsense(base: str) -> str:
    return f"{_host(base)} answers, but not with webhooks: {HINTS[404]}"


def _refusal(base: str, status: int | None) -> str:
    return f"{_host(base)} answers {status}: {HINTS.get(status or 0, 'try again later')}"
