"""The health that a phone reports about itself, in words."""

from collections.abc import Iterator

from relay.events.payloads import Health, Payload, SystemPing

_RANKS = {"fail": 0, "warn": 1}


def health_status(payload: Payload) -> str:
    """Return the status in a ping: pass, warn or fail; empty if there is none."""
    if not isinstance(payload, SystemPing):
        return ""
    health = payload.health
    statuses = [health.status] if health.status else [each.status for each in health.checks.values()]
    return min((each for each in statuses if each), key=lambda each: _RANKS.get(each, 2), default="")


def describe_checks(health: Health) -> Iterator[str]:
    """Yield a description of each check that is worth reporting, the worst first."""
    for name, check in sorted(health.checks.items(), key=lambda each: _RANKS.get(each[1].status or "", 2)):
        is_bad = check.status in _RANKS
        description = _describe(name, check.value or "", is_bad=is_bad)
        if description:
            yield f"{description} ({check.status})" if is_bad else description


def _describe(name: str, value: str, *, is_bad: bool) -> str:
    is_off = value in ("", "0", "0.0")
    if name == "battery:level":
        return f"battery {value} %" if value else ""
    if name == "battery:charging":
        return "not charging" if is_off else "charging"
    if name == "connection:status":
        return "offline" if is_off else "online"
    if name == "messages:failed":
        return f"failed messages: {value or 'some'}" if is_bad or not is_off else ""
    return f"{name} {value}".strip() if is_bad else ""
