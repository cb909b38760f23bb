"""The ledger in a file: durable, and shared by the processes of one machine."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from relay.ledger import PATIENCE, Change, LedgerUnavailable, Note, current
from relay.ledger.identity import Identity
from relay.ledger.neighbours import Stored, decide, stored_around
from relay.ledger.record import Claim, Record, Settlement
from relay.ledger.rules import settle
from relay.ledger.secret import MEMO, Fingerprint
from relay.ledger.sqlite import lists
from relay.ledger.sqlite.file import REASONS, File, explain, is_busy
from relay.ledger.sqlite.worker import Worker
from relay.ledger.stored import from_json, to_json
from relay.model import Dispatch

LISTING = 30.0
"""Seconds that the list of unsettled records may take: an operator waits for it, no phone."""
GLANCE = 0.001
"""Seconds that the loop itself waits for a thread that has nothing else to do.

Most commits are done by then, and to be woken for one would cost more than the commit.
"""
PURGED = 3
"""How many expired rows each claim removes at most: more than it adds, and few enough to cost nothing."""

_READ = "SELECT record, raw FROM records WHERE key = ?"
_WRITE = """
INSERT INTO records (key, record, raw, expires, unsettled) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    record = excluded.record, raw = excluded.raw, expires = excluded.expires, unsettled = excluded.unsettled
"""
_ERASE = "DELETE FROM records WHERE key = ?"
_PURGE = "DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires <= ? LIMIT ?)"
_ANY = "SELECT 1 FROM records LIMIT 1"
_MEMO = "SELECT memo FROM memos WHERE name = ?"
_REVISE = "INSERT INTO memos VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET memo = excluded.memo"
_ERASE_MEMO = "DELETE FROM memos WHERE name = ?"
_PURGE_MEMOS = "DELETE FROM memos WHERE json_extract(memo, '$.expires') <= ?"

T = TypeVar("T")


class SqliteLedger:
    """Records in an SQLite file (WAL), which is made when it is missing, folder included.

    A commit survives the death of the process. What leaves a body in the ledger is also synced to
    the disk, for the phone may forget that event; the rest is synced now and then, and a loss of
    power can take the last of it.

    A disk can take seconds for a commit, so all of it happens in a thread, and a verb waits no longer
    than its patience. One that has waited in vain is not begun any more; one that had begun may still be
    committed. Both are safe: a settlement can come twice, and the lease of a claim is freed by the
    settlement of its owner, who goes on.
    """

    durable = True

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, *, patience: float = PATIENCE
    ) -> None:
        self._path = path
        self._clock = clock
        self._patience = patience
        self._used: tuple[Worker, File] | None = None

    def check(self, fingerprint: Fingerprint | None = None) -> None:
        """Open the file and close it again, in this thread: a server may fork before it serves.

        A fingerprint is compared meanwhile, unless another process holds the file.

        Raises:
            LedgerUnavailable: the file cannot be used; the text is one line and names the file.
        """
        file = File(self._path)
        change = fingerprint.note if fingerprint else _unchanged
        try:
            file.transact(partial(_revise, MEMO, change, self._clock()), synced=False, give_up=0.0)
        except (OSError, sqlite3.Error) as error:
            if not is_busy(error):
                raise self._unavailable(error) from None
        finally:
            file.close()

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        """Ask for the right to attempt what an event owes; see `neighbours.decide`."""

        def decided(db: sqlite3.Connection) -> Claim:
            now = self._clock()
            stored = stored_around(identity, partial(_read, db))
            answer, writes = decide(identity, stored, dispatch, owner, now, again=again)
            if writes:
                db.execute(_PURGE, (now, PURGED))
            for key, each in writes.items():
                _write(db, key, each)
            return answer

        return await self._transact(decided)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it is now; see `rules.settle`."""

        def merge(db: sqlite3.Connection) -> tuple[Record | None, Record]:
            before = _record(db, key)
            record = settle(before, settlement, self._clock())
            _write(db, key, record)
            return before, record

        before, record = await self._transact(merge, synced=settlement.raw is not None)
        self._clear_log(before, record)
        return record

    async def amend(self, key: str, change: Change) -> None:
        """Replace a record by what `change` makes of it; None erases it."""

        def replace(db: sqlite3.Connection) -> tuple[Record | None, Record | None]:
            before = _record(db, key)
            before = before if before and before.expires > self._clock() else None
            after = change(before)
            if after is None and before is not None:
                db.execute(_ERASE, (key,))
            elif after is not None and after is not before:
                _write(db, key, after)
            return before, after

        self._clear_log(*await self._transact(replace, synced=True))

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first."""
        return await self._transact(partial(lists.unsettled, self._clock(), bodies), patience=LISTING)

    async def is_empty(self) -> bool:
        """Return whether it holds no record at all."""

        def read(db: sqlite3.Connection) -> bool:
            return db.execute(_ANY).fetchone() is None

        return await self._transact(read, patience=LISTING)

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased."""
        await self._transact(partial(_revise, name, change, self._clock()), patience=patience)

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        """Return the notes whose names begin with a prefix, by name."""
        return await self._transact(partial(lists.notes, prefix, self._clock()), patience=LISTING)

    async def first_seen_since(self, moment: float) -> list[Record]:
        """Return the records that were first seen since a moment (Unix seconds), without their bodies."""
        return await self._transact(partial(lists.first_seen, moment, self._clock()), patience=LISTING)

    def prepare(self) -> None:
        """Begin nothing: a file is there at once."""

    async def aclose(self) -> None:
        """Close the file; the next verb opens it again."""
        used, self._used = self._used, None
        if used is None:
            return
        worker, file = used
        closed = worker.submit(file.close)
        worker.finish()
        await asyncio.wait([asyncio.wrap_future(closed)], timeout=self._patience)

    async def _transact(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        synced: bool = False,
        patience: float | None = None,
    ) -> T:
        """Do all of a piece of work or nothing, without holding up the loop."""
        seconds = patience or self._patience
        self._used = self._used or (Worker("ledger"), File(self._path))
        worker, file = self._used
        give_up = time.monotonic() + seconds
        glance = GLANCE if worker.idle else 0.0
        job = worker.submit(partial(file.transact, work, synced=synced, give_up=give_up))
        try:
            with suppress(TimeoutError):
                return job.result(glance)
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(job)
        except TimeoutError:
            reason = REASONS[sqlite3.SQLITE_BUSY] if file.locked else "the disk did not answer in time"
            raise LedgerUnavailable(f"the ledger {self._path} is not available: {reason}") from None
        except (OSError, sqlite3.Error) as error:
            raise self._unavailable(error) from None

    def _clear_log(self, before: Record | None, after: Record | None) -> None:
        """Remove a body that was erased from the log as well; nobody waits for it."""
        if self._used and before and before.raw and not (after and after.raw):
            worker, file = self._used
            worker.submit(file.clear_log)

    def _unavailable(self, error: Exception) -> LedgerUnavailable:
        return LedgerUnavailable(f"the ledger {self._path} is not available: {explain(error)}")


def _read(db: sqlite3.Connection, key: str) -> Stored | None:
    row = db.execute(_READ, (key,)).fetchone()
    return from_json(*row) if row else None


def _record(db: sqlite3.Connection, key: str) -> Record | None:
    stored = _read(db, key)
    return stored if isinstance(stored, Record) else None


def _write(db: sqlite3.Connection, key: str, stored: Stored) -> None:
    raw = unsettled = None
    if isinstance(stored, Record):
        raw, unsettled = stored.raw, None if stored.settled else stored.dispatch.first_seen_at
    db.execute(_WRITE, (key, to_json(stored), raw, stored.expires, unsettled))


def _revise(
    name: str, change: Callable[[Note | None], Note | None], now: float, db: sqlite3.Connection
) -> None:
    row = db.execute(_MEMO, (name,)).fetchone()
    memo = change(current(json.loads(row[0]), now) if row else None)
    if memo:
        db.execute(_REVISE, (name, json.dumps(memo)))
        if "expires" in memo:
            db.execute(_PURGE_MEMOS, (now,))
    elif memo is not None:
        db.execute(_ERASE_MEMO, (name,))


def _unchanged(_memo: Note | None) -> None:
    """Leave a note as it is."""
