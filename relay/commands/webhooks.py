"""`register`, `registered`, `unregister`: the webhooks at the phone's server."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import click
from rich.table import Table

from relay.commands.desk import as_json, configured, environment, fail, out, say
from relay.config import Config, ConfigurationError
from relay.events import TYPES
from relay.routing import Router, is_told
from relay.webhook import key_name

CLOUD = "https://api.sms-gate.app/3rdparty/v1"
LONGEST_URL = 256
"""Characters of a webhook's URL that the gateway takes."""
HINTS = {
    401: "look at SMSGATE_USER and SMSGATE_PASSWORD: the app shows them",
    403: "look at SMSGATE_USER and SMSGATE_PASSWORD: the app shows them",
    404: "look at SMSGATE_URL: it ends with /3rdparty/v1 for a server, and is http://PHONE:8080 for a phone",
}
_KEY = re.compile(r"(?i)(apikey=)([^&]*)")


@click.command()
@click.argument("url")
@click.option("--events", help="Types, with commas between them; otherwise those that the routes use.")
@click.option("--device", help="Only for the phone with this id.")
@click.option("--watch", is_flag=True, help="Add system:ping, so that a silent phone is noticed.")
def register(url: str, events: str | None, device: str | None, watch: bool) -> None:
    r"""Register the function's URL for each type of event; a second run changes nothing.

    The first key of API_KEY is added to the URL. SMSGATE_USER and SMSGATE_PASSWORD are what the app
    shows, SMSGATE_URL is the server; left out, it is the gateway's cloud.

    \b
    Example: python -m relay register https://REGION-PROJECT.cloudfunctions.net/sms-relay
    """
    config = configured()
    wanted = events.split(",") if events else list(used(config))
    if watch and "system:ping" not in wanted:
        wanted.append("system:ping")
    keyed = _keyed(url, config.settings.api_keys[0])
    with server() as phone:
        have = phone.webhooks()
        for event in wanted:
            _put(phone, have, {"id": name(url, event, device), "url": keyed, "event": event} | _only(device))
        _tell_oddities(phone.webhooks(), keyed)
        say(phone.told)


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def registered(for_scripts: bool) -> None:
    r"""List the webhooks at the phone's server; keys are shown as four digits of a hash.

    \b
    Example: python -m relay registered
    """
    with server() as phone:
        rows = [each | {"url": masked(each["url"])} for each in phone.webhooks()]
        if for_scripts:
            as_json(rows)
            return
        table = Table("id", "event", "device", "url", box=None)
        for row in rows:
            table.add_row(str(row["id"]), str(row["event"]), str(row.get("deviceId") or "every"), row["url"])
        out.print(table)
        say(phone.told)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--url", help="Remove all that post to this URL, whatever their key.")
def unregister(ids: tuple[str, ...], url: str | None) -> None:
    r"""Remove webhooks: those that `register` made, those of a URL, or those named by id.

    \b
    Example: python -m relay unregister
             python -m relay unregister --url https://old.example/sms-relay
    """
    with server() as phone:
        have = phone.webhooks()
        chosen = [each for each in have if _is_chosen(each, ids, url)]
        for each in chosen:
            phone.remove(str(each["id"]))
            say(f"{each['event']} is no longer posted to {masked(each['url'])}", good=True)
        if not chosen:
            say("There is nothing of that kind to remove.", good=True)
        say(phone.told)


class Server:
    """The list of webhooks at one server, through the gateway's own client library."""

    def __init__(self, client: Any, base: str) -> None:
        self._client = client
        self._base = base
        self.told = _whose_list(base)

    def webhooks(self) -> list[dict[str, Any]]:
        """Return the registrations as the server tells them, of types not known here too."""
        found = self._client.http.get(f"{self._base}/webhooks", headers=self._client.headers)
        return [each for each in found if isinstance(each, dict) and "url" in each]

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
        from httpx import HTTPError, HTTPStatusError  # noqa: PLC0415  (as above)
    except ImportError:
        fail("the gateway's client library is missing: make setup")
    variables = environment()
    missing = [each for each in ("SMSGATE_USER", "SMSGATE_PASSWORD") if not variables.get(each)]
    if missing:
        fail(f"{missing[0]} is not set: put what the app shows into .env")
    base = variables.get("SMSGATE_URL", CLOUD).rstrip("/")
    login = variables["SMSGATE_USER"], variables["SMSGATE_PASSWORD"]
    try:
        with HttpxHttpClient() as http, client.APIClient(*login, base_url=base, http=http) as api:
            yield Server(api, base)
    except errors.APIError as refusal:
        fail(_refusal(base, refusal.status_code))
    except HTTPStatusError as refusal:
        fail(_refusal(base, refusal.response.status_code))
    except HTTPError as failure:
        fail(f"{_host(base)} cannot be reached: {type(failure).__name__}; look at SMSGATE_URL")


def used(config: Config) -> Iterator[str]:
    """Yield the types of events that some route, or the default, sends somewhere."""
    try:
        router = Router(config)
    except ConfigurationError as problem:
        fail(str(problem))
    for event_type in TYPES:
        routed = any(rule.is_for(event_type) and rule.route.to for rule in router.rules)
        if routed or is_told(event_type):
            yield event_type


def name(url: str, event: str, device: str | None) -> str:
    """Return the id of a registration: the same for the same URL without its key, at most 36 characters."""
    address = urlsplit(url)
    place = f"{address.scheme}://{address.netloc}{address.path} {device or ''}"
    return f"relay-{event.replace(':', '-')[:22]}-{sha256(place.encode()).hexdigest()[:7]}"


def masked(url: str) -> str:
    """Return a URL with its key as the log names it."""
    return _KEY.sub(lambda found: f"{found[1]}…{key_name(found[2].encode())}", url)


def _keyed(url: str, key: bytes) -> str:
    if _KEY.search(url):
        fail("leave apiKey out of the URL: the first key of API_KEY is added to it")
    address = urlsplit(url)
    if address.scheme != "https" and address.hostname != "127.0.0.1":
        fail("the app posts only to https, or to http://127.0.0.1")
    keyed = f"{url}{'&' if address.query else '?'}apiKey={quote(key, safe='')}"
    if len(keyed) > LONGEST_URL:
        fail(f"with its key the URL has {len(keyed)} characters; the gateway takes {LONGEST_URL}")
    return keyed


def _only(device: str | None) -> dict[str, str]:
    return {"deviceId": device} if device else {}


def _put(phone: Server, have: Sequence[dict[str, Any]], webhook: dict[str, Any]) -> None:
    known = next((each for each in have if each.get("id") == webhook["id"]), None)
    if known and all(known.get(key) == value for key, value in webhook.items()):
        say(f"{webhook['event']} is registered already", good=True)
        return
    phone.put(webhook)
    say(f"{webhook['event']} is registered{' anew' if known else ''}", good=True)


def _tell_oddities(webhooks: Sequence[dict[str, Any]], keyed: str) -> None:
    """Tell of an event that is registered twice, and of registrations elsewhere."""
    counts = Counter((each["event"], each.get("deviceId"), _place(each["url"])) for each in webhooks)
    for (event, _, _), count in counts.items():
        if count > 1:
            say(f"! {event} is registered {count} times at one URL: unregister one, by its id")
    strangers = {each["url"] for each in webhooks if _place(each["url"]) != _place(keyed)}
    for url in sorted(strangers):
        say(f"! events are also posted to {masked(url)}: if that is not yours, unregister --url it")


def _is_chosen(webhook: dict[str, Any], ids: tuple[str, ...], url: str | None) -> bool:
    if ids or url:
        return webhook["id"] in ids or (url is not None and _place(webhook["url"]) == _place(url))
    return bool(re.fullmatch(r"relay-[\w-]+-[0-9a-f]{7}", str(webhook["id"])))


def _place(url: str) -> str:
    return url.partition("?")[0].rstrip("/")


def _host(base: str) -> str:
    return urlsplit(base).hostname or base


def _whose_list(base: str) -> str:
    host = _host(base)
    if base.startswith("http:"):
        return f"This is the phone's own list, at {host}; what a server has registered is not in it."
    return (
        f"This is the list of the server {host}: a change reaches the phone late, at its next contact. "
        "What is registered on the phone itself is not in it."
    )


def _refusal(base: str, status: int | None) -> str:
    return f"{_host(base)} answers {status}: {HINTS.get(status or 0, 'try again later')}"
