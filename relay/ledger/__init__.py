"""The memory of deliveries: it makes a repeated request repeat nothing."""

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from forwarders.http import Http
from relay.ledger.identity import Identity
from relay.ledger.record import Claim, Record, Settlement
from relay.ledger.secret import Fingerprint
from relay.model import Dispatch

PATIENCE = 0.7
"""Seconds that one verb may take."""

LISTED = 1000
"""How many records `first_seen_since` returns at most."""

Note = Mapping[str, Any]
"""A small JSON object that outlives an instance, such as when a destination began to fail.

One with `expires` (Unix seconds) is gone from then on, as if it had been erased.
"""
Change = Callable[[Record | None], Record | None]
"""What an operator makes of a record that is there or not; None erases it."""


class Ledger(Protocol):
    """Keeps records, one per event key; every verb is atomic.

    Every verb raises `LedgerUnavailable` when it cannot be reached or does not answer.
    """

    durable: bool
    """Whether what is settled here survives the process."""

    def prepare(self) -> None:
        """Begin what the next verb would have to wait for, such as getting a token; never raises."""

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        """Ask for the right to attempt what an event owes; see `neighbours.decide`.

        The answer names the key of the record that it is about: a neighbour's, if the event is the
        same. Everything that follows uses that key.
        """

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it is now; see `rules.settle`."""

    async def amend(self, key: str, change: Change) -> None:
        """Replace a record by what `change` makes of it; None erases it, the same leaves it as it is.

        `change` may be called more than once, whenever another instance was faster.
        """

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first.

        Without their bodies, which can be many megabytes, where only the rest is asked for.
        """

    async def is_empty(self) -> bool:
        """Return whether it holds no record at all, open or settled."""

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased.

        It may take as many seconds as any verb, or `patience`. `change` may be called more than once,
        whenever another instance was faster, and in another thread.
        """

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        """Return the notes whose names begin with a prefix, by name."""

    async def first_seen_since(self, moment: float) -> list[Record]:
        """Return the records that were first seen since a moment (Unix seconds), without their bodies.

        They are at most `LISTED`.
        """

    async def aclose(self) -> None:
        """Close files and connections."""


def current(note: Note | None, now: float) -> Note | None:
    """Return a note unless it has expired (Unix seconds)."""
    return note if note is None or note.get("expires", math.inf) > now else None


class LedgerUnavailable(Exception):
    """The ledger could not be reached, or did not answer in time."""


def open_ledger(
    url: str,
    clock: Callable[[], float] = time.time,
    *,
    patience: float = PATIENCE,
    fingerprint: Fingerprint | None = None,
    http: Http | None = None,
) -> Ledger | None:
    """Return the ledger at a URL, or None for `memory:`: every process has that one in front of any other.

    It connects when it is first used, in the process that uses it; what can be known before is
    checked at once. `patience` is how many seconds a verb may take. A file says whether it was used with
    another secret than that of the `fingerprint`. Without `http`, the ledger has an HTTP client of its own.

    Raises:
        LedgerUnavailable: the ledger cannot be used; the text is one line.
    """
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _sqlite(url, clock, patience, fingerprint)
    if scheme == "firestore":
        return _firestore(url, clock, patience, http)
    if scheme == "memory":
        return None
    raise LedgerUnavailable("there is no such kind of ledger; write memory:, sqlite:///FILE or firestore:")


def _sqlite(url: str, clock: Callable[[], float], patience: float, fingerprint: Fingerprint | None) -> Ledger:
    from relay.ledger.sqlite import SqliteLedger  # noqa: PLC0415 - imported only when configured

    ledger = SqliteLedger(Path(url.removeprefix("sqlite:///")), clock, patience=patience)
    ledger.check(fingerprint)
    return ledger


def _firestore(url: str, clock: Callable[[], float], patience: float, http: Http | None) -> Ledger:
    from relay.ledger.firestore import FirestoreLedger  # noqa: PLC0415 - imported only when configured

    parts = urlsplit(url)
    collection = parse_qs(parts.query).get("collection", ["relay"])[0]
    project, database = parts.netloc or None, parts.path.strip("/") or None
    return FirestoreLedger(
        collection, clock, project=project, database=database, patience=patience, http=http
    )
