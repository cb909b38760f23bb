"""The durable ledger as processes reach it: over a network, and not always."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from relay.ledger import Change, LedgerUnavailable, Note
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Claim, Granted, Progress, Record, Settlement
from relay.ledger.tiered import TieredLedger
from relay.model import DeliveryState, Dispatch
from tests.simulation.service import FLIGHT, all_of, number, parts_of, service_of
from tests.simulation.world import Process, World

T = TypeVar("T")


class Server:
    """The ledger itself, shared by all processes, with hours in which it is away.

    `granted` tells when it granted a flight, `covered` when it knew that parts had been accepted,
    `owed` to which services an event first owed something, `failed` which flights it once did not answer.
    """

    def __init__(self, world: World, hours: float) -> None:
        self.store = MemoryLedger(world)
        self.granted: dict[str, float] = {}
        self.owed: dict[str, frozenset[str]] = {}
        self.covered: dict[tuple[str, str, int], float] = {}
        self.failed: set[str] = set()
        self._world = world
        self._away: list[tuple[float, float]] = []
        for _ in range(world.random.randrange(3)):
            start = world.random.uniform(0, hours * 3600)
            self._away.append((start, start + world.random.choice((20, 600))))

    @property
    def away(self) -> bool:
        """Whether it cannot be reached now."""
        return any(start <= self._world.now < end for start, end in self._away)

    def note(self, key: str, record: Record) -> None:
        """Remember since when it knows what."""
        for name, progress in record.progress.items():
            for index in _known(key, progress):
                self.covered.setdefault((key, service_of(name), index), self._world.now)


def _known(key: str, progress: Progress) -> set[int]:
    """Return the parts that are known to have been accepted."""
    if progress.state is DeliveryState.DELIVERED:
        return all_of(key)
    whole = {*range(progress.posts), *(int(each) for each in progress.parts if "." not in each)}
    single = (each.split(".") for each in progress.parts if "." in each)
    parts = {number(index, part) for index in whole for part in parts_of(key)}
    return parts | {number(int(index), part) for index, part in single}


class Reach:
    """One process's connection to the server: half of the way there, half of it back."""

    durable = True

    def __init__(self, server: Server, process: Process, world: World) -> None:
        self._server = server
        self._process = process
        self._world = world

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        async def verb() -> Claim:
            claim = await self._server.store.claim(identity, dispatch, owner, again=again)
            if isinstance(claim, Granted):
                self._server.granted[owner] = self._world.now
                names = frozenset(service_of(spec.destination) for spec in claim.record.dispatch.deliveries)
                self._server.owed.setdefault(claim.key, names)
            return claim

        return await self._call(verb, owner)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        async def verb() -> Record:
            record = await self._server.store.settle(key, settlement)
            self._server.note(key, record)
            return record

        return await self._call(verb, settlement.owner)

    async def amend(self, key: str, change: Change) -> None:
        await self._server.store.amend(key, change)

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        return await self._server.store.unsettled(bodies=bodies)

    async def is_empty(self) -> bool:
        return await self._server.store.is_empty()

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        del patience
        await self._server.store.update_note(name, change)

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        return await self._server.store.notes(prefix)

    async def first_seen_since(self, moment: float) -> list[Record]:
        return await self._server.store.first_seen_since(moment)

    def prepare(self) -> None:
        """Begin nothing."""

    async def aclose(self) -> None:
        """Nothing to let go of."""

    async def _call(self, verb: Callable[[], "asyncio.Future[T] | object"], owner: str) -> T:
        """Go there, do it, and come back; each way can fail, and then nobody here knows which."""
        await asyncio.sleep(self._world.random.uniform(0.005, 0.03))
        self._fail_if_away(owner)
        result: T = await verb()  # type: ignore[misc]  # a coroutine function of this module
        await asyncio.sleep(self._world.random.uniform(0.005, 0.03))
        if self._world.random.random() < 0.002:
            self._fail(owner)
        return result

    def _fail_if_away(self, owner: str) -> None:
        if self._server.away:
            self._fail(owner)

    def _fail(self, owner: str) -> None:
        self._server.failed.add(owner)
        raise LedgerUnavailable("away")


class Front(TieredLedger):
    """The real front, which also tells the services whose flight a post belongs to."""

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        FLIGHT.set(owner)
        return await super().claim(identity, dispatch, owner, again=again)
