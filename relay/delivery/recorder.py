"""What a run tells the ledger, and the body that goes with it until the ledger has it."""

from collections.abc import Mapping
from dataclasses import replace

from relay.delivery.keeping import LARGEST, without_files
from relay.delivery.standing import Standing
from relay.events import Event
from relay.ledger.record import Progress, Record, Settlement
from relay.ledger.tiered import TieredLedger


class Recorder:
    """Records the progress of one event under its `key`; `record` is what the ledger last said.

    `recorded` is the progress that was last handed to the ledger.
    """

    def __init__(self, ledger: TieredLedger, record: Record, event: Event, body: bytes, owner: str) -> None:
        self.key = ""
        self.owner = owner
        self.record = record
        self.recorded: Mapping[str, Progress] = {}
        self._ledger = ledger
        self._event = event
        # Of a body that is too large to be kept whole, what is kept is made of the event.
        self._body = body if ledger.is_durable and len(body) <= LARGEST else None
        self._size, self._stored = len(body), 0

    @property
    def is_kept(self) -> bool:
        """Return whether the ledger keeps the event whole, so that it can be replayed without the phone."""
        return self._stored >= self._size

    def take_over(self, record: Record) -> None:
        """Go on with what the ledger knows; the body is not needed here once it is there."""
        self.record = record
        if record.raw is not None:
            self._stored = len(record.raw)
            self._body = None

    async def settle(
        self, standing: Standing, unknown_since: float, *, release: bool, with_body: bool
    ) -> None:
        """Record how far each destination is; the body goes with it if something stays open."""
        self.recorded = standing.outcomes()
        is_to_keep = with_body and self._ledger.is_durable and standing.is_unsettled() and not self._stored
        settlement = Settlement(
            self.owner,
            replace(self.record.dispatch, deliveries=standing.deliveries),
            self.recorded,
            self._kept_form() if is_to_keep else None,
            release,
            unknown_since,
        )
        self.take_over(await self._ledger.settle(self.key, settlement))

    def _kept_form(self) -> bytes | None:
        return without_files(self._event.raw) if self._body is None else self._body
