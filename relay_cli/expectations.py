"""The examples of the configuration: events, and where they are expected to go."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from relay.config import Config
from relay.config.routes import Expect
from relay.config.times import load_zone
from relay.events import Event, parse
from relay.routing import Router
from relay_cli.explanation import explain_routing

_NOON = datetime(2026, 6, 24, 12)  # noqa: DTZ001  (in the reader's zone, whichever that is)
_FILE = {"name": "picture.gif", "contentType": "image/gif", "size": 6, "data": "R0lGODlh"}


def find_unmet(config: Config, router: Router) -> Iterator[str]:
    """Yield a sentence for each `[[expect]]` that is not met."""
    for index, expect in enumerate(config.routing.expect):
        event, first_seen_at = build_example(expect, config)
        explanation = explain_routing(router, event, first_seen_at)
        deliveries = {spec.destination for spec in explanation.deliveries}
        if deliveries != set(expect.to):
            by = ", ".join(f"routes[{each}]" for each in explanation.matched) or "default"
            is_taken = deliveries or explanation.matched
            actual = f"{by} sends it to {_join(deliveries)}" if is_taken else "no route takes it"
            yield f"expect[{index}]: expected {_join(expect.to)}, but {actual}"


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
