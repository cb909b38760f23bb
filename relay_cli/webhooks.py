"""`register`, `registered`, `unregister`: the webhooks at the phone's server."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import click

from relay.config import Config, ConfigurationError
from relay.config.destinations import has_replies
from relay.events import BATCHES, CALLS, TYPES
from relay.routing import Router, is_forwarded_by_default
from relay.webhook import key_name
from relay_cli.gateway import Server, open_server
from relay_cli.posting import add_key
from relay_cli.terminal import fail, load_config, print_json, print_table, read_environment, say

PING = "system:ping"
WATCHED = (PING, "app:started", "sms:failed")
"""What the watch needs to hear, beside received messages."""
REPORTED = ("sms:sent", "sms:delivered", "sms:failed", "sms:cancelled")
"""What a phone has to report, so that the chat shows what became of an answer."""
TESTED = ("sms:received", "sms:sent", "sms:delivered", "sms:failed")
"""What a test SMS has to bring back."""
MAX_URL_LENGTH = 256
"""Characters of a webhook's URL that the gateway accepts."""
GATEWAY_TYPES = tuple(each for each in TYPES if each not in CALLS)
"""The types of events that the gateway itself posts."""
_KEY = re.compile(r"(?i)(apikey=)([^&]*)")


@click.command()
@click.argument("url")
@click.option("--events", help="Types, separated by commas; default: those that the routes use.")
@click.option("--device", help="Register only for the phone with this id.")
@click.option("--watch", is_flag=True, help="Also register system:ping, so that a silent phone is noticed.")
@click.option("--again", is_flag=True, help="Only update existing webhooks to the current key.")
def register(url: str, events: str | None, device: str | None, watch: bool, again: bool) -> None:
    """Register the function's URL for each type of event; a second run changes nothing.

    The first key of API_KEY is added to the URL. SMSGATE_USER and SMSGATE_PASSWORD are shown by the app;
    SMSGATE_URL is the server, by default the gateway's cloud. With DEPLOY_ALERTS, system:ping is added to
    the events that the routes use, so that Google can report a silent phone; with [watch] or WATCH, what
    the watch needs; with `replies` or [[canary]], what a phone reports of the SMS that it sends. The batches
    that the app can post after a refresh of its inbox are registered only if --events names them. --again
    registers as usual if no webhook has this URL yet.

    \b
    Example: ./sms-relay register https://REGION-PROJECT.cloudfunctions.net/sms-relay
    """
    config = load_config()
    types = list(routed_types(config)) if events is None else _parse_types(events)
    if events is None:
        types = list(dict.fromkeys([*types, *_find_needed(config)]))
    if (watch or (events is None and read_environment().get("DEPLOY_ALERTS"))) and PING not in types:
        types.append(PING)
    keyed_url = _add_key(url, config.settings.api_keys[0])
    with open_server(config.gateway) as server:
        existing = server.webhooks()
        updates = [_replace_url(each, keyed_url) for each in existing if again and _has_url(each, url)]
        for webhook in updates or [_new_webhook(url, event, device) | {"url": keyed_url} for event in types]:
            _register(server, existing, webhook)
        _warn_of_duplicates(server.webhooks())
        _warn_of_other_urls(server.webhooks(), url)
        say(server.description)


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def registered(for_scripts: bool) -> None:
    """List the webhooks at the phone's server; a key is shown as four digits of its hash.

    \b
    Example: ./sms-relay registered
    """
    with open_server() as server:
        rows = [each | {"url": mask_key(each["url"])} for each in server.webhooks()]
        if for_scripts:
            print_json(rows)
            return
        cells = ((row["id"], row["event"], row.get("deviceId") or "every", row["url"]) for row in rows)
        print_table(("id", "event", "device", "url"), cells)
        say(server.description)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--url", help="Remove all that post to this URL, whatever their key.")
def unregister(ids: tuple[str, ...], url: str | None) -> None:
    """Remove webhooks: those that `register` created, those with a URL, or those with an id.

    \b
    Example: ./sms-relay unregister
             ./sms-relay unregister --url https://old.example/sms-relay
    """
    with open_server() as server:
        chosen = [each for each in server.webhooks() if _is_chosen(each, ids, url)]
        for each in chosen:
            server.remove(str(each["id"]))
            say(f"{each['event']} is no longer posted to {mask_key(each['url'])}", good=True)
        if not chosen:
            say("No such webhook is registered: nothing to remove.", good=True)
        say(server.description)


def _find_needed(config: Config) -> Iterator[str]:
    """Yield the types of events that are needed whether a route sends them anywhere or not."""
    if config.watch:
        yield from WATCHED
    if any(has_replies(each.options) for each in config.destinations.values()):
        yield from REPORTED
    if config.canaries:
        yield from TESTED


def find_unregistered(config: Config) -> list[str]:
    """Return the types of events that test SMS need and that no webhook at the phone's server posts."""
    with open_server(config.gateway) as server:
        registered = {each["event"] for each in server.webhooks()}
    return [each for each in TESTED if each not in registered]


def routed_types(config: Config) -> Iterator[str]:
    """Yield the types of events that a route, or `default`, sends to a destination."""
    try:
        router = Router(config)
    except ConfigurationError as problem:
        fail(str(problem))
    for event_type in GATEWAY_TYPES:
        has_route = any(rule.is_for(event_type) and rule.route.to for rule in router.rules)
        if has_route or is_forwarded_by_default(event_type):
            yield event_type


def webhook_id(url: str, event: str, device: str | None) -> str:
    """Return the id to register under: the same for the same URL without its key, at most 36 characters."""
    digest = sha256(f"{_without_key(url)} {device or ''}".encode()).hexdigest()
    return f"relay-{event.replace(':', '-')[:22]}-{digest[:7]}"


def mask_key(url: str) -> str:
    """Return a URL with its key replaced by the name that the log uses for it."""
    return _KEY.sub(lambda found: f"{found[1]}…{key_name(found[2].encode())}", url)


def _add_key(url: str, key: bytes) -> str:
    if _KEY.search(url):
        fail("leave apiKey out of the URL: the first key of API_KEY is added to it")
    try:
        address = urlsplit(url)
    except ValueError:
        fail("not a valid URL")
    if not address.hostname or (address.scheme != "https" and address.hostname != "127.0.0.1"):
        fail("the app posts only to https, or to http://127.0.0.1")
    if "#" in url:
        fail("remove # and what follows it: that part of a URL is never sent")
    keyed = add_key(url, key)
    if len(keyed) > MAX_URL_LENGTH:
        fail(f"with its key the URL has {len(keyed)} characters; the gateway accepts {MAX_URL_LENGTH}")
    return keyed


def _parse_types(events: str) -> list[str]:
    types = list(dict.fromkeys(event.strip() for event in events.split(",")))
    for event in types:
        if event in CALLS:
            fail(
                f"--events: {event} is set up in the app CallGate, not here: enter the URL with its key there"
            )
        if event not in TYPES and event not in BATCHES:
            known = ", ".join((*GATEWAY_TYPES, *BATCHES))
            fail(f'--events: the phone has no event "{event}"; there are: {known}')
    return types


def _new_webhook(url: str, event: str, device: str | None) -> dict[str, str]:
    return {"id": webhook_id(url, event, device), "event": event} | ({"deviceId": device} if device else {})


def _replace_url(webhook: dict[str, Any], url: str) -> dict[str, Any]:
    """Return a registration with another URL, without the fields that only the server sets."""
    return {key: webhook[key] for key in ("id", "event", "deviceId") if webhook.get(key)} | {"url": url}


def _register(server: Server, existing: Sequence[dict[str, Any]], webhook: dict[str, Any]) -> None:
    previous = next((each for each in existing if each.get("id") == webhook["id"]), None)
    if previous and all(previous.get(key) == value for key, value in webhook.items()):
        say(f"{webhook['event']} is already registered", good=True)
        return
    server.put(webhook)
    say(f"{webhook['event']} is {'updated' if previous else 'registered'}", good=True)


def _warn_of_duplicates(webhooks: Sequence[dict[str, Any]]) -> None:
    counts = Counter(
        (each["event"], each.get("deviceId") or "", _without_key(each["url"])) for each in webhooks
    )
    for (event, device, url), count in counts.items():
        # A registration for every phone counts for each single phone too.
        times = count + (counts[event, "", url] if device else 0)
        if times > 1:
            say(f"! {event} is registered {times} times with one URL: unregister one by its id")


def _warn_of_other_urls(webhooks: Sequence[dict[str, Any]], url: str) -> None:
    for other in sorted({each["url"] for each in webhooks if not _has_url(each, url)}):
        say(f"! events are also posted to {mask_key(other)}: if that is not yours, unregister it with --url")


def _is_chosen(webhook: dict[str, Any], ids: tuple[str, ...], url: str | None) -> bool:
    if ids or url:
        return webhook["id"] in ids or (url is not None and _has_url(webhook, url))
    return bool(re.fullmatch(r"relay-[\w-]+-[0-9a-f]{7}", str(webhook["id"])))


def _has_url(webhook: dict[str, Any], url: str) -> bool:
    return _without_key(webhook["url"]) == _without_key(url)


def _without_key(url: str) -> str:
    return url.partition("?")[0].rstrip("/")
