"""`explain`: where an event would go, why, and in what words; nothing is sent."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from forwarders.text import describe_file, plain
from relay.config import Config, ConfigurationError
from relay.config.errors import Keys, checked
from relay.config.routes import Expect
from relay.events import Event, NotAnEvent, parse, split
from relay.model import DeliverySpec
from relay.moments import moment_of
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.expectations import example
from relay_cli.explanation import explain as explained
from relay_cli.terminal import configured, fail, say

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", metavar="[EVENT]", type=READABLE, required=False)
@click.option("--type", "event", default="sms:received", show_default=True, help="The event's type.")
@click.option("--sender", help="Who sent it.")
@click.option("--recipient", help="To whom it was sent.")
@click.option("--text", help="What it says.")
@click.option("--sim", type=int, help="The number of the SIM card.")
@click.option("--device", help="The phone's name, or its id.")
@click.option(
    "--at",
    help='When it was received, like "2026-06-22 23:30", in `timezone` of [relay], else UTC; left out: now.',
)
@click.option("--age", help="How long after that it arrives, like 36h; left out: at once.")
def explain(file: Path | None, **asked: str | int | None) -> None:
    """Show which route an event takes, why the earlier ones did not take it, and what each place shows.

    \b
    Example: python -m relay explain samples/sms-received.json
             python -m relay explain --sender VM-MYBANK --text "481516 is your code"
    """
    config = configured()
    try:
        router, renderer = Router(config), Renderer(config)
        events = _asked(config, file, asked)
    except (ConfigurationError, NotAnEvent) as problem:
        fail(str(problem))
    for number, (event, now) in enumerate(events, start=1):
        if len(events) > 1:
            say(f"{chr(10) if number > 1 else ''}message {number} of {len(events)}: {event.type}")
        _explain(router, renderer, event, now)


def _explain(router: Router, renderer: Renderer, event: Event, now: float) -> None:
    explanation = explained(router, event, now)
    for line in explanation.lines():
        say(line)
    for spec in explanation.deliveries:
        _show(renderer, event, spec, now)


def _show(renderer: Renderer, event: Event, spec: DeliverySpec, now: float) -> None:
    message = renderer.message(event, spec, key="explained", first_seen_at=now)
    say(f"\n── {spec.destination} shows:")
    say("\n".join([plain(message), *map(describe_file, message.attachments)]))


def _asked(config: Config, file: Path | None, asked: dict[str, Any]) -> list[tuple[Event, float]]:
    """Return each event that is asked about, and when it is seen (Unix seconds)."""
    given = {key: value for key, value in asked.items() if value is not None}
    expect = checked(Expect, {**given, "at": _moment(asked["at"]), "to": ()}, _option)
    if file is None:
        return [example(expect, config)]
    return [(each, _first_seen(each) + (expect.age or 0.0)) for each in split(parse(file.read_bytes()))]


def _first_seen(event: Event) -> float:
    """Return when an event happened, else the time of now."""
    now = time.time()
    moment = moment_of(event, now)
    return moment.timestamp() if moment else now


def _option(path: Keys) -> str:
    return "--type" if path[0] == "event" else f"--{path[0]}"


def _moment(at: str | None) -> datetime:
    """Return a moment as it is written, which may be without a zone."""
    if at is None:
        return datetime.now().astimezone()
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        fail(f'--at: "{at}" is no moment; write it like "2026-06-22 23:30"')
