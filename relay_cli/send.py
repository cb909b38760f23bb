"""`send`: sends an event through the real destinations, as a test."""

import asyncio
import json
import secrets
import time
from datetime import datetime
from pathlib import Path

import click

from forwarders.base import Failure
from relay.app import App
from relay.config import Config
from relay.events import Event, NotAnEvent, parse, split
from relay.model import DeliverySpec
from relay_cli.explain import READABLE
from relay_cli.terminal import fail, load_config, open_app, run, say

TIMEOUT = 30.0
"""Seconds that the delivery to one destination may take."""


@click.command()
@click.argument("event", type=READABLE, required=False)
@click.option(
    "--to", "names", multiple=True, metavar="NAME", help="Send only to this destination; may be repeated."
)
def send(event: Path | None, names: tuple[str, ...]) -> None:
    """Send a test message, or an event of your own, through the configured destinations.

    It goes to each of them whatever the routes say, and uses no ledger. Exit code 1 if one of them did
    not accept it.

    \b
    Example: ./sms-relay send --to telegram
             ./sms-relay send samples/mms-downloaded.json
    """
    config = load_config()
    unknown = [name for name in names if name not in config.destinations]
    if unknown:
        fail(f"no destination is called {unknown[0]}; there are: {', '.join(config.destinations)}")
    try:
        events = split(parse(event.read_bytes() if event else _test_event()))
    except NotAnEvent as problem:
        fail(problem.detail)
    if not run(_send(config, events, names or tuple(config.destinations))):
        raise SystemExit(1)


async def _send(config: Config, events: tuple[Event, ...], names: tuple[str, ...]) -> bool:
    """Send the messages one after another, each to all destinations at once."""
    results: list[bool] = []
    async with open_app(config) as app:
        for event in events:
            results += await asyncio.gather(*(_send_to(app, event, name) for name in names))
    return all(results)


async def _send_to(app: App, event: Event, name: str) -> bool:
    message = app.renderer.message(
        event, DeliverySpec(name), key=secrets.token_hex(16), first_seen_at=time.time()
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            for post in app.forwarders[name].plan(message):
                remark = await app.forwarders[name].send(post)
                if remark:
                    say(f"{name}: {remark}")
    except Failure as failure:
        say(f"{name}: {failure.reason}", good=False)
        return False
    except TimeoutError:
        say(f"{name}: no answer within {TIMEOUT:.0f} s; it may have arrived anyway", good=False)
        return False
    say(f"{name}: accepted", good=True)
    return True


def _test_event() -> bytes:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    text = "This is a test: your phone's messages will arrive here. Test code 481 516."
    payload = {"sender": "SMS relay", "message": text, "receivedAt": now}
    return json.dumps({"event": "sms:received", "id": secrets.token_hex(8), "payload": payload}).encode()
