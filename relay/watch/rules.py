"""What the judge goes by: the limits of each phone, the reader's time zone, and fixed times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from relay.config import Config
from relay.config.routes import Device
from relay.config.times import load_zone
from relay.config.watch import WatchSettings

WRITE_EVERY = 600.0
"""Seconds for which an unchanged phone is not written again.

60 phones that ping every five minutes are then 8,640 writes a day; Firestore's free tier has 20,000.
https://cloud.google.com/firestore/pricing
"""
TOGETHER = 900.0
"""Seconds within which phones fall silent together."""
CONFIRM = 600.0
"""Seconds over which all pings must say the same before it is believed: old ones arrive hours late."""
MANY_FAILURES = 4
"""Messages that the phone could not send within an hour: one may have had a wrong number."""
OFTEN = 10
"""How many times a phone is written within the time for a test SMS: its signs of life decide then."""
CHARGED = 5
"""Percent above the limit from which a battery is no longer low."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits of the watch. `zone` is for clock times in messages and for quiet hours.

    `heard_within` are seconds within which a sign of life has to be known, by the names of phones.
    """

    watch: WatchSettings
    devices: Mapping[str, Device] = field(default_factory=dict)
    zone: tzinfo = UTC
    heard_within: Mapping[str, float] = field(default_factory=dict)
    _limits: dict[str, WatchSettings] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._limits.update({name: self.watch.of(device) for name, device in self.devices.items()})

    def limits(self, name: str) -> WatchSettings:
        """Return the limits of a phone by its name."""
        return self._limits.get(name, self.watch)

    def write_every(self, name: str) -> float:
        """Return for how many seconds an unchanged phone is not written again."""
        return min(WRITE_EVERY, self.limits(name).silence / 10, self.heard_within.get(name, WRITE_EVERY))

    def together(self, name: str) -> float:
        """Return for how many seconds a silent phone may wait for others to fall silent with it."""
        return min(TOGETHER, self.limits(name).silence / 4)

    def is_quiet(self, now: float) -> bool:
        """Return whether only urgent messages are sent now (Unix seconds)."""
        if self.watch.quiet is None:
            return False
        local = datetime.fromtimestamp(now, self.zone)
        return self.watch.quiet.days_since_start(local.hour * 60 + local.minute) is not None


def build_rules(config: Config) -> Rules:
    """Return the rules of a configuration that has a watch."""
    zone = config.settings.timezone
    if config.watch is None:
        raise ValueError("nothing is watched")
    devices = config.routing.devices
    return Rules(config.watch, devices, load_zone(zone) if zone else UTC, _heard_within(config))


def _heard_within(config: Config) -> Mapping[str, float]:
    """Return how soon it has to be known that a phone is heard that should receive a test SMS."""
    if not config.canaries:
        return {}
    from relay.config.canary import phone_of  # noqa: PLC0415  (without a test, nothing of it is loaded)

    shortest: dict[str, float] = {}
    for each in config.canaries:
        name = phone_of(each.to, config.routing.devices) or each.device
        shortest[name] = min(shortest.get(name, WRITE_EVERY), each.within / OFTEN)
    return shortest
