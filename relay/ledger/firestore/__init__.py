"""The ledger in Google's Firestore: durable, and shared by all instances."""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from google.cloud.firestore_v1 import AsyncDocumentReference, DocumentSnapshot

from relay.ledger import LISTED, PATIENCE, Change, Note
from relay.ledger.firestore.connection import Connection
from relay.ledger.firestore.documents import DocumentChange, commit, read
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
    version: Any = None
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
    ) -> None:
        self._collection = collection
        self._clock = clock
        self._connection = Connection(project, database)
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
            client = await self._connection.client()
            query = client.collection(self._collection).order_by("unsettled")
            query = query if bodies else query.select(["record", "lease", "unsettled"])
            found = [each async for each in query.stream(retry=None, timeout=LISTING)]
        now = self._clock()
        records = ((unquote(each.id.removeprefix(_EVENT)), _listed(each)) for each in found)
        return [(key, each) for key, each in records if each and each.expires > now]

    async def is_empty(self) -> bool:
        """Return whether it holds no record at all; only records expire."""
        async with self._connection.within(LISTING):
            client = await self._connection.client()
            query = client.collection(self._collection).order_by("expires").select(["expires"]).limit(1)
            return not [each async for each in query.stream(retry=None, timeout=LISTING)]

    async def update_note(self, name: str, change: Callable[[Note | None], Note | None]) -> None:
        """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased."""
        async with self._connection.within(self._patience):
            while True:
                document = await self._document(_MEMO, name)
                [found] = await read(self._connection, [document], self._patience)
                memo = change(json.loads(found.get("memo")) if found.exists else None)
                if memo is None:
                    return
                if not memo and not found.exists:
                    return
                fields = {"memo": json.dumps(memo)} if memo else None
                changes: list[DocumentChange] = [(document, fields, found.update_time)]
                if await commit(self._connection, changes, self._patience):
                    return

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        """Return the notes whose names begin with a prefix, by name."""
        async with self._connection.within(LISTING):
            first = await self._document(_MEMO, prefix)
            client = await self._connection.client()
            collection = client.collection(self._collection)
            last = collection.document(f"{first.id}\U0010ffff")
            query = collection.order_by("__name__").start_at([first]).end_at([last])
            found = [each async for each in query.stream(retry=None, timeout=LISTING)]
        return {unquote(each.id.removeprefix(_MEMO)): json.loads(each.get("memo")) for each in found}

    async def first_seen_since(self, moment: float) -> list[Record]:
        """Return the records that were first seen since a moment (Unix seconds), without their bodies."""
        ranges = expiries_since(moment, self._clock())
        found = [each for start, end in ranges for each in await self._expiring(start, end)]
        records = [_listed(each) for each in found]
        return [each for each in records if each and each.dispatch.first_seen_at >= moment][:LISTED]

    async def _expiring(self, start: float, end: float) -> list[DocumentSnapshot[Any]]:
        first, last = (datetime.fromtimestamp(each, UTC) for each in (start, end))
        async with self._connection.within(LISTING):
            client = await self._connection.client()
            query = client.collection(self._collection).order_by("expires").start_at([first]).end_at([last])
            query = query.select(["record", "lease"]).limit(LISTED)
            return [each async for each in query.stream(retry=None, timeout=LISTING)]

    async def aclose(self) -> None:
        """Close the connection; the next verb opens another."""
        await self._connection.aclose()

    async def _around(self, identity: Identity) -> dict[str, _Known]:
        """Read what is stored under the keys that matter to a claim."""
        known = await self._known({identity.key, identity.next_key or identity.key})
        found = {key: each.stored for key, each in known.items()}
        return known | await self._known(targets(found))

    async def _get(self, key: str) -> _Known:
        return (await self._known({key}))[key]

    async def _known(self, keys: Collection[str]) -> dict[str, _Known]:
        documents = {key: await self._document(_EVENT, key) for key in keys}
        found = await read(self._connection, list(documents.values()), self._patience)
        return {key: self._told(each) for key, each in zip(documents, found, strict=True)}

    def _told(self, found: DocumentSnapshot[Any]) -> _Known:
        ahead = found.read_time.timestamp() - self._clock()
        return _Known(_stored(found), found.update_time, ahead) if found.exists else _Known(ahead=ahead)

    async def _put(
        self, writes: Mapping[str, Stored | None], known: Mapping[str, _Known]
    ) -> dict[str, _Known] | None:
        """Write documents if they are as they are known, all or none; None erases one.

        Return what is known then, or None if another instance was faster.
        """
        ahead = {key: known.get(key, _NOTHING).ahead for key in writes}
        changes: list[DocumentChange] = [
            (
                await self._document(_EVENT, key),
                _fields(each, self._clock() + ahead[key]),
                known.get(key, _NOTHING).version,
            )
            for key, each in writes.items()
        ]
        versions = await commit(self._connection, changes, self._patience)
        if versions is None:
            return None
        written = zip(writes.items(), versions, strict=True)
        return {key: _Known(each, version, ahead[key]) for (key, each), version in written}

    def _remember(self, key: str, known: _Known) -> None:
        self._claimed[key] = known
        if len(self._claimed) > REMEMBERED:
            del self._claimed[next(iter(self._claimed))]

    async def _document(self, prefix: str, name: str) -> AsyncDocumentReference:
        client = await self._connection.client()
        return client.collection(self._collection).document(prefix + quote(name, safe=""))


def _stored(found: DocumentSnapshot[Any]) -> Stored:
    fields = found.to_dict() or {}
    stored = from_json(fields.get("record", ""), fields.get("raw"))
    return _leased(stored, found) if isinstance(stored, Record) else stored


def _listed(found: DocumentSnapshot[Any]) -> Record | None:
    fields = found.to_dict() or {}
    record = listed(fields.get("record", ""), fields.get("raw"))
    return _leased(record, found) if record else None


def _leased(record: Record, found: DocumentSnapshot[Any]) -> Record:
    """Return a record whose lease runs from the moment at which the server wrote it."""
    lease = (found.to_dict() or {}).get("lease")
    return replace(record, lease_until=found.update_time.timestamp() + lease if lease else 0.0)


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
