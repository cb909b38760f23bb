"""`register`, `registered`, `unregister`: the webhooks at the phone's server."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import click

from relay.config import Config, ConfigurationError
from relay.events import BATCHES, TYPES
from relay.routing import Router, is_forwarded_by_default
from relay.webhook import key_name
from relay_cli.gateway import Server, server
from relay_cli.terminal import as_json, configured, environment, fail, say, show

PING = "system:ping"
LONGEST_URL = 256
"""Characters of a webhook's URL that the gateway takes."""
_KEY = re.compile(r"(?i)(apikey=)([^&]*)")


@click.command()
@click.argument("url")
@click.option("--events", help="Types, with commas between them; otherwise those that the routes use.")
@click.option("--device", help="Only for the phone with this id.")
@click.option("--watch", is_flag=True, help="Add system:ping, so that a silent phone is noticed.")
@click.option(
    "--again", is_flag=True, help="Give what is registered at the URL already the key of today, and no more."
)
def register(url: str, events: str | None, device: str | None, watch: bool, again: bool) -> None:
    """Register the function's URL for each type of event; a second run changes nothing.

    The first key of API_KEY is added to the URL. SMSGATE_USER and SMSGATE_PASSWORD are what the app
    shows, SMSGATE_URL is the server; left out, it is the gateway's cloud. If Google is to tell of a
    phone's silence (DEPLOY_ALERTS), system:ping comes with the events that the routes use. The batches
    that the app can post after a refresh of its inbox are registered only where --events names them.

    \b
    Example: python -m relay register https://REGION-PROJECT.cloudfunctions.net/sms-relay
    """
    config = configured()
    wanted = list(used(config)) if events is None else _named(events)
    if (watch or (events is None and environment().get("DEPLOY_ALERTS"))) and PING not in wanted:
        wanted.append(PING)
    keyed = _keyed(url, config.settings.api_keys[0])
    with server() as phone:
        have = phone.webhooks()
        here = [_with_url(each, keyed) for each in have if again and _place(each["url"]) == _place(url)]
        for webhook in here or [_new(url, event, device) | {"url": keyed} for event in wanted]:
            _put(phone, have, webhook)
        _tell_oddities(phone.webhooks(), keyed)
        say(phone.told)


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def registered(for_scripts: bool) -> None:
    """List the webhooks at the phone's server; keys are shown as four digits of a hash.

    \b
    Example: python -m relay registered
    """
    with server() as phone:
        rows = [each | {"url": masked(each["url"])} for each in phone.webhooks()]
        if for_scripts:
            as_json(rows)
            return
        cells = ((row["id"], row["event"], row.get("deviceId") or "every", row["url"]) for row in rows)
        show(("id", "event", "device", "url"), cells)
        say(phone.told)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--url", help="Remove all that post to this URL, whatever their key.")
def unregister(ids: tuple[str, ...], url: str | None) -> None:
    """Remove webhooks: those that `register` made, those of a URL, or those named by id.

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


def used(config: Config) -> Iterator[str]:
    """Yield the types of events that some route, or the default, sends somewhere."""
    try:
        router = Router(config)
    except ConfigurationError as problem:
        fail(str(problem))
    for event_type in TYPES:
        routed = any(rule.is_for(event_type) and rule.route.to for rule in router.rules)
        if routed or is_forwarded_by_default(event_type):
            yield event_type


def name(url: str, event: str, device: str | None) -> str:
    """Return the id of a registration: the same for the same URL without its key, at most 36 characters."""
    place = sha256(f"{_place(url)} {device or ''}".encode()).hexdigest()
    return f"relay-{event.replace(':', '-')[:22]}-{place[:7]}"


def masked(url: str) -> str:
    """Return a URL with its key as the log names it."""
    return _KEY.sub(lambda found: f"{found[1]}…{key_name(found[2].encode())}", url)


def _keyed(url: str, key: bytes) -> str:
    if _KEY.search(url):
        fail("leave apiKey out of the URL: the first key of API_KEY is added to it")
    try:
        address = urlsplit(url)
    except ValueError:
        fail("that is no URL")
    if not address.hostname or (address.scheme != "https" and address.hostname != "127.0.0.1"):
        fail("the app posts only to https, or to http://127.0.0.1")
    if "#" in url:
        fail("leave out # and what follows: nobody is sent that part of a URL")
    keyed = f"{url}{'&' if address.query else '?'}apiKey={quote(key, safe='')}"
    if len(keyed) > LONGEST_URL:
        fail(f"with its key the URL has {len(keyed)} characters; the gateway takes {LONGEST_URL}")
    return keyed


def _named(events: str) -> list[str]:
    wanted = list(dict.fromkeys(event.strip() for event in events.split(",")))
    for event in wanted:
        if event not in TYPES and event not in BATCHES:
            known = ", ".join((*TYPES, *BATCHES))
            fail(f'--events: the phone has no event "{event}"; there are: {known}')
    return wanted


def _new(url: str, event: str, device: str | None) -> dict[str, str]:
    return {"id": name(url, event, device), "event": event} | ({"deviceId": device} if device else {})


def _with_url(webhook: dict[str, Any], url: str) -> dict[str, Any]:
    """Return a registration as it is to be put again: what else the server tells of it is its own."""
    return {key: webhook[key] for key in ("id", "event", "deviceId") if webhook.get(key)} | {"url": url}


def _put(phone: Server, have: Sequence[dict[str, Any]], webhook: dict[str, Any]) -> None:
    known = next((each for each in have if each.get("id") == webhook["id"]), None)
    if known and all(known.get(key) == value for key, value in webhook.items()):
        say(f"{webhook['event']} is registered already", good=True)
        return
    phone.put(webhook)
    say(f"{webhook['event']} is registered{' anew' if known else ''}", good=True)


def _tell_oddities(webhooks: Sequence[dict[str, Any]], keyed: str) -> None:
    """Tell of an event that is registered twice, and of registrations elsewhere."""
    counts = Counter((each["event"], each.get("deviceId") or "", _place(each["url"])) for each in webhooks)
    for (event, device, place), own in counts.items():
        times = own + (counts[event, "", place] if device else 0)  # what every phone posts, this one does
        if times > 1:
            say(f"! {event} is registered {times} times at one URL: unregister one, by its id")
    strangers = {each["url"] for each in webhooks if _place(each["url"]) != _place(keyed)}
    for url in sorted(strangers):
        say(f"! events are also posted to {masked(url)}: if that is not yours, unregister --url it")


def _is_chosen(webhook: dict[str, Any], ids: tuple[str, ...], url: str | None) -> bool:
    if ids or url:
        return webhook["id"] in ids or (url is not None and _place(webhook["url"]) == _place(url))
    return bool(re.fullmatch(r"relay-[\w-]+-[0-9a-f]{7}", str(webhook["id"])))


def _place(url: str) -> str:
    return url.partition("?")[0].rstrip("/")
