"""`status`, `tick` and `forget`: the watch, as an operator uses it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click
from pydantic import TypeAdapter, ValidationError

from relay.config import Config
from relay.config.times import Duration
from relay.ledger import LedgerUnavailable
from relay.moments import format_duration
from relay.watch import Watch
from relay.watch.loops import LoopStatus
from relay.watch.rules import Rules
from relay.watch.status import DestinationStatus, PhoneStatus, Status
from relay.watch.tick import Ticked
from relay.watch.wording import clock, duration, times
from relay_cli.ledgers import load_with_ledger
from relay_cli.terminal import fail, open_app, print_json, print_table, run, say


class Seconds(click.ParamType[float]):
    """A duration, written as in the configuration."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        try:
            return TypeAdapter(Duration).validate_python(value)
        except ValidationError as error:
            self.fail(str(error.errors()[0]["msg"]), param, ctx)


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def status(for_scripts: bool) -> None:
    """Show how things are: each phone, when it was heard, and each destination.

    Exit code 1 if something is wrong. No message, number or code is shown.

    \b
    Example: ./sms-relay status
    """
    config = _load()
    found, rules = run(_read_status(config))
    if for_scripts:
        print_json(found.to_json())
    else:
        _print(found, rules)
    if not found.is_well:
        raise SystemExit(1)


@click.command()
@click.option("--every", type=Seconds(), metavar="DURATION", help="Go on, with so long between two: 5m.")
def tick(every: float | None) -> None:
    """Judge all phones once, and send what is to be reported; with --every, again and again.

    For a function at home, where no scheduler calls POST /tick. Exit code 1 if a single tick failed.

    \b
    Example: ./sms-relay tick --every 5m
    """
    config = _load()
    if every is None:
        say(_describe(run(_tick_once(config))), good=True)
    else:
        run(_tick_forever(config, every))


@click.command()
@click.argument("phone")
def forget(phone: str) -> None:
    """Forget a phone that is retired: PHONE is its name as `status` shows it, or its device id.

    If it is heard again, it is known again.

    \b
    Example: ./sms-relay forget anna
    """
    names = run(_forget(_load(), phone))
    if not names:
        fail(f'no phone is called "{phone}"; `status` lists those that are known')
    say(f"Forgotten: {', '.join(names)}", good=True)


def _load() -> Config:
    config = load_with_ledger()
    if config.watch is None:
        fail("nothing is watched: add [watch] to config.toml, or set WATCH")
    return config


@asynccontextmanager
async def _watching(config: Config) -> AsyncIterator[Watch]:
    async with open_app(config) as app:
        yield app.watch or fail("nothing is watched")


async def _read_status(config: Config) -> tuple[Status, Rules]:
    async with _watching(config) as watch:
        return await watch.status(), watch.rules


async def _tick_once(config: Config) -> Ticked:
    async with _watching(config) as watch:
        return await watch.tick()


async def _tick_forever(config: Config, every: float) -> None:
    async with _watching(config) as watch:
        while True:
            began = time.monotonic()
            try:
                say(_describe(await watch.tick()), good=True)
            except LedgerUnavailable as problem:
                say(str(problem), good=False)
            await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))


async def _forget(config: Config, phone: str) -> list[str]:
    async with _watching(config) as watch:
        known = (await watch.store.phones()).known
        keys = [key for key, each in known.items() if each.name == phone]
        keys = keys or [key for key in (watch.naming.know(phone).key,) if key in known]
        await watch.store.erase(watch.store.notes_of(keys))
        return [known[key].name for key in keys]


def _describe(ticked: Ticked) -> str:
    waiting = f", {ticked.waiting} waiting" if ticked.waiting else ""
    return f"{times(ticked.phones, 'phone')}, {ticked.silent} silent; {ticked.sent} sent{waiting}"


def _print(status: Status, rules: Rules) -> None:
    heads = ("phone", "heard", "SMS", "battery", "network", "SIMs", "state")
    print_table(heads, (_phone(each, status.at) for each in status.phones))
    destinations = ((each.name, _state(each, status.at, rules), each.waiting) for each in status.destinations)
    print_table(("destination", "state", "waiting"), destinations)
    if status.loops:
        print_table(("canary", "last round trip", "state"), (_loop(each, status.at) for each in status.loops))
    if status.is_late:
        say(f"The latest tick was {_ago(status.ticked, status.at)}: nobody is judged", good=False)


def _phone(phone: PhoneStatus, now: float) -> tuple[str, ...]:
    charging = {True: ", charging", False: "", None: ""}[phone.charging]
    battery = "" if phone.level is None else f"{phone.level} %{charging}"
    state = ", ".join(phone.problems) or ("well" if phone.is_watched else "has not pinged")
    sims = str(phone.sims or "")
    return phone.name, _ago(phone.heard, now), _ago(phone.message, now), battery, phone.network, sims, state


def _loop(loop: LoopStatus, now: float) -> tuple[str, ...]:
    state = loop.problem or (
        "under way" if loop.is_under_way else "works" if loop.returned else "no test yet"
    )
    took = f", took {duration(loop.seconds)}" if loop.returned else ""
    return loop.name, f"{_ago(loop.returned, now)}{took}", state


def _state(destination: DestinationStatus, now: float, rules: Rules) -> str:
    since = destination.failing_since
    return f"fails since {clock(since, now, rules.zone)}" if since else "works"


def _ago(moment: float, now: float) -> str:
    return f"{format_duration(max(0.0, now - moment))} ago" if moment else "never"
