"""`undelivered` and `replay`: listing and delivering what a destination has not accepted."""

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
from relay_cli.ledgers import load_with_ledger, warn_if_empty
from relay_cli.terminal import (
    fail,
    open_app,
    out,
    print_json,
    print_table,
    run,
    say,
    warn_of_changed_secret,
)

PHONE_REPEATS = 48 * 3600.0
"""Seconds for which a phone may repeat an event: 15 tries, about 45 hours, by its default."""
PATIENCE = 45.0
"""Seconds that the delivery of one event may take."""
_UNSETTLED = (DeliveryState.OPEN, DeliveryState.REFUSED)
Records = list[tuple[str, Record]]
"""Unsettled records with their keys, the oldest first."""


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def undelivered(for_scripts: bool) -> None:
    """List the events that a destination has not accepted: key, id, type, age, destinations, reason.

    The key names an event for `replay` and `drop`, and is the `ledger_key` in log lines; the id comes from
    the phone. No message text is shown. The ledger is the one that LEDGER_URL names; else Firestore, if
    .env holds a deployment; else that of `make run`. With --json an age is in seconds.

    \b
    Example: ./sms-relay undelivered
    """
    records, is_empty = run(_list_unsettled(load_with_ledger()))
    rows = [_build_row(key, record) for key, record in records]
    if for_scripts:
        print_json(rows)
    elif not rows:
        say(
            "Nothing is recorded." if is_empty else "Everything was delivered.",
            good=None if is_empty else True,
        )
    else:
        print_table(("key", "event", "type", "age", "destination", "state", "reason"), _build_cells(rows))


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option(
    "--to",
    "name",
    metavar="NAME",
    help="Deliver here in place of destinations that are not configured.",
)
@click.option("--without-files", is_flag=True, help="Also deliver messages whose files were not kept.")
def replay(keys: tuple[str, ...], name: str | None, without_files: bool) -> None:
    """Deliver what was not delivered: all open events, or those named by the first digits of their keys.

    An event that another process is delivering is skipped. What was finally refused is tried again only
    if it is named. A destination that is not configured is skipped, unless --to names another one to
    deliver to in its place. A message whose files were too large to be kept is left to the phone as long
    as that repeats it. Exit code 1 if something is still not delivered.

    \b
    Example: ./sms-relay replay
             ./sms-relay replay 3f9ac1
             ./sms-relay replay --to telegram
    """
    config = load_with_ledger()
    if name is not None and name not in config.destinations:
        configured = ", ".join(config.destinations)
        fail(f"--to {name}: no destination of this name is configured; there are: {configured}")
    if not run(_replay(config, keys, _Options(again=bool(keys), name=name, without_files=without_files))):
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Options:
    """How to replay events; `name` is the destination in place of those that are not configured."""

    again: bool
    name: str | None
    without_files: bool


async def _list_unsettled(config: Config) -> tuple[Records, bool]:
    """Return the unsettled records, and whether the ledger holds no record at all."""
    async with open_app(config) as app:
        await warn_of_changed_secret(config, app.ledger)
        records = await app.ledger.unsettled()
        return records, not records and await warn_if_empty(app.ledger)


def _build_row(key: str, record: Record) -> Mapping[str, Any]:
    deliveries = {
        spec.destination: {
            "state": str(record.of(spec.destination).state),
            "reason": record.of(spec.destination).reason,
        }
        for spec in record.dispatch.deliveries
        if record.of(spec.destination).state in _UNSETTLED
    }
    age = round(time.time() - record.dispatch.first_seen_at)
    return {
        "key": key,
        "event": record.dispatch.id,
        "type": record.dispatch.type,
        "age_seconds": age,
        "age": age,
        "owed": deliveries,
        "kept": record.raw is not None,
    }


def _build_cells(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        for name, each in row["owed"].items():
            reason = each["reason"] or ("" if row["kept"] else "not kept: the phone repeats it")
            key, age = row["key"][:SHOWN_KEY], _format_age(row["age_seconds"])
            yield key, row["event"], row["type"], age, name, each["state"], reason


def _format_age(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


async def _replay(config: Config, keys: tuple[str, ...], options: _Options) -> bool:
    async with open_app(config) as app:
        selected = list(_select(await app.ledger.unsettled(), keys))
        if not selected:
            if not await warn_if_empty(app.ledger):
                say("Nothing to deliver.", good=True)
            return True
        with Progress(console=out, transient=True) as progress:
            results = [
                await _replay_one(app, key, record, options)
                for key, record in progress.track(selected, description="Delivering")
            ]
    return all(results)


def _select(records: Records, keys: tuple[str, ...]) -> Iterator[tuple[str, Record]]:
    """Yield the records to deliver: the open ones, or those that are named."""
    for key in keys:
        found = [each for each in records if each[0].startswith(key)]
        if len(found) != 1:
            fail(f"{key}: {'several keys start with it' if found else 'no undelivered event has that key'}")
        yield found[0]
    if not keys:
        yield from (each for each in records if DeliveryState.OPEN in each[1].states())


async def _replay_one(app: App, key: str, record: Record, options: _Options) -> bool:
    event = _load_event(key, record, options)
    if event is None or record.raw is None:
        return False
    deadline = asyncio.get_running_loop().time() + PATIENCE
    deliveries = await app.relay.replay(
        key, record, event, record.raw, deadline, again=options.again, instead_of_unknown=options.name
    )
    shown = key[:SHOWN_KEY]
    if deliveries is None:
        say(f"{shown}: another process is delivering it; skipped")
        return False
    for each in deliveries:
        reason = "" if _is_settled(each) else f" {each.reason}"
        say(f"{shown} {each.destination}: {each.outcome}{reason}".rstrip(), good=_is_settled(each))
    return all(map(_is_settled, deliveries))


def _load_event(key: str, record: Record, options: _Options) -> Event | None:
    """Return an event from its record; if it cannot be delivered from here, say why and return None."""
    shown = key[:SHOWN_KEY]
    if record.raw is None:
        say(f"{shown}: its content was not kept; the phone repeats it", good=False)
        return None
    try:
        event = parse(record.raw)
    except NotAnEvent as problem:
        say(f"{shown}: its stored content cannot be read: {problem.detail}", good=False)
        return None
    if lacks_files(event.raw) and not options.without_files:
        is_repeated = time.time() - record.dispatch.first_seen_at < PHONE_REPEATS
        hint = "the phone still repeats it with them" if is_repeated else "the phone has stopped repeating it"
        say(f"{shown}: its files were too large to be kept; {hint}; --without-files delivers the rest")
        return None
    return event


def _is_settled(delivery: Delivery) -> bool:
    return delivery.outcome not in ("deferred", "refused")
