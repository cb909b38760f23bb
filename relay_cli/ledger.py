"""`ledger move` and `drop`: what an operator does to what is owed."""

import secrets
import time
from collections.abc import Iterator
from contextlib import aclosing

import click

from relay.config import Config
from relay.delivery.keeping import lacks_files
from relay.events import NotAnEvent, parse
from relay.keys import event_key
from relay.ledger import Ledger, LedgerUnavailable, open_ledger
from relay.ledger.record import Record
from relay.ledger.secret import CHANGED, MEMO, Fingerprint
from relay.request_log import SHOWN_KEY
from relay_cli.moving import drop as drop_in
from relay_cli.moving import is_leased, move
from relay_cli.terminal import configured, fail, from_project, require_ledger, run, say

PATIENCE = 20.0
"""Seconds that the ledger may take for one record."""
_BUSY = "another process is delivering it; try again in a minute"


@click.group()
def ledger() -> None:
    """Look after the ledger itself: `ledger move` brings what is owed into another one.

    \b
    Example: python -m relay ledger move sqlite:///data/ledger.sqlite firestore://my-project
    """


@ledger.command("move")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--yes", is_flag=True, help="Do not ask.")
def move_all(source: str, target: str, *, yes: bool) -> None:
    """Move what is still owed from one ledger to another, under the keys of today's LEDGER_SECRET.

    FROM and TO are written like LEDGER_URL: a relative path starts at the project's folder. After a change of LEDGER_SECRET alone both are the same. An
    event leaves the one ledger when the other has it. What was delivered before is not moved. Exit code 1
    if something could not be moved.

    \b
    Example: python -m relay ledger move sqlite:///data/ledger.sqlite firestore://my-project
    """
    config = configured()
    source, target = from_project(source), from_project(target)
    require_ledger(source)
    if not run(_move_all(config, _opened(source), _opened(target), yes=yes)):
        raise SystemExit(1)


@click.command()
@click.argument("name_or_key", metavar="NAME|KEY")
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(name_or_key: str, *, yes: bool) -> None:
    """Drop what is owed to a destination, or all that one event owes, named by the first digits of its key.

    Nothing delivers it any more, and the phone's repeat is answered 200. Exit code 1 if something could
    not be dropped.

    \b
    Example: python -m relay drop old-telegram
             python -m relay drop 3f9ac1
    """
    url = configured().settings.ledger_url
    require_ledger(url)
    if not run(_drop(_opened(url), name_or_key, yes=yes)):
        raise SystemExit(1)


def _opened(url: str) -> Ledger:
    try:
        opened = open_ledger(url, patience=PATIENCE)
    except LedgerUnavailable as problem:
        fail(str(problem))
    return opened or fail("memory: keeps nothing outside the function; name another ledger, like firestore:")


async def _drop(kept: Ledger, name_or_key: str, *, yes: bool) -> bool:
    async with aclosing(kept):
        chosen = list(_chosen(await kept.unsettled(bodies=False), name_or_key))
        names = sorted({name for _, _, deliveries in chosen for name in deliveries})
        events = f"{len(chosen)} event{'s' * (len(chosen) != 1)}"
        if not yes:
            click.confirm(f"Drop what is owed to {', '.join(names)}, by {events}?", abort=True)
        done = [await _dropped(kept, key, deliveries) for key, _, deliveries in chosen]
    say(f"Dropped: {sum(done)} of {events}", good=all(done))
    return all(done)


def _chosen(kept: list[tuple[str, Record]], name_or_key: str) -> Iterator[tuple[str, Record, list[str]]]:
    """Yield the events that owe something to a destination, or the one of that key, and to whom."""
    owing = [(key, record, [name_or_key]) for key, record in kept if name_or_key in record.owing()]
    named = [(key, record, record.owing()) for key, record in kept if key.startswith(name_or_key)]
    if not owing and len(named) != 1:
        problem = "several keys begin with it" if named else "nothing is owed under that name or key"
        fail(f"{name_or_key}: {problem}")
    yield from owing or named


async def _dropped(kept: Ledger, key: str, names: list[str]) -> bool:
    free = await drop_in(kept, key, names, time.time())
    if not free:
        say(f"{key[:SHOWN_KEY]}: {_BUSY}", good=False)
    return free


async def _move_all(config: Config, source: Ledger, target: Ledger, *, yes: bool) -> bool:
    async with aclosing(source), aclosing(target):
        kept = await source.unsettled()
        same = await _are_same(source, target)
        if kept and not yes:
            click.confirm(f"Move {len(kept)} event{'s' * (len(kept) != 1)}?", abort=True)
        mark = Fingerprint(config.settings.ledger_secret)
        await source.update_note(MEMO, mark.compare)
        done = [await _moved(config, source, target, each, changed=mark.differs, same=same) for each in kept]
        if all(done) and same:
            await target.update_note(MEMO, mark.replace)
        await target.update_note(MEMO, mark.note)
    if mark.differs and not same:
        say(f"! {CHANGED}")
    say(f"Moved: {sum(done)} of {len(kept)} event{'s' * (len(kept) != 1)}", good=all(done))
    return all(done)


async def _are_same(source: Ledger, target: Ledger) -> bool:
    """Return whether two addresses lead to one ledger: what is written to the one is read from the other."""
    token = secrets.token_hex(8)
    await target.update_note("move", lambda _memo: {"token": token})
    found: list[bool] = []
    await source.update_note("move", lambda memo: found.append(memo == {"token": token}))
    return found[-1]


async def _moved(
    config: Config,
    source: Ledger,
    target: Ledger,
    kept: tuple[str, Record],
    *,
    changed: bool | None,
    same: bool,
) -> bool:
    """Move one event; `changed` is whether it is kept under another secret's key, None if nobody knows."""
    key, record = kept
    now = time.time()
    new_key = key if changed is False else _key(config, record) or ("" if changed else key)
    if same and new_key == key:
        return True
    problem = ""
    if is_leased(record, now):
        problem = _BUSY
    elif not new_key:
        problem = "its whole content was not kept, so its key under today's LEDGER_SECRET is not known"
    elif not await move(source, target, kept, new_key, now):
        problem = "it has changed meanwhile; run the command again"
    if problem:
        say(f"{key[:SHOWN_KEY]}: {problem}", good=False)
    return not problem


def _key(config: Config, record: Record) -> str:
    """Return the key that an event has today; empty if its content was not kept whole."""
    if record.raw is None:
        return ""
    try:
        event = parse(record.raw)
    except NotAnEvent:
        return ""
    if lacks_files(event.raw):
        return ""
    settings = config.settings
    return event_key(
        event,
        record.raw,
        by_id=settings.duplicates == "id",
        devices=config.routing.phones,
        secret=settings.ledger_secret,
        first_seen_at=record.dispatch.first_seen_at,
    )
