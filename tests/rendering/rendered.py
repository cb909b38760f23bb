"""Messages rendered with a test configuration."""

import base64

from forwarders.base import Message
from relay.config import Config
from relay.events import Event
from relay.model import DeliverySpec, Visibility
from relay.rendering import Renderer
from tests.configured import SEEN, configured

NAMES = """
[contacts]
6505551212 = "Mum"
"+12025550177" = "Bob"
[devices.anna]
ids = ["ffffffffceb0b1db0000018e937c815b"]
sims = { 1 = "private", 2 = "work" }
"""
RELAY = 'region = "US"\ntimezone = "Europe/Berlin"'
HOUR = 3600.0
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n...").decode()


def render(
    incoming: Event,
    spec: DeliverySpec | None = None,
    *,
    config: Config | None = None,
    first_seen_at: float = SEEN,
    notes: tuple[str, ...] = (),
) -> Message:
    """Render an event for `family`, or for another delivery."""
    renderer = Renderer(config or configured())
    spec = spec or DeliverySpec("family")
    return renderer.message(incoming, spec, key="the-key", first_seen_at=first_seen_at, notes=notes)


def render_as(visibility: Visibility, incoming: Event) -> Message:
    """Render an event for a destination with limited visibility, an hour after the event."""
    return render(
        incoming,
        DeliverySpec("work", content=visibility),
        config=configured(NAMES, relay=RELAY),
        first_seen_at=SEEN + HOUR,
    )
