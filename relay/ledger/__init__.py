"""The memory of deliveries: it makes a repeated request repeat nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from relay.ledger.record import Claim, Debt, Record, Settlement

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

    async def unsettled(self) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first."""

    async def revise(self, name: str, change: Callable[[Memo | None], Memo | None]) -> None:
        """Replace a named memo by what `change` makes of it; None leaves it as it is.

        `change` may be called more than once, whenever another instance was faster.
        """

    async def aclose(self) -> None:
        """Let go of files and connections."""


class LedgerUnavailable(Exception):
    """The ledger could not be reached, or did not answer in time."""
