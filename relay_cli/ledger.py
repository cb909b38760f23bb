"""`ledger move`, `ledger backup` and `drop`: moving undelivered events, copying them, giving them up."""

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import aclosing, closing, suppress
from pathlib import Path

import click

from relay.config import Config
from relay.delivery.keeping import lacks_files
from relay.events import NotAnEvent, parse
from relay.keys import event_key
from relay.ledger import Ledger, LedgerUnavailable, open_ledger
from relay.ledger.record import Record
from relay.ledger.secret import CHANGED, MEMO, Fingerprint
from relay.ledger.stored import UNREADABLE
from relay.request_log import SHOWN_KEY
from relay_cli.ledgers import Choice, load_with_ledger, require_file
from relay_cli.moving import drop as drop_from
from relay_cli.moving import is_leased, move
from relay_cli.terminal import fail, from_project, load_config, run, say

PATIENCE = 20.0
"""Seconds that the ledger may take for one record."""
_BUSY = "another process is delivering it; try again in a minute"


@click.group()
def ledger() -> None:
    """Manage the ledger itself: copy it, or move undelivered events to another one.

    \b
    Example: ./sms-relay ledger move sqlite:///data/ledger.sqlite firestore://my-project
    """


@ledger.command("move")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--yes", is_flag=True, help="Do not ask.")
def move_all(source: str, target: str, *, yes: bool) -> None:
    """Move undelivered events from one ledger to another, under the keys of the current LEDGER_SECRET.

    FROM and TO are written like LEDGER_URL; a relative path starts at the project's folder. After a
    change of LEDGER_SECRET alone both are the same. An event is removed from the one ledger once the
    other has it. Delivered events are not moved. Exit code 1 if an event could not be moved.

    \b
    Example: ./sms-relay ledger move sqlite:///data/ledger.sqlite firestore://my-project
    """
    config = load_config()
    source, target = from_project(source), from_project(target)
    require_file(Choice(source, "it is named"))
    if not run(_move_all(config, _open(source), _open(target), yes=yes)):
        raise SystemExit(1)


@ledger.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def back_up(file: Path) -> None:
    """Copy a ledger in SQLite to FILE, also while it is in use.

    The copy holds the messages that are not delivered yet, and only you can read it. To restore it, stop
    the function, put the copy in place of the ledger, and start the function again.

    \b
    Example: ./sms-relay ledger backup ledger-copy.db
    """
    url = load_with_ledger().settings.ledger_url
    if not url.startswith("sqlite:"):
        fail("Firestore has backups of its own: https://cloud.google.com/firestore/docs/backups")
    try:
        file.touch(mode=0o600, exist_ok=False)
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.execute("VACUUM INTO ?", (str(file),))
    except FileExistsError:
        fail(f"{file} exists already; name a new file")
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            file.unlink()
        fail(f"{file} could not be written: {getattr(error, 'strerror', None) or error}")
    say(f"Copied to {file}", good=True)


@click.command()
@click.argument("name_or_key", metavar="NAME|KEY")
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(name_or_key: str, *, yes: bool) -> None:
    """Give up the undelivered events of a destination, or one event, named by the first digits of its key.

    They are not delivered any more, and the phone's repeat is answered 200. Exit code 1 if an event could
    not be dropped.

    \b
    Example: ./sms-relay drop old-telegram
             ./sms-relay drop 3f9ac1
    """
    if not run(_drop(_open(load_with_ledger().settings.ledger_url), name_or_key, yes=yes)):
        raise SystemExit(1)


def _open(url: str) -> Ledger:
    try:
        ledger = open_ledger(url, patience=PATIENCE)
    except LedgerUnavailable as problem:
        fail(str(problem))
    return ledger or fail("memory: stores nothing outside the function; name another ledger, like firestore:")


async def _drop(ledger: Ledger, name_or_key: str, *, yes: bool) -> bool:
    async with aclosing(ledger):
        selected = list(_select(await ledger.unsettled(bodies=False), name_or_key))
        names = sorted({name for _, _, deliveries in selected for name in deliveries})
        events = f"{len(selected)} event{'s' * (len(selected) != 1)}"
        if not yes:
            click.confirm(f"Drop the deliveries of {events} to {', '.join(names)}?", abort=True)
        done = [await _drop_one(ledger, key, deliveries) for key, _, deliveries in selected]
    say(f"Dropped: {sum(done)} of {events}", good=all(done))
    return all(done)


def _select(kept: list[tuple[str, Record]], name_or_key: str) -> Iterator[tuple[str, Record, list[str]]]:
    """Yield the events that a destination has not accepted, or the one with that key, and where they go."""
    by_name = [(key, record, [name_or_key]) for key, record in kept if name_or_key in record.owing()]
    by_key = [(key, record, record.owing()) for key, record in kept if key.startswith(name_or_key)]
    if not by_name and len(by_key) != 1:
        problem = (
            "several keys start with it" if by_key else "no undelivered event has this destination or key"
        )
        fail(f"{name_or_key}: {problem}")
    yield from by_name or by_key


async def _drop_one(ledger: Ledger, key: str, names: list[str]) -> bool:
    is_dropped = await drop_from(ledger, key, names, time.time())
    if not is_dropped:
        say(f"{key[:SHOWN_KEY]}: {_BUSY}", good=False)
    return is_dropped


async def _move_all(config: Config, source: Ledger, target: Ledger, *, yes: bool) -> bool:
    async with aclosing(source), aclosing(target):
        kept = await source.unsettled()
        is_same = await _are_same(source, target)
        if kept and not yes:
            click.confirm(f"Move {len(kept)} event{'s' * (len(kept) != 1)}?", abort=True)
        fingerprint = Fingerprint(config.settings.ledger_secret)
        await source.update_note(MEMO, fingerprint.compare)
        done = [
            await _move_one(config, source, target, each, is_changed=fingerprint.differs, is_same=is_same)
            for each in kept
        ]
        if all(done) and is_same:
            await target.update_note(MEMO, fingerprint.replace)
        await target.update_note(MEMO, fingerprint.note)
    if fingerprint.differs and not is_same:
        say(f"! {CHANGED}")
    say(f"Moved: {sum(done)} of {len(kept)} event{'s' * (len(kept) != 1)}", good=all(done))
    return all(done)


async def _are_same(source: Ledger, target: Ledger) -> bool:
    """Return whether two URLs name one ledger: what is written to the one is read from the other."""
    token = secrets.token_hex(8)
    await target.update_note("move", lambda _note: {"token": token})
    found: list[bool] = []
    await source.update_note("move", lambda note: found.append(note == {"token": token}))
    return found[-1]


async def _move_one(
    config: Config,
    source: Ledger,
    target: Ledger,
    kept: tuple[str, Record],
    *,
    is_changed: bool | None,
    is_same: bool,
) -> bool:
    """Move one event; `is_changed` is whether its key was made with another secret, None if unknown."""
    key, record = kept
    now = time.time()
    new_key = key if is_changed is False else _current_key(config, record) or ("" if is_changed else key)
    if is_same and new_key == key:
        return True
    problem = ""
    if record.dispatch.type == UNREADABLE:
        problem = "its record cannot be read; it stays where it is"
    elif is_leased(record, now):
        problem = _BUSY
    elif not new_key:
        problem = "its content was not kept completely, so its key under the current LEDGER_SECRET is unknown"
    elif not await move(source, target, kept, new_key, now):
        problem = _BUSY
    if problem:
        say(f"{key[:SHOWN_KEY]}: {problem}", good=False)
    return not problem


def _current_key(config: Config, record: Record) -> str:
    """Return an event's key under the current secret; empty if its content was not kept completely."""
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
