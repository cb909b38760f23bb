"""An SQLite file of records, as one thread uses it."""

import os
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

PAUSE = 0.002
"""Seconds, on average, between two tries while another process writes: SQLite's own pauses are longer."""
LOG_PAGES = 4000
"""Pages of 4 kB that the log holds before it is moved into the file, some 500 events.

SQLite's own 1000 do so four times as often, which costs half as much again per event.
"""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    key TEXT PRIMARY KEY, record TEXT NOT NULL, raw BLOB, expires REAL NOT NULL, unsettled REAL
);
CREATE INDEX IF NOT EXISTS by_expiry ON records (expires);
CREATE INDEX IF NOT EXISTS by_age ON records (unsettled) WHERE unsettled IS NOT NULL;
CREATE TABLE IF NOT EXISTS memos (name TEXT PRIMARY KEY, memo TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS memos_by_expiry ON memos (json_extract(memo, '$.expires'));
"""

REASONS = {
    sqlite3.SQLITE_BUSY: "another process holds it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; look at the rights of its folder",
    sqlite3.SQLITE_CORRUPT: "it is damaged; move it away and a new one is made",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written, or is full",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database; move it away and a new one is made",
    sqlite3.SQLITE_READONLY: "it may not be written; look at the rights of the file and its folder",
}

T = TypeVar("T")


class File:
    """A connection to the file, opened when it is needed; all of it belongs to one thread.

    `locked` is whether another process held the file at the last attempt.
    """

    def __init__(self, path: Path) -> None:
        self.locked = False
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._synced: bool | None = None

    def transact(self, work: Callable[[sqlite3.Connection], T], *, synced: bool, give_up: float) -> T:
        """Do all of a piece of work or nothing.

        Other processes are waited for until `give_up`, a moment of the monotonic clock.

        Raises:
            OSError, sqlite3.Error: the file cannot be used. The next call opens it anew.
        """
        while True:
            try:
                result = self._attempt(work, synced)
            except (OSError, sqlite3.Error) as error:
                self.locked = is_busy(error)
                if not self.locked or time.monotonic() >= give_up:
                    self.close()
                    raise
            else:
                self.locked = False
                return result
            time.sleep(random.uniform(0, 2 * PAUSE))  # noqa: S311 - a pause is no secret

    def clear_log(self) -> None:
        """Move the log into the file and empty it, unless another process is using it."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def _attempt(self, work: Callable[[sqlite3.Connection], T], synced: bool) -> T:
        db = self._connection()
        if synced is not self._synced:
            db.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
            self._synced = synced
        with db:
            db.execute("BEGIN IMMEDIATE")
            return work(db)

    def _connection(self) -> sqlite3.Connection:
        """Return the connection; a new one if the file was moved or removed meanwhile."""
        if self._db is not None and self._identity != _identity(self._path):
            self.close()
        if self._db is None:
            self._db = _opened(self._path)
            self._identity = _identity(self._path)
            self._synced = None
        return self._db


def is_busy(error: Exception) -> bool:
    """Return whether another process holds the file."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def explain(error: Exception) -> str:
    """Say what is wrong, and for the operator what would fix it."""
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else type(error).__name__
    return REASONS.get(_code(error), f"{type(error).__name__}; it may be from another program or version")


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


def _code(error: Exception) -> int:
    """Return SQLite's primary result code, 0 if there is none.

    https://sqlite.org/rescode.html#primary_result_codes_versus_extended_result_codes
    """
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
