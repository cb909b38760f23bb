"""Routes proved by examples: events, and where they are expected to go."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from relay.config import Config
from relay.config.routes import Expect
from relay.config.times import load_zone
from relay.events import Event, parse
from relay.routing import Router
from relay_cli.explanation import explain

_NOON = datetime(2026, 6, 24, 12)  # noqa: DTZ001  (in the reader's zone, whichever that is)
_FILE = {"name": "picture.gif", "contentType": "image/gif", "size": 6, "data": "R0lGODlh"}


def prove(config: Config, router: Router) -> Iterator[str]:
    """Yield a sentence for each `[[expect]]` that does not come true."""
    for index, expect in enumerate(config.routing.expect):
        event, first_seen_at = example(expect, config)
        explanation = explain(router, event, first_seen_at)
        deliveries = {spec.destination for spec in explanation.deliveries}
        if deliveries != set(expect.to):
            by = ", ".join(f"routes[{each}]" for each in explanation.matched) or "no route"
            sent = f"{by} sends it to {_listed(deliveries)}"
            yield f"expect[{index}]: expected {_listed(expect.to)}, but {sent}"


def example(expect: Expect, config: Config) -> tuple[Event, float]:
    """Return the event that is meant, and when it is seen (Unix seconds)."""
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


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "nobody"
