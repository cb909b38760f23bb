"""`undelivered` and `replay`: what is still owed, and delivering it."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
from rich.progress import Progress

from relay.app import App
from relay.config import Config
from relay.delivery import Delivery
from relay.delivery.keeping import lacks_files
from relay.events import Event, NotAnEvent, parse
from relay.ledger.record import Record
from relay.model import DeliveryState
from relay.request_log import SHOWN_KEY
from relay_cli.terminal import (
    as_json,
    configured,
    fail,
    out,
    parts,
    require_ledger,
    run,
    say,
    show,
    warn_of_secret,
)

PHONE_REPEATS = 48 * 3600.0
"""Seconds for which a phone may repeat an event: 15 tries, about 45 hours, by its default."""
PATIENCE = 45.0
"""Seconds that the delivery of one event may take."""
_OWED = (DeliveryState.OPEN, DeliveryState.REFUSED)
Kept = list[tuple[str, Record]]


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def undelivered(for_scripts: bool) -> None:
    """List the events that a destination has not accepted: key, id, type, age, destinations, reason.

    The key names an event for `replay` and `drop`, and is the `ledger_key` of log lines; the id is the
    phone's own. It reads the ledger that LEDGER_URL names, and shows no text.

    \b
    Example: python -m relay undelivered
    """
    rows = [_row(key, record) for key, record in run(_kept(_with_ledger()))]
    if for_scripts:
        as_json(rows)
    elif not rows:
        say("Everything was delivered.", good=True)
    else:
        show(("key", "event", "type", "age", "destination", "state", "reason"), _cells(rows))


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--to", "name", metavar="NAME", help="The destination that gets what is owed to unknown ones.")
@click.option("--without-files", is_flag=True, help="Deliver also messages whose files were not kept.")
def replay(keys: tuple[str, ...], name: str | None, without_files: bool) -> None:
    """Deliver what is still owed: all that is open, or the events named by the first digits of their keys.

    An event that another process is delivering is skipped. What was finally refused is only tried
    again if it is named. A destination that is not configured is skipped, unless --to names another
    that gets it in its place. A message whose files were too large to be kept is left to the phone as
    long as that repeats it. Exit code 1 if something is still owed.

    \b
    Example: python -m relay replay
             python -m relay replay 3f9ac1
             python -m relay replay --to telegram
    """
    config = _with_ledger()
    if name is not None and name not in config.destinations:
        there_are = ", ".join(config.destinations)
        fail(f"--to {name}: no destination of this name is configured; there are {there_are}")
    if not run(_replay(config, keys, _Wish(again=bool(keys), name=name, without_files=without_files))):
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Wish:
    """How events are to be replayed; `name` gets what is owed to destinations that are not configured."""

    again: bool
    name: str | None
    without_files: bool


def _with_ledger() -> Config:
    config = configured()
    require_ledger(config.settings.ledger_url)
    return config


async def _kept(config: Config) -> Kept:
    async with parts(config) as built:
        await warn_of_secret(config, built.ledger)
        return await built.ledger.unsettled()


def _row(key: str, record: Record) -> Mapping[str, Any]:
    deliveries = {
        spec.destination: {
            "state": str(record.of(spec.destination).state),
            "reason": record.of(spec.destination).reason,
        }
        for spec in record.dispatch.deliveries
        if record.of(spec.destination).state in _OWED
    }
    age = round(time.time() - record.dispatch.first_seen_at)
    return {
        "key": key,
        "event": record.dispatch.id,
        "type": record.dispatch.type,
        "age": age,
        "owed": deliveries,
        "kept": record.raw is not None,
    }


def _cells(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        for name, each in row["owed"].items():
            reason = each["reason"] or ("" if row["kept"] else "not kept: the phone repeats it")
            key, age = row["key"][:SHOWN_KEY], _aged(row["age"])
            yield key, row["event"], row["type"], age, name, each["state"], reason


def _aged(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


async def _replay(config: Config, keys: tuple[str, ...], wish: _Wish) -> bool:
    async with parts(config) as built:
        chosen = list(_chosen(await built.ledger.unsettled(), keys))
        if not chosen:
            say("Nothing is owed.", good=True)
        with Progress(console=out, transient=True) as progress:
            results = [
                await _replayed(built, key, record, wish)
                for key, record in progress.track(chosen, description="Delivering")
            ]
    return all(results)


def _chosen(kept: Kept, keys: tuple[str, ...]) -> Iterator[tuple[str, Record]]:
    """Yield what is to be delivered: the open ones, or those that were named."""
    for key in keys:
        found = [each for each in kept if each[0].startswith(key)]
        if len(found) != 1:
            fail(f"{key}: {'no event owes anything' if not found else 'several events begin'} under that key")
        yield found[0]
    if not keys:
        yield from (each for each in kept if DeliveryState.OPEN in each[1].states())


async def _replayed(built: App, key: str, record: Record, wish: _Wish) -> bool:
    event = _kept_event(key, record, wish)
    if event is None or record.raw is None:
        return False
    deadline = asyncio.get_running_loop().time() + PATIENCE
    deliveries = await built.relay.replay(
        key, record, event, record.raw, deadline, again=wish.again, instead_of_unknown=wish.name
    )
    shown = key[:SHOWN_KEY]
    if deliveries is None:
        say(f"{shown}: another process is delivering it; skipped")
        return False
    for each in deliveries:
        say(f"{shown} {each.destination}: {each.outcome} {_why(each)}".rstrip(), good=_settled(each))
    return all(map(_settled, deliveries))


def _kept_event(key: str, record: Record, wish: _Wish) -> Event | None:
    """Return what was kept of an event; None, and why, if it cannot be delivered from here."""
    shown = key[:SHOWN_KEY]
    if record.raw is None:
        say(f"{shown}: its content was never kept; the phone repeats it", good=False)
        return None
    try:
        event = parse(record.raw)
    except NotAnEvent as problem:
        say(f"{shown}: what was kept cannot be read: {problem.detail}", good=False)
        return None
    if lacks_files(event.raw) and not wish.without_files:
        may_come = time.time() - record.dispatch.first_seen_at < PHONE_REPEATS
        hope = "the phone still repeats it with them" if may_come else "the phone has stopped repeating it"
        say(f"{shown}: its files were too large to be kept; {hope}; --without-files delivers the rest")
        return None
    return event


def _settled(delivery: Delivery) -> bool:
    return delivery.outcome not in ("deferred", "refused")


def _why(delivery: Delivery) -> str:
    return "" if _settled(delivery) else delivery.reason
