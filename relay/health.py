"""What a phone finds about itself, in words."""

from collections.abc import Iterator

from relay.events.payloads import Health, Payload, SystemPing

_RANKS = {"fail": 0, "warn": 1}


def status(payload: Payload) -> str:
    """Return what a ping says of the phone: pass, warn or fail; empty if it says nothing."""
    if not isinstance(payload, SystemPing):
        return ""
    health = payload.health
    said = [health.status] if health.status else [each.status for each in health.checks.values()]
    return min((each for each in said if each), key=lambda each: _RANKS.get(each, 2), default="")


def findings(health: Health) -> Iterator[str]:
    """Yield what is worth telling, the worst first."""
    for name, check in sorted(health.checks.items(), key=lambda each: _RANKS.get(each[1].status or "", 2)):
        bad = check.status in _RANKS
        words = _words(name, check.value or "", bad=bad)
        if words:
            yield f"{words} ({check.status})" if bad else words


def _words(name: str, value: str, *, bad: bool) -> str:
    off = value in ("", "0", "0.0")
    if name == "battery:level":
        return f"battery {value} %" if value else ""
    if name == "battery:charging":
        return "not charging" if off else "charging"
    if name == "connection:status":
        return "offline" if off else "online"
    if name == "messages:failed":
        return f"failed messages: {value or 'some'}" if bad or not off else ""
    return f"{name} {value}".strip() if bad else ""
