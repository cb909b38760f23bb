"""The examples of the configuration: events, and where they are expected to go."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from forwarders.text import plain
from relay.config import Config
from relay.config.expect import Expect
from relay.config.times import load_zone
from relay.events import Event, parse
from relay.model import DeliverySpec
from relay.reading import code_of
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.explanation import explain_routing

T = TypeVar("T")
_NOON = datetime(2026, 6, 24, 12)  # noqa: DTZ001  (in the reader's zone, whichever that is)
_FILE = {"name": "picture.gif", "contentType": "image/gif", "size": 6, "data": "R0lGODlh"}


def find_unmet(config: Config, router: Router, renderer: Renderer) -> Iterator[str]:
    """Yield a sentence for each `[[expect]]` that is not met."""
    for index, expect in enumerate(config.routing.expect):
        event, first_seen_at = build_example(expect, config)
        explanation = explain_routing(router, event, first_seen_at)
        deliveries = {spec.destination for spec in explanation.deliveries}
        problem = ""
        if deliveries != set(expect.to):
            by = ", ".join(f"routes[{each}]" for each in explanation.matched) or "default"
            is_taken = deliveries or explanation.matched
            actual = f"{by} sends it to {_join(deliveries)}" if is_taken else "no route takes it"
            problem = f"expected {_join(expect.to)}, but {actual}"
        found = code_of(event) or ""
        if expect.code is not None and expect.code != found:
            problem = problem or f'the code is "{found}", not "{expect.code}"'
        views = (
            _compare_view(expect, renderer, event, each, first_seen_at) for each in explanation.deliveries
        )
        if problem := problem or next(filter(None, views), ""):
            yield f"expect[{index}]: {problem}"


def _compare_view(
    expect: Expect, renderer: Renderer, event: Event, spec: DeliverySpec, first_seen_at: float
) -> str:
    """Return how what a destination shows differs from what is expected, or nothing."""
    name = spec.destination
    seen, expected = renderer.visibility(spec), _for(expect.content, name)
    if expected not in (None, seen):
        return f"{name} is shown {seen}, not {expected}"
    text = plain(renderer.message(event, spec, key="expected", first_seen_at=first_seen_at))
    for words in _for(expect.shows, name) or ():
        if words not in text:
            return f'{name} does not show "{words}"'
    for words in _for(expect.hides, name) or ():
        if words in text:
            return f'{name} shows "{words}"'
    return ""


def _for(by_destination: Mapping[str, T], name: str) -> T | None:
    return by_destination.get(name, by_destination.get("*"))


def build_example(expect: Expect, config: Config) -> tuple[Event, float]:
    """Return the described event, and when it is first seen (Unix seconds)."""
    at, name = expect.at or _NOON, config.settings.timezone
    moment = at if at.tzinfo else at.replace(tzinfo=load_zone(name) if name else UTC)
    device = config.routing.devices.get(expect.device or "")
    raw = {
        "event": expect.event,
        "deviceId": device.ids[0] if device else expect.device,
        "payload": dict(_payload(expect, moment)),
    }
    return parse(json.dumps(raw).encode()), moment.timestamp() + (expect.age or 0.0)


def _payload(expect: Expect, moment: datetime) -> Iterator[tuple[str, Any]]:
    yield "sender", expect.sender
    yield "recipient", expect.recipient
    yield "message", expect.text
    yield "simNumber", expect.sim
    yield "receivedAt", moment.isoformat()
    yield "attachments", [_FILE] if expect.attachment else []
    yield "health", {"status": expect.health}


def _join(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no destination"
