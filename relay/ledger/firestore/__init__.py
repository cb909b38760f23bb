"""The ledger in Google's Firestore: durable, and shared by all instances."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from forwarders.http import Http
from relay.ledger import LISTED, PATIENCE, Change, Note
from relay.ledger.firestore import notes
from relay.ledger.firestore.connection import SERVICE, Connection
from relay.ledger.firestore.documents import Document, DocumentChange, commit, listing, named, read
from relay.ledger.identity import Identity
from relay.ledger.neighbours import Stored, decide, targets
from relay.ledger.record import Claim, Granted, Record, Settlement, expiries_since
from relay.ledger.rules import settle
from relay.ledger.stored import from_json, listed, to_json
from relay.model import Dispatch

LISTING = 30.0
"""Seconds that the list of unsettled records may take: an operator waits for it, no phone."""
REMEMBERED = 256
"""How many claimed records are remembered until they are settled, to save reading them again."""

_EVENT = "event."
_MEMO = "memo."


@dataclass(frozen=True, slots=True)
class _Known:
    """A document as the server last returned it; `version` makes a write fail if it has changed since.

    `ahead` is how many seconds the server's clock is ahead of ours.
    """

    stored: Stored | None = None
    version: str | None = None
    ahead: float = 0.0

    def record(self) -> Record | None:
        """Return the record, if it is one."""
        return self.stored if isinstance(self.stored, Record) else None


_NOTHING = _Known()


class FirestoreLedger:
    """Records in the documents of one collection.

    A first claim is one commit, and settling it another: a claimed record is remembered with its
    version, and read only if another instance has changed it. Whether a lease is over is judged by
    the server's clock alone. A write may be made twice: an owner knows its own again.
    """

    durable = True

    def __init__(
        self,
        collection: str = "relay",
        clock: Callable[[], float] = time.time,
        *,
        project: str | None = None,
        database: str | None = None,
        patience: float = PATIENCE,
        http: Http | None = None,
        service: str = SERVICE,
    ) -> None:
        self._collection = collection
        self._clock = clock
        self._http = http or Http()
        self._shares_http = http is not None
        self._connection = Connection(self._http, project, database, clock, service=service)
        self._patience = patience
        self._claimed: dict[str, _Known] = {}

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        """Ask for the right to attempt what an event owes; see `neighbours.decide`."""
        async with self._connection.within(self._patience):
            known = await self._around(identity) if again or not dispatch.deliveries else {}
            while True:
                now = self._clock() + max((each.ahead for each in known.values()), default=0.0)
                stored = {key: each.stored for key, each in known.items() if each.stored}
                answer, writes = decide(identity, stored, dispatch, owner, now, again=again)
                written = await self._put(writes, known)
                if written is not None:
                    if isinstance(answer, Granted):
                        self._remember(answer.key, written[answer.key])
                    return answer
                known = await self._around(identity)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it is now; see `rules.settle`."""
        async with self._connection.within(self._patience):
            known = self._claimed.pop(key, None) or await self._get(key)
            while True:
                record = settle(known.record(), settlement, self._clock() + known.ahead)
                written = await self._put({key: record}, {key: known})
                if written:
                    if not settlement.release:
                        self._remember(key, written[key])
                    return record
                known = await self._get(key)

    async def amend(self, key: str, change: Change) -> None:
        """Replace a record by what `change` makes of it; None erases it."""
        async with self._connection.within(self._patience):
            self._claimed.pop(key, None)
            while True:
                known = await self._get(key)
                record = known.record()
                before = record if record and record.expires > self._clock() + known.ahead else None
                after = change(before)
                if after is before or await self._put({key: after}, {key: known}) is not None:
                    return

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first."""
        async with self._connection.within(LISTING):
            names = None if bodies else ("record", "lease", "unsettled")
            found = await listing(self._connection, self._collection, "unsettled", names)
        now = self._clock()
        records = ((unquote(each.path.partition(_EVENT)[2]), _listed(each)) for each in found)
        return [(key, each) for key, each in records if each and each.expires > now]

    async def is_empty(self) -> bool:
        """Return whether it holds no record at all."""
        async with self._connection.within(LISTING):
            return not await named(self._connection, self._path(_EVENT, ""), most=1)

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased."""
        async with self._connection.within(patience or self._patience):
            await notes.update(self._connection, self._path(_MEMO, name), change, self._clock())

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        """Return the notes whose names begin with a prefix, by name."""
        async with self._connection.within(LISTING):
            found = await notes.find(self._connection, self._path(_MEMO, prefix), self._clock())
        return {unquote(path.partition(_MEMO)[2]): note for path, note in found.items()}

    async def first_seen_since(self, moment: float) -> list[Record]:
        """Return the records that were first seen since a moment (Unix seconds), without their bodies."""
        found: list[Document] = []
        async with self._connection.within(LISTING):
            for start, end in expiries_since(moment, self._clock()):
                between = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
                names = ("record", "lease", "expires")
                found += await listing(
                    self._connection, self._collection, "expires", names, between=between, most=LISTED
                )
        records = (_listed(each) for each in found)
        return [each for each in records if each and each.dispatch.first_seen_at >= moment][:LISTED]

    def prepare(self) -> None:
        """Begin to fetch what the next verb would have to wait for."""
        self._connection.prepare()

    async def aclose(self) -> None:
        """Close the connections, if they are its own; the next verb opens others."""
        if not self._shares_http:
            await self._http.aclose()

    async def _around(self, identity: Identity) -> dict[str, _Known]:
        """Read what is stored under the keys that matter to a claim."""
        known = await self._known({identity.key, identity.next_key or identity.key})
        found = {key: each.stored for key, each in known.items()}
        return known | await self._known(targets(found))

    async def _get(self, key: str) -> _Known:
        return (await self._known({key}))[key]

    async def _known(self, keys: Collection[str]) -> dict[str, _Known]:
        found = await read(self._connection, [self._path(_EVENT, key) for key in keys])
        return {key: self._as_known(each) for key, each in zip(keys, found, strict=True)}

    def _as_known(self, found: Document) -> _Known:
        stored = _stored(found) if found.version else None
        return _Known(stored, found.version, found.read_at - self._clock())

    async def _put(
        self, writes: Mapping[str, Stored | None], known: Mapping[str, _Known]
    ) -> dict[str, _Known] | None:
        """Write documents if they are as they are known, all or none; None erases one.

        Return what is known then, or None if another instance was faster.
        """
        ahead = {key: known.get(key, _NOTHING).ahead for key in writes}
        changes = [
            DocumentChange(
                self._path(_EVENT, key),
                _fields(each, self._clock() + ahead[key]),
                known.get(key, _NOTHING).version,
            )
            for key, each in writes.items()
        ]
        versions = await commit(self._connection, changes)
        if versions is None:
            return None
        written = zip(writes.items(), versions, strict=True)
        return {key: _Known(each, version, ahead[key]) for (key, each), version in written}

    def _remember(self, key: str, known: _Known) -> None:
        self._claimed[key] = known
        if len(self._claimed) > REMEMBERED:
            del self._claimed[next(iter(self._claimed))]

    def _path(self, prefix: str, name: str) -> str:
        return f"{self._collection}/{prefix}{quote(name, safe='')}"


def _stored(found: Document) -> Stored:
    stored = from_json(found.fields.get("record", ""), found.fields.get("raw"))
    return _leased(stored, found) if isinstance(stored, Record) else stored


def _listed(found: Document) -> Record | None:
    record = listed(found.fields.get("record", ""), found.fields.get("raw"))
    return _leased(record, found) if record else None


def _leased(record: Record, found: Document) -> Record:
    """Return a record whose lease runs from the moment at which the server wrote it."""
    lease = found.fields.get("lease")
    lease = lease if isinstance(lease, int | float) else 0.0
    return replace(record, lease_until=found.written_at + lease if lease else 0.0)


def _fields(stored: Stored | None, now: float) -> dict[str, Any] | None:
    """Return the fields of a document, None for one to be removed; None if all of it is to be erased.

    Google deletes a document some time after `expires`, and lists by `unsettled`.
    """
    if stored is None:
        return None
    record = stored if isinstance(stored, Record) else None
    return {
        "record": to_json(stored),
        "raw": record.raw if record else None,
        "lease": max(0.0, record.lease_until - now) if record else 0.0,
        "unsettled": None if record is None or record.settled else record.dispatch.first_seen_at,
        "expires": datetime.fromtimestamp(stored.expires, UTC),
    }
