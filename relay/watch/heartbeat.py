"""The monitor that notices when no tick comes any more: it is called by each that is complete."""

import asyncio
from dataclasses import replace

from forwarders.base import Failure
from forwarders.http import Http
from relay.watch.conditions import AGAIN
from relay.watch.state import Condition, Finding, State

TIMEOUT = 5.0
"""Seconds that the monitor has to answer."""
_SUCCESS = range(200, 300)


async def call(http: Http, url: str) -> bool:
    """Call the monitor; return whether it has accepted the call."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return (await http.request("GET", url)).status in _SUCCESS
    except (TimeoutError, Failure):
        return False


def with_heartbeat(state: State, now: float, *, is_accepted: bool) -> tuple[State, list[Finding]]:
    """Return the state after a call, and what is to be reported: a failure once, and once when it is over."""
    before = state.heartbeat
    if is_accepted:
        reported = before is not None and before.reported > 0
        title = "The heartbeat works again."
        over = [_finding(f"heartbeat.was.{before.since:.0f}", title, now)] if before and reported else []
        return (replace(state, heartbeat=None) if before else state), over
    if before is None:
        return replace(state, heartbeat=Condition(now)), []
    if before.reported or now - before.since < AGAIN:
        return state, []
    title = "The heartbeat's address does not answer: look at heartbeat in [watch], and at the monitor."
    return replace(state, heartbeat=before._replace(reported=now)), [
        _finding(f"heartbeat.is.{before.since:.0f}", title, now)
    ]


def _finding(name: str, title: str, now: float) -> Finding:
    return Finding(name, title, "", "heartbeat", now, is_end=".was." in name)
