"""Configurations as operators write them, and events as phones post them."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from relay.config import Config, load
from relay.events import Event, parse

PLACES = ("family", "work", "log")
PHONE = "ffffffffceb0b1db0000018e937c815b"
NOON = "2026-06-22T12:00:00.000+02:00"
"""A Monday."""
NOBODY = (
    *("unknown", "Unknown", "UNKNOWN", "Unknown address", " unknown sender ", "insert-address-token"),
    *("\u02bcUNKNOWN_SENDER!\u02bc", "", " "),
)
"""What phones write in place of a sender that they do not know."""
SEEN = 1782122400.0
"""The same moment in Unix seconds."""


def configured(text: str = "", *, places: tuple[str, ...] = PLACES, relay: str = "") -> Config:
    """Load a configuration file with this text, and a console destination for each of these names."""
    tables = "".join(f'[destinations.{name}]\ntype = "console"\n' for name in places)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(f"{text}\n[relay]\n{relay}\n{tables}")
        return load({"API_KEY": "a-key-of-more-than-16-characters"}, Path(folder))


def event(event_type: str = "sms:received", *, device: str = PHONE, **payload: object) -> Event:
    """Return an event that happened at `NOON`, unless the payload says otherwise."""
    body = {"event": event_type, "deviceId": device, "payload": {"receivedAt": NOON, **payload}}
    return parse(json.dumps(body).encode())
