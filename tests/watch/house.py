"""Phones and ticks without a function: what a ping says, and what people read of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from relay.events import Event, parse
from relay.watch import outbox, phone, state
from relay.watch.judge import judge
from relay.watch.rules import Rules, build_rules
from relay.watch.sighting import sight
from relay.watch.state import Finding, State
from tests.configured import configured

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
START = 1782122400.0
"""Mon 22 Jun 2026, 10:00 UTC."""


def ping(level: object = 80, charging: object = 3, transport: object = 4, failed: object = 0) -> Event:
    """Return a ping; None leaves a check out."""
    observed = {
        "battery:level": level,
        "battery:charging": charging,
        "connection:transport": transport,
        "messages:failed": failed,
    }
    checks = {name: {"observedValue": value} for name, value in observed.items() if value is not None}
    return event("system:ping", health={"status": "pass", "checks": checks})


def event(event_type: str, **payload: Any) -> Event:
    return parse(json.dumps({"event": event_type, "deviceId": "d", "payload": payload}).encode())


def started(*cards: Mapping[str, object]) -> Event:
    return event("app:started", simCards=list(cards))


def card(number: int, **known: object) -> Mapping[str, object]:
    return {"slotIndex": number - 1, "simNumber": number, **known}


def build(*names: str, watch: str = "", device: str = "", relay: str = "") -> Rules:
    """Return the rules of a configuration with these phones, and more lines for `[watch]` and each phone."""
    devices = "".join(f'[devices.{name}]\nids = "{name}"\n{device}\n' for name in names)
    return build_rules(configured(f'[watch]\nto = "log"\n{watch}\n{devices}', relay=relay))


@dataclass
class House:
    """Phones that are watched. Every note passes through JSON, as in a ledger."""

    rules: Rules
    now: float = START
    notes: dict[str, str] = field(default_factory=dict)
    watch: str = ""
    sent: list[Finding] = field(default_factory=list)

    def hear(self, name: str, what: Event | None = None) -> None:
        """Let a phone be heard now: with a ping, unless it is something else."""
        sighting = sight(what or ping(), self.now, self.rules.limits(name), b"a secret")
        known = phone.from_note(json.loads(self.notes.get(name, "null")))
        is_configured = name in self.rules.devices
        seen = (known or phone.Phone(name, is_configured)).seen(sighting)
        self.notes[name] = json.dumps(phone.to_note(seen))

    def phones(self) -> dict[str, phone.Phone]:
        read = {name: phone.from_note(json.loads(note)) for name, note in self.notes.items()}
        return {name: each for name, each in read.items() if each}

    def state(self) -> State:
        return state.from_note(json.loads(self.watch or "null"))

    def tick(self, *, accepted: bool = True) -> list[str]:
        """Tick once; return the titles of what was sent."""
        after = judge(self.state(), self.phones(), self.now, self.rules)
        sent = outbox.to_send(after, self.now, self.rules)
        if accepted:
            after = outbox.without(after, {each.id for each in sent})
        self.sent += sent
        self.watch = json.dumps(state.to_note(after))
        return [each.title for each in sent]

    def live(self, seconds: float, *names: str, what: Event | None = None, every: float = 300) -> list[str]:
        """Let time pass with a tick every five minutes, and these phones heard just before each."""
        titles = []
        for _ in range(round(seconds / every)):
            self.now += every
            for name in names:
                self.hear(name, what)
            titles += self.tick()
        return titles
