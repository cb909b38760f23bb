"""`explain`: where an event would go, why, and in what words; nothing is sent."""

import json
import time
from datetime import datetime
from pathlib import Path

import click

from forwarders.text import plain
from relay.commands.desk import configured, fail, say
from relay.config import Config, ConfigurationError
from relay.config.times import zone
from relay.events import Event, NotAnEvent, parse
from relay.ledger.record import Due
from relay.rendering import Renderer
from relay.routing import Router
from relay.routing.explaining import explain as explained

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("event", type=READABLE, required=False)
@click.option("--type", "event_type", default="sms:received", show_default=True, help="The event's type.")
@click.option("--sender", help="Who sent it.")
@click.option("--recipient", help="To whom it was sent.")
@click.option("--text", help="What it says.")
@click.option("--sim", type=int, help="The number of the SIM card.")
@click.option("--device", help="The phone's device id.")
@click.option("--at", help='When it was received, like "2026-06-22 23:30"; now if left out.')
def explain(event: Path | None, event_type: str, at: str | None, **said: str | int | None) -> None:
    r"""Show which route an event takes, why the earlier ones did not take it, and what each place shows.

    \b
    Example: python -m relay explain samples/sms-received.json
             python -m relay explain --sender VM-MYBANK --text "481516 is your code"
    """
    config = configured()
    try:
        router, renderer = Router(config), Renderer(config)
        seen = parse(event.read_bytes()) if event else _made(config, event_type, at, said)
    except (ConfigurationError, NotAnEvent) as problem:
        fail(str(problem))
    now = seen.payload.moment.timestamp() if seen.payload.moment else time.time()
    explanation = explained(router, seen, now)
    for line in explanation.lines():
        say(line)
    for due in explanation.owed:
        _show(renderer, seen, due, now)


def _show(renderer: Renderer, event: Event, due: Due, now: float) -> None:
    say(f"\n── {due.destination} shows:")
    say(plain(renderer.message(event, due, key="explained", seen=now)))


def _made(config: Config, event_type: str, at: str | None, said: dict[str, str | int | None]) -> Event:
    names = {"text": "message", "sim": "simNumber"}
    payload = {
        names.get(name, name): value for name, value in said.items() if value is not None and name != "device"
    }
    payload["receivedAt"] = _moment(config, at).isoformat()
    event = {"event": event_type, "deviceId": said["device"] or "", "payload": payload}
    return parse(json.dumps(event).encode())


def _moment(config: Config, at: str | None) -> datetime:
    """Return a moment in the reader's zone, where none is written with it."""
    if at is None:
        return datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        fail(f'--at: "{at}" is no moment; write it like "2026-06-22 23:30"')
    name = config.settings.timezone
    return moment if moment.tzinfo else moment.replace(tzinfo=zone(name) if name else None).astimezone()
