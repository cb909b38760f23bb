"""What an event of a phone says about the phone itself."""

from collections.abc import Iterator, Mapping

from relay.config.watch import WatchSettings
from relay.events import BATCHES, INBOUND, Event
from relay.events.payloads import AppStarted, Check, SimCard, SystemPing
from relay.keys import stored_name
from relay.moments import moment_of
from relay.watch.phone import Card, Sighting
from relay.watch.rules import CHARGED, MANY_FAILURES

BATTERY, PLUG, SENDING = "battery", "plug", "sending"
"""What the signs of a ping are about."""
LOW, FINE, IN, OUT, MANY, NONE, BETWEEN = "low", "fine", "in", "out", "many", "none", "between"
"""What they may say; `BETWEEN` is neither bad nor good."""
MOST_CARDS = 10
"""SIM cards of one phone that are looked at."""
_DIGITS = 16
"""Hex digits of a hash that tells one card of a phone from another."""
_LARGEST = 1_000_000
"""Larger numbers in a ping are not believed."""


def sight(event: Event, now: float, limits: WatchSettings, secret: bytes | None) -> Sighting:
    """Return what an event says that has come now (Unix seconds). Nothing in it can be wrong enough to raise.

    A SIM card is remembered by hashes that are keyed with the secret.
    """
    payload = event.payload
    if isinstance(payload, SystemPing):
        return _ping(payload, now, limits)
    if isinstance(payload, AppStarted):
        return Sighting(now, is_start=True, cards=dict(_cards(payload, secret)))
    if event.type == "sms:failed":
        moment = moment_of(event, now)
        return Sighting(now, failures=(min(moment.timestamp(), now) if moment else now,))
    return Sighting(now, is_message=event.type in INBOUND or event.type in BATCHES)


def _ping(ping: SystemPing, now: float, limits: WatchSettings) -> Sighting:
    checks = ping.health.checks
    level = _number(checks.get("battery:level"), 100)
    charging = _charging(_number(checks.get("battery:charging")), level)
    failed = _number(checks.get("messages:failed"))
    return Sighting(
        now,
        is_ping=True,
        level=level,
        charging=charging,
        transport=_number(checks.get("connection:transport")),
        failed=failed,
        signs={
            BATTERY: _battery(level, limits.battery, charging=charging),
            **({} if charging is None else {PLUG: IN if charging else OUT}),
            **({} if failed is None else {SENDING: _sending(failed)}),
        },
    )


def _number(check: Check | None, largest: int = _LARGEST) -> int | None:
    """Return the value of a check, if it is a whole number that can be right."""
    value = (check.value or "").strip().removesuffix(".0") if check else ""
    number = int(value) if value.isascii() and value.isdecimal() and len(value) <= len(str(largest)) else -1
    return number if 0 <= number <= largest else None


def _charging(flags: int | None, level: int | None) -> bool | None:
    """Return whether the phone is charged; None if that is not known.

    A full battery on a wireless charger has no flag either.
    """
    if flags == 0 and level == 100:  # noqa: PLR2004  (percent)
        return None
    return None if flags is None else flags > 0


def _battery(level: int | None, lowest: int, *, charging: bool | None) -> str:
    if charging or (level is not None and level >= lowest + CHARGED):
        return FINE
    return LOW if level is not None and level < lowest and charging is False else BETWEEN


def _sending(failed: int) -> str:
    if failed >= MANY_FAILURES:
        return MANY
    return BETWEEN if failed else NONE


def _cards(started: AppStarted, secret: bytes | None) -> Iterator[tuple[str, Card]]:
    for card in started.sim_cards[:MOST_CARDS]:
        number = card.sim or (None if card.slot is None else card.slot + 1)
        if number:
            yield str(number), dict(_hashes(card, secret))


def _hashes(card: SimCard, secret: bytes | None) -> Iterator[tuple[str, str]]:
    known: Mapping[str, str | None] = {"iccid": card.iccid, "number": card.number, "carrier": card.carrier}
    for name, value in known.items():
        if value:
            yield name, stored_name(f"sim {name} {value}", secret)[:_DIGITS]
