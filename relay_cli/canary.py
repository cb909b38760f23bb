"""`canary`: a test SMS now, watched until it is back."""

import asyncio
import time
from collections.abc import Iterator

import click

from relay.canary import Canaries
from relay.canary.journal import LEASE, Trip
from relay.canary.loop import Loop
from relay.config import Config
from relay.config.problems import suggest
from relay.watch.wording import duration
from relay_cli.ledgers import load_with_ledger
from relay_cli.terminal import fail, open_app, run, say

PAUSE, LONG_PAUSE = 1.0, 5.0
"""Seconds between two looks into the ledger, in the first minute and later: each is a read."""
MINUTE = 60.0


@click.command()
@click.argument("name", required=False)
def canary(name: str | None) -> None:
    """Send a test SMS now, and wait until it is back; NAME is one of [[canary]], such as anna or anna/1.

    The running function sees it come back, and this command reads that in the ledger that both use. A test
    that is under way already is waited for. Exit code 1 if it does not come back in time.

    \b
    Example: ./sms-relay canary anna
    """
    config = load_with_ledger()
    if not config.canaries:
        fail("there is no test: add [[canary]] to config.toml")
    if not run(_play(config, name)):
        raise SystemExit(1)


async def _play(config: Config, name: str | None) -> bool:
    async with open_app(config) as app:
        canaries = app.canaries or fail("there is no test")
        loop = _choose(canaries, name)
        return await _wait(canaries, loop, await _start(canaries, loop))


async def _start(canaries: Canaries, loop: Loop) -> Trip:
    """Have a test sent; if somebody else is asking for one just now, wait for the answer first."""
    until = time.monotonic() + 2 * LEASE
    while True:
        journal = await canaries.start(loop)
        trip = journal.trip if journal else None
        if trip and (trip.accepted or trip.answered):
            return trip
        if time.monotonic() > until:
            fail("the test was not begun: try again, and see whether the clock of this machine is right")
        await asyncio.sleep(PAUSE)


def _choose(canaries: Canaries, name: str | None) -> Loop:
    loops = {each.canary.label: each for each in canaries.loops}
    if name is None and len(loops) == 1:
        return canaries.loops[0]
    if name is None:
        fail(f"say which test: {', '.join(loops)}")
    return loops.get(name) or fail(f'no test is called "{name}"; {suggest(name, loops)}')


async def _wait(canaries: Canaries, loop: Loop, trip: Trip) -> bool:
    """Say what becomes of a test; return whether it is back in time."""
    within, began, said, minutes = loop.canary.within, time.monotonic(), set[str](), 1
    while True:
        for step in _steps(trip, loop):
            if step not in said:
                say(step)
            said.add(step)
        waited = time.monotonic() - began
        if waited >= minutes * MINUTE:
            say(f"… {minutes} min")
            minutes += 1
        if (result := _result(trip)) is not None:
            return result
        if waited > within * (2 if trip.sent else 1):
            say(f"{_lack(trip)} within {duration(within)}: {_advice(trip)}", good=False)
            return False
        await asyncio.sleep(PAUSE if waited < MINUTE else LONG_PAUSE)
        latest = (await canaries.journal(loop)).trip
        if latest is None or latest.due != trip.due:
            fail("another test has begun: ./sms-relay status shows what becomes of it")
        trip = latest


def _steps(trip: Trip, loop: Loop) -> Iterator[str]:
    """Yield how far a test has come."""
    if trip.accepted:
        yield f"The gateway has accepted the test of {loop.canary.label}"
    if trip.sent or trip.returned:
        yield f"{loop.canary.device} has sent it"
    if trip.delivered:
        yield "The network says that it has arrived"


def _result(trip: Trip) -> bool | None:
    """Say how a test has ended, and return whether it is back; None if it has not ended."""
    if trip.returned:
        say(f"Back after {duration(trip.returned - (trip.accepted or trip.asked))}", good=True)
        return True
    if trip.failed:
        say(f"Not sent: {trip.reason or 'the phone does not say why'}", good=False)
        return False
    if not trip.accepted:
        say(f"Not sent: {trip.reason}. The next tick asks again", good=False)
        return False
    return None


def _lack(trip: Trip) -> str:
    return "Not back" if trip.sent else "No report that it was sent"


def _advice(trip: Trip) -> str:
    if trip.sent:
        return "docs/watch.md says what that can mean; it is still taken if it comes later"
    return trip.reason or (
        "is the phone online, are these its working hours in the app, and does a webhook post sms:sent? "
        "./sms-relay check --live says the latter"
    )
