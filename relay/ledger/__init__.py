"""The memory of deliveries: it makes a repeated request repeat nothing."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from relay.ledger.record import Claim, Debt, Record, Settlement

PATIENCE = 0.7
"""Seconds that one verb may take."""

Memo = Mapping[str, Any]
"""A small JSON object that outlives an instance, such as what was last said of a destination."""


class Ledger(Protocol):
    """A place that keeps records, one per event key; every verb is atomic.

    Every verb raises `LedgerUnavailable` when the place cannot be reached or does not answer.
    """

    durable: bool
    """Whether what is settled here survives the process."""

    async def claim(self, key: str, debt: Debt, owner: str, *, again: bool = False) -> Claim:
        """Ask for the right to attempt what an event owes; see `record.claim`."""

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it now stands; see `record.settle`."""

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first.

        Without their bodies, which can be many megabytes, where only the rest is asked for.
        """

    async def revise(self, name: str, change: Callable[[Memo | None], Memo | None]) -> None:
        """Replace a named memo by what `change` makes of it; None leaves it as it is.

        `change` may be called more than once, whenever another instance was faster.
        """

    async def aclose(self) -> None:
        """Let go of files and connections."""


class LedgerUnavailable(Exception):
    """The ledger could not be reached, or did not answer in time."""


def open_ledger(
    url: str, clock: Callable[[], float] = time.time, *, patience: float = PATIENCE
) -> Ledger | None:
    """Return the ledger at a URL, or None for `memory:`: every process has that one in front of any other.

    It connects when it is first used, in the process that uses it; what can be known before is
    checked at once. `patience` is how many seconds a verb may take.

    Raises:
        LedgerUnavailable: the ledger cannot be used; the text is one line.
    """
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _sqlite(url, clock, patience)
    if scheme == "firestore":
        return _firestore(url, clock, patience)
    if scheme == "memory":
        return None
    raise LedgerUnavailable("there is no such kind of ledger; write memory:, sqlite:///FILE or firestore:")


def _sqlite(url: str, clock: Callable[[], float], patience: float) -> Ledger:
    from relay.ledger.sqlite import SqliteLedger  # noqa: PLC0415 - imported only when configured

    ledger = SqliteLedger(Path(url.removeprefix("sqlite:///")), clock, patience=patience)
    ledger.check()
    return ledger


def _firestore(url: str, clock: Callable[[], float], patience: float) -> Ledger:
    from relay.ledger.firestore import FirestoreLedger  # noqa: PLC0415 - imported only when configured

    parts = urlsplit(url)
    collection = parse_qs(parts.query).get("collection", ["relay"])[0]
    project, database = parts.netloc or None, parts.path.strip("/") or None
    return FirestoreLedger(collection, clock, project=project, database=database, patience=patience)
