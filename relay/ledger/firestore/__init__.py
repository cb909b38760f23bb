"""The ledger in Google's Firestore: durable, and shared by all instances."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from google.api_core.exceptions import Conflict, FailedPrecondition, NotFound
from google.cloud.firestore_v1 import DELETE_FIELD, AsyncDocumentReference, DocumentSnapshot

from relay.ledger import PATIENCE, Memo
from relay.ledger.firestore.connection import Connection, repeatable
from relay.ledger.record import Claim, Debt, Granted, Record, Settlement, claim, settle
from relay.ledger.stored import from_json, to_json

LISTING = 30.0
"""Seconds that the list of unsettled records may take: an operator waits for it, no phone."""
REMEMBERED = 256
"""How many claimed records are remembered until they are settled, to save reading them again."""

_EVENT = "event."
_MEMO = "memo."


@dataclass(frozen=True, slots=True)
class _Known:
    """A record as the server last told it; `version` makes a write fail if it has changed since.

    `ahead` is how many seconds the server's clock is ahead of ours.
    """

    record: Record | None = None
    version: Any = None
    ahead: float = 0.0


class FirestoreLedger:
    """Records in the documents of one collection.

    A first claim is one write, and settling it another: a claimed record is remembered with its
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

    async def claim(self, key: str, debt: Debt, owner: str, *, again: bool = False) -> Claim:
        """Ask for the right to attempt what an event owes; see `record.claim`."""
        async with self._connection.within(self._patience):
            known = await self._get(key) if again or not debt.owed else _Known()
            while True:
                answer = claim(known.record, debt, owner, self._clock() + known.ahead, again=again)
                if not isinstance(answer, Granted):
                    return answer
                written = await self._put(key, answer.record, known)
                if written:
                    self._remember(key, written)
                    return answer
                known = await self._get(key)

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it now stands; see `record.settle`."""
        async with self._connection.within(self._patience):
            known = self._claimed.pop(key, None) or await self._get(key)
            while True:
                record = settle(known.record, settlement, self._clock() + known.ahead)
                written = await self._put(key, record, known)
                if written:
                    if not settlement.release:
                        self._remember(key, written)
                    return record
                known = await self._get(key)

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first."""
        async with self._connection.within(LISTING):
            client = await self._connection.client()
            query = client.collection(self._collection).order_by("unsettled")
            query = query if bodies else query.select(["record", "lease", "unsettled"])
            found = [each async for each in query.stream(retry=None, timeout=LISTING)]
        now = self._clock()
        records = ((unquote(each.id.removeprefix(_EVENT)), _record(each)) for each in found)
        return [(key, record) for key, record in records if record.expires > now]

    async def revise(self, name: str, change: Callable[[Memo | None], Memo | None]) -> None:
        """Replace a named memo by what `change` makes of it; None leaves it as it is."""
        async with self._connection.within(self._patience):
            while True:
                document = await self._document(_MEMO, name)
                found = await self._read(document)
                memo = change(json.loads(found.get("memo")) if found.exists else None)
                if memo is None or await self._write(document, {"memo": json.dumps(memo)}, found.update_time):
                    return

    async def aclose(self) -> None:
        """Close the connection; the next verb opens another."""
        await self._connection.aclose()

    async def _get(self, key: str) -> _Known:
        document = await self._document(_EVENT, key)
        found = await self._read(document)
        ahead = found.read_time.timestamp() - self._clock()
        return _Known(_record(found), found.update_time, ahead) if found.exists else _Known(ahead=ahead)

    async def _put(self, key: str, record: Record, known: _Known) -> _Known | None:
        """Write a record if the document is as it is known; return what is known then, or None."""
        document = await self._document(_EVENT, key)
        fields = {
            "record": to_json(record),
            "raw": record.raw,
            "lease": max(0.0, record.lease_until - self._clock() - known.ahead),
            "unsettled": None if record.settled else record.debt.seen,
            "expires": datetime.fromtimestamp(record.expires, UTC),
        }
        version = await repeatable(lambda: self._write(document, fields, known.version))
        return _Known(record, version, known.ahead) if version else None

    async def _read(self, document: AsyncDocumentReference) -> DocumentSnapshot[Any]:
        return await repeatable(lambda: document.get(retry=None, timeout=self._patience))

    async def _write(self, document: AsyncDocumentReference, fields: dict[str, Any], version: Any) -> Any:
        """Write a document if it has the version, none meaning that there is no document.

        Return its new version, or None if another was faster. A field that is None is removed.
        """
        limits: dict[str, Any] = {"retry": None, "timeout": self._patience}
        try:
            if version is None:
                there = {name: value for name, value in fields.items() if value is not None}
                return (await document.create(there, **limits)).update_time
            option = (await self._connection.client()).write_option(last_update_time=version)
            changed = {name: DELETE_FIELD if value is None else value for name, value in fields.items()}
            return (await document.update(changed, option, **limits)).update_time
        except (Conflict, FailedPrecondition, NotFound):
            return None

    def _remember(self, key: str, known: _Known) -> None:
        self._claimed[key] = known
        if len(self._claimed) > REMEMBERED:
            del self._claimed[next(iter(self._claimed))]

    async def _document(self, prefix: str, name: str) -> AsyncDocumentReference:
        client = await self._connection.client()
        return client.collection(self._collection).document(prefix + quote(name, safe=""))


def _record(found: DocumentSnapshot[Any]) -> Record:
    """Read a document; a lease runs from the moment at which the server wrote it."""
    fields = found.to_dict() or {}
    record = from_json(fields.get("record", ""), fields.get("raw"))
    lease = fields.get("lease")
    return replace(record, lease_until=found.update_time.timestamp() + lease if lease else 0.0)
