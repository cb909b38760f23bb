"""`explain`: where an event would go, why, and what each message would say; nothing is sent."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from forwarders.text import describe_file, plain
from relay.config import Config, ConfigurationError
from relay.config.errors import KeyPath, validate
from relay.config.expect import Expect
from relay.events import Event, NotAnEvent, parse, split
from relay.model import DeliverySpec
from relay.moments import moment_of
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.expectations import build_example
from relay_cli.explanation import explain_routing
from relay_cli.terminal import fail, load_config, say

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", metavar="[EVENT]", type=READABLE, required=False)
@click.option("--type", "event", default="sms:received", show_default=True, help="The event's type.")
@click.option("--sender", help="Who sent it.")
@click.option("--recipient", help="Who it was sent to.")
@click.option("--text", help="The text of the message.")
@click.option("--sim", type=int, help="The number of the SIM card.")
@click.option("--device", help="The phone's name or id.")
@click.option(
    "--at",
    help='When it was received, like "2026-06-22 23:30", in `timezone` of [relay], else UTC; default: now.',
)
@click.option("--age", help="How long after that it arrives, like 36h; default: at once.")
def explain(file: Path | None, **options: str | int | None) -> None:
    """Show which route takes an event, why the earlier ones do not, and what each destination would show.

    \b
    Example: ./sms-relay explain samples/sms-received.json
             ./sms-relay explain --sender VM-MYBANK --text "481516 is your code"
    """
    config = load_config()
    try:
        router, renderer = Router(config), Renderer(config)
        events = _read_events(config, file, options)
    except ConfigurationError as error:
        fail(*error.problems)
    except NotAnEvent as problem:
        fail(str(problem))
    for number, (event, now) in enumerate(events, start=1):
        if len(events) > 1:
            say(f"{chr(10) if number > 1 else ''}message {number} of {len(events)}: {event.type}")
        _explain(router, renderer, event, now)


def _explain(router: Router, renderer: Renderer, event: Event, now: float) -> None:
    explanation = explain_routing(router, event, now)
    for line in explanation.lines():
        say(line)
    for spec in explanation.deliveries:
        _show_message(renderer, event, spec, now)


def _show_message(renderer: Renderer, event: Event, spec: DeliverySpec, now: float) -> None:
    message = renderer.message(event, spec, key="explained", first_seen_at=now)
    say(f"\n── {spec.destination} shows:")
    say("\n".join([plain(message), *map(describe_file, message.attachments)]))


def _read_events(config: Config, file: Path | None, options: dict[str, Any]) -> list[tuple[Event, float]]:
    """Return each event to explain, and when it is first seen (Unix seconds)."""
    given = {key: value for key, value in options.items() if value is not None}
    expect = validate(Expect, {**given, "at": _parse_moment(options["at"]), "to": ()}, _option_name)
    if file is None:
        return [build_example(expect, config)]
    return [(each, _time_of(each) + (expect.age or 0.0)) for each in split(parse(file.read_bytes()))]


def _time_of(event: Event) -> float:
    """Return when an event happened, or now if it does not say (Unix seconds)."""
    now = time.time()
    moment = moment_of(event, now)
    return moment.timestamp() if moment else now


def _option_name(path: KeyPath) -> str:
    return "--type" if path[0] == "event" else f"--{path[0]}"


def _parse_moment(at: str | None) -> datetime:
    """Return a moment, which may be without a time zone; None is now."""
    if at is None:
        return datetime.now().astimezone()
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        fail(f'--at: "{at}" is not a date and time; write it like "2026-06-22 23:30"')
