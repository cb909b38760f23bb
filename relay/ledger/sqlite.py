"""The ledger in a file: durable, and shared by the processes of one machine."""

import asyncio
import json
import os
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from relay.ledger import PATIENCE, LedgerUnavailable, Memo
from relay.ledger.record import Claim, Debt, Granted, Record, Settlement, claim, settle
from relay.ledger.stored import from_json, to_json

PAUSE = 0.002
"""Seconds, on average, between two tries while another process writes.

SQLite's own way to wait would hold up the event loop.
"""
LOG_PAGES = 4000
"""Pages of 4 kB that the log holds before it is moved into the file, some 500 events.

SQLite's own 1000 do so four times as often, which costs half as much again per event.
"""
PURGED = 2
"""How many expired records each claim removes at most: more than it adds, and few enough to cost nothing."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    key TEXT PRIMARY KEY, record TEXT NOT NULL, raw BLOB, expires REAL NOT NULL, unsettled REAL
);
CREATE INDEX IF NOT EXISTS by_expiry ON records (expires);
CREATE INDEX IF NOT EXISTS by_age ON records (unsettled) WHERE unsettled IS NOT NULL;
CREATE TABLE IF NOT EXISTS memos (name TEXT PRIMARY KEY, memo TEXT NOT NULL);
"""
_WRITE = """
INSERT INTO records (key, record, raw, expires, unsettled) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    record = excluded.record, raw = excluded.raw, expires = excluded.expires, unsettled = excluded.unsettled
"""
_PURGE = "DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires <= ? LIMIT ?)"
_UNSETTLED = """
SELECT key, record, iif(?, raw, NULL) FROM records
WHERE unsettled IS NOT NULL AND expires > ? ORDER BY unsettled, key
"""
_REVISE = "INSERT INTO memos VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET memo = excluded.memo"

_REASONS = {
    sqlite3.SQLITE_BUSY: "another process holds it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; look at the rights of its folder",
    sqlite3.SQLITE_CORRUPT: "it is damaged; move it away and a new one is made",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written, or is full",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database; move it away and a new one is made",
    sqlite3.SQLITE_READONLY: "it may not be written; look at the rights of the file and its folder",
}

T = TypeVar("T")


class SqliteLedger:
    """Records in an SQLite file (WAL), which is made when it is missing, folder included.

    A commit survives the death of the process. What leaves a body in the ledger is also synced to
    the disk, for the phone may forget that event; the rest is synced now and then, and a loss of
    power can take the last of it. Calls are made in the event loop: a commit takes tens of
    microseconds, less than the way to a thread and back.
    """

    durable = True

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, *, patience: float = PATIENCE
    ) -> None:
        self._path = path
        self._clock = clock
        self._patience = patience
        self._db: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def check(self) -> None:
        """Open the file and close it again: a server may fork before it serves.

        Raises:
            LedgerUnavailable: the file cannot be used; the text is one line and names the file.
        """
        try:
            self._connection().close()
        except (OSError, sqlite3.Error) as error:
            if not _busy(error):
                raise self._unavailable(error) from None
        finally:
            self._db = None

    async def claim(self, key: str, debt: Debt, owner: str, *, again: bool = False) -> Claim:
        """Ask for the right to attempt what an event owes; see `record.claim`."""

        def decide(db: sqlite3.Connection) -> Claim:
            now = self._clock()
            answer = claim(_read(db, key), debt, owner, now, again=again)
            if isinstance(answer, Granted):
                db.execute(_PURGE, (now, PURGED))
                _write(db, key, answer.record)
            return answer

        return await self._transact(decide)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it now stands; see `record.settle`."""

        def merge(db: sqlite3.Connection) -> Record:
            record = settle(_read(db, key), settlement, self._clock())
            _write(db, key, record)
            return record

        return await self._transact(merge, synced=settlement.raw is not None)

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first."""

        def read(db: sqlite3.Connection) -> list[tuple[str, Record]]:
            rows = db.execute(_UNSETTLED, (bodies, self._clock()))
            return [(key, from_json(text, raw)) for key, text, raw in rows]

        return await self._transact(read)

    async def revise(self, name: str, change: Callable[[Memo | None], Memo | None]) -> None:
        """Replace a named memo by what `change` makes of it; None leaves it as it is."""

        def replace(db: sqlite3.Connection) -> None:
            row = db.execute("SELECT memo FROM memos WHERE name = ?", (name,)).fetchone()
            memo = change(json.loads(row[0]) if row else None)
            if memo is not None:
                db.execute(_REVISE, (name, json.dumps(memo)))

        await self._transact(replace)

    async def aclose(self) -> None:
        """Close the file; the next verb opens it again."""
        self._close()

    async def _transact(self, work: Callable[[sqlite3.Connection], T], *, synced: bool = False) -> T:
        """Do all of a piece of work or nothing, waiting for other processes without holding up the loop."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._patience
        while True:
            try:
                return self._attempt(work, synced)
            except (OSError, sqlite3.Error) as error:
                if not _busy(error) or loop.time() >= give_up:
                    self._close()
                    raise self._unavailable(error) from None
            await asyncio.sleep(random.uniform(0, 2 * PAUSE))  # noqa: S311 - a pause is no secret

    def _attempt(self, work: Callable[[sqlite3.Connection], T], synced: bool) -> T:
        db = self._connection()
        db.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        with db:
            db.execute("BEGIN IMMEDIATE")
            return work(db)

    def _connection(self) -> sqlite3.Connection:
        """Return the connection; a new one if the file was moved or removed meanwhile."""
        if self._db is not None and self._identity != _identity(self._path):
            self._close()
        if self._db is None:
            self._db = _opened(self._path)
            self._identity = _identity(self._path)
        return self._db

    def _close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def _unavailable(self, error: Exception) -> LedgerUnavailable:
        return LedgerUnavailable(f"the ledger {self._path} is not available: {_reason(error)}")


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file, and make it first if it is missing, for its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        db.execute("PRAGMA secure_delete = ON")  # an erased body is gone from the file, not only unlinked
        db.executescript(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells this file from another of the same name; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _read(db: sqlite3.Connection, key: str) -> Record | None:
    row = db.execute("SELECT record, raw FROM records WHERE key = ?", (key,)).fetchone()
    return from_json(*row) if row else None


def _write(db: sqlite3.Connection, key: str, record: Record) -> None:
    unsettled = None if record.settled else record.debt.seen
    db.execute(_WRITE, (key, to_json(record), record.raw, record.expires, unsettled))


def _busy(error: Exception) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: Exception) -> int:
    """Return SQLite's primary result code, 0 if there is none.

    https://sqlite.org/rescode.html#primary_result_codes_versus_extended_result_codes
    """
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _reason(error: Exception) -> str:
    """Say what is wrong, and for the operator what would mend it."""
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else type(error).__name__
    return _REASONS.get(_code(error), f"{type(error).__name__}; it may be from another program or version")
