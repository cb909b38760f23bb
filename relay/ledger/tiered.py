"""The ledger as a delivery sees it: the process's own memory in front of a durable one."""

import asyncio
import dataclasses
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from relay.ledger import PATIENCE, Ledger, LedgerUnavailable, Note
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Busy, Claim, Done, Granted, Record, Settlement
from relay.model import DeliveryState, Dispatch

MARGIN = 0.05
"""Seconds that the process itself may need to get round to an answer."""
UNSENT = 1000
"""How many settlements wait for a durable ledger that is down."""
UNSENT_BODY = 64 * 1024
"""Bytes of a body that may wait with its settlement; the phone still has what is not waiting here."""

T = TypeVar("T")


class TieredLedger:
    """Decides in the process's memory, keeps in the durable ledger, and lives through its absence.

    A durable ledger that is down stops no delivery: a claim that fails or times out counts as
    granted, and a settlement that could not be sent is sent again at the next claim.
    """

    def __init__(self, local: MemoryLedger, durable: Ledger | None, report: Callable[[str], None]) -> None:
        self._local = local
        self._durable = durable
        self._report = report
        self._unsent: deque[tuple[str, Settlement]] = deque(maxlen=UNSENT)
        self._resending: asyncio.Task[None] | None = None

    @property
    def is_durable(self) -> bool:
        """Whether something keeps what is not delivered."""
        return self._durable is not None

    @property
    def budget(self) -> float:
        """Seconds before a deadline at which a settle has to begin."""
        return MARGIN + (PATIENCE if self._durable else 0.0)

    def prepare(self) -> None:
        """Begin what the next claim would have to wait for."""
        if self._durable is not None:
            self._durable.prepare()

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        """Ask for the right to attempt what an event owes; never raises.

        Where the process itself knows the event as that of another second, the durable ledger is asked
        for that one: it may have been away when it came.
        """
        self._resend()
        local = await self._local.claim(identity, dispatch, owner, again=again)
        if (
            self._durable is None
            or isinstance(local, Busy)
            or (isinstance(local, Done) and local.record.dispatch.deliveries)
        ):
            return local
        same = identity if local.key == identity.key else Identity(local.key)
        durable = await self._bounded(self._durable.claim(same, dispatch, owner, again=again))
        if durable is None:
            return local
        return await self._joined(local, owner, durable)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to; never raises.

        In the record returned, a refusal is final only if the durable ledger has kept the event.
        """
        if self._durable is not None:
            durable = await self._bounded(self._durable.settle(key, settlement))
            if durable is not None:
                mine = durable.owner == settlement.owner
                self._local.adopt(
                    key, durable if mine else dataclasses.replace(durable, owner="", lease_until=0.0)
                )
                return durable
            self._keep_for_later(key, settlement)
        return await self._local.settle(key, settlement._replace(raw=None))

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first.

        Raises:
            LedgerUnavailable: the durable ledger did not answer.
        """
        return await (self._durable or self._local).unsettled(bodies=bodies)

    async def is_empty(self) -> bool:
        """Return whether no record is kept at all.

        Raises:
            LedgerUnavailable: the durable ledger did not answer.
        """
        return await (self._durable or self._local).is_empty()

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float = PATIENCE
    ) -> bool:
        """Replace a note by what `change` makes of it; false if the durable ledger did not answer in time."""
        if self._durable is None:
            await self._local.update_note(name, change)
            return True
        verb = _true(self._durable.update_note(name, change, patience))
        return await self._bounded(verb, patience) is not None

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        """Return the notes whose names begin with a prefix, by name.

        Raises:
            LedgerUnavailable: the durable ledger did not answer.
        """
        return await (self._durable or self._local).notes(prefix)

    async def first_seen_since(self, moment: float) -> list[Record]:
        """Return the records that were first seen since a moment (Unix seconds).

        Raises:
            LedgerUnavailable: the durable ledger did not answer.
        """
        return await (self._durable or self._local).first_seen_since(moment)

    async def aclose(self) -> None:
        """Send what was not sent, and close the ledger."""
        if self._durable is not None:
            self._resend()
            if self._resending is not None:
                await self._resending
            await self._durable.aclose()

    async def _joined(self, local: Granted | Done, owner: str, durable: Claim) -> Claim:
        """Join what both know of a claim that the local ledger has granted."""
        if isinstance(durable, Busy):
            await self._local.settle(local.key, Settlement(owner, local.record.dispatch, {}))
        if durable.key != local.key:
            self._local.redirect(local.key, durable.key)
        if isinstance(durable, Busy):
            return durable
        facts = {name: durable.record.of(name).merged(each) for name, each in local.record.progress.items()}
        joined = dataclasses.replace(durable.record, progress={**durable.record.progress, **facts})
        self._local.adopt(durable.key, joined)
        done = DeliveryState.OPEN not in joined.states()
        return Done(joined, durable.key) if done else Granted(joined, durable.key)

    async def _bounded(self, verb: Awaitable[T], patience: float = PATIENCE) -> T | None:
        """Give a verb of the durable ledger its time; None if it failed or took longer."""
        try:
            async with asyncio.timeout(patience):
                return await verb
        except TimeoutError:
            self._report(f"the ledger did not answer within {patience} s")
        except LedgerUnavailable as failure:
            self._report(str(failure))
        except Exception as bug:  # noqa: BLE001 - no fault of a ledger may cost an SMS
            self._report(f"the ledger failed: {type(bug).__name__}")
        return None

    def _keep_for_later(self, key: str, settlement: Settlement) -> None:
        """Queue a settlement without a large body: the phone still has it."""
        if settlement.raw is not None and len(settlement.raw) > UNSENT_BODY:
            settlement = settlement._replace(raw=None)
        if len(self._unsent) == UNSENT:
            self._report("the ledger has been away for so long that the oldest settlement is forgotten")
        self._unsent.append((key, settlement))

    def _resend(self) -> None:
        """Start to send what is waiting, beside the request that is under way."""
        if self._unsent and (self._resending is None or self._resending.done()):
            self._resending = asyncio.create_task(self._send_unsent())

    async def _send_unsent(self) -> None:
        for _ in range(len(self._unsent)):
            key, settlement = self._unsent.popleft()
            if self._durable is None or await self._bounded(self._durable.settle(key, settlement)) is None:
                self._unsent.append((key, settlement))  # one that is never taken holds up no other
                return


async def _true(verb: Awaitable[None]) -> bool:
    await verb
    return True
