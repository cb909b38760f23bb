"""The ledger in Google's Firestore: durable, and shared by all instances."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

import google.auth
from google.api_core.exceptions import (
    Conflict,
    FailedPrecondition,
    GoogleAPICallError,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore_v1 import DELETE_FIELD, AsyncClient, AsyncDocumentReference, DocumentSnapshot

from relay.ledger import LedgerUnavailable, Memo
from relay.ledger.record import Claim, Debt, Granted, Record, Settlement, claim, settle

PATIENCE = 0.7
"""Seconds that a verb may take."""
LISTING = 30.0
"""Seconds that the list of unsettled records may take: an operator waits for it, no phone."""
REMEMBERED = 256
"""How many claimed records are remembered until they are settled, to save reading them again."""

_EVENT = "event."
_MEMO = "memo."

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (NotFound, "the project has no such Firestore database"),
    (PermissionDenied, "this account may not use the database; it needs the role roles/datastore.user"),
    (Unauthenticated, "Google does not know these credentials"),
    (ResourceExhausted, "the quota is used up"),
    (InvalidArgument, "the record is refused; a document holds 1 MiB"),
    (
        GoogleAuthError,
        "there are no usable Google credentials; `gcloud auth application-default login` makes some",
    ),
    (TimeoutError, "there was no answer in time"),
    (OSError, "no project is known; write firestore://PROJECT"),
)


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
    the server's clock alone. Nothing is retried by the client: an owner knows its own write again.
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
        self._project = project
        self._database = database
        self._patience = patience
        self._connecting: asyncio.Task[AsyncClient] | None = None
        self._claimed: dict[str, _Known] = {}

    async def claim(self, key: str, debt: Debt, owner: str, *, again: bool = False) -> Claim:
        """Ask for the right to attempt what an event owes; see `record.claim`."""
        async with _in_time(self._patience):
            known = await self._get(key) if again else _Known()
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
        async with _in_time(self._patience):
            known = self._claimed.pop(key, None) or await self._get(key)
            while True:
                record = settle(known.record, settlement, self._clock() + known.ahead)
                written = await self._put(key, record, known)
                if written:
                    if not settlement.release:
                        self._remember(key, written)
                    return record
                known = await self._get(key)

    async def unsettled(self) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first."""
        async with _in_time(LISTING):
            client = await self._client()
            query = client.collection(self._collection).order_by("unsettled")
            found = [each async for each in query.stream(retry=None, timeout=LISTING)]
        now = self._clock()
        records = ((unquote(each.id.removeprefix(_EVENT)), _record(each)) for each in found)
        return [(key, record) for key, record in records if record.expires > now]

    async def revise(self, name: str, change: Callable[[Memo | None], Memo | None]) -> None:
        """Replace a named memo by what `change` makes of it; None leaves it as it is."""
        async with _in_time(self._patience):
            while True:
                document = await self._document(_MEMO, name)
                found = await document.get(retry=None, timeout=self._patience)
                memo = change(json.loads(found.get("memo")) if found.exists else None)
                if memo is None or await self._write(document, {"memo": json.dumps(memo)}, found.update_time):
                    return

    async def aclose(self) -> None:
        """Close the connection; the next verb opens another."""
        connecting, self._connecting = self._connecting, None
        if connecting and connecting.done() and not connecting.exception():
            await connecting.result()._firestore_api.transport.close()  # noqa: SLF001 - it has no public close
        elif connecting:
            connecting.cancel()

    async def _get(self, key: str) -> _Known:
        document = await self._document(_EVENT, key)
        found = await document.get(retry=None, timeout=self._patience)
        ahead = found.read_time.timestamp() - self._clock()
        return _Known(_record(found), found.update_time, ahead) if found.exists else _Known(ahead=ahead)

    async def _put(self, key: str, record: Record, known: _Known) -> _Known | None:
        """Write a record if the document is as it is known; return what is known then, or None."""
        document = await self._document(_EVENT, key)
        fields = {
            "record": record.to_json(),
            "raw": record.raw,
            "lease": max(0.0, record.lease_until - self._clock() - known.ahead),
            "unsettled": None if record.settled else record.debt.seen,
            "expires": datetime.fromtimestamp(record.expires, UTC),
        }
        version = await self._write(document, fields, known.version)
        return _Known(record, version, known.ahead) if version else None

    async def _write(self, document: AsyncDocumentReference, fields: dict[str, Any], version: Any) -> Any:
        """Write a document if it has the version, none meaning that there is no document.

        Return its new version, or None if another was faster. A field that is None is removed.
        """
        limits: dict[str, Any] = {"retry": None, "timeout": self._patience}
        try:
            if version is None:
                there = {name: value for name, value in fields.items() if value is not None}
                return (await document.create(there, **limits)).update_time
            option = (await self._client()).write_option(last_update_time=version)
            changed = {name: DELETE_FIELD if value is None else value for name, value in fields.items()}
            return (await document.update(changed, option, **limits)).update_time
        except (Conflict, FailedPrecondition, NotFound):
            return None

    def _remember(self, key: str, known: _Known) -> None:
        self._claimed[key] = known
        if len(self._claimed) > REMEMBERED:
            del self._claimed[next(iter(self._claimed))]

    async def _document(self, prefix: str, name: str) -> AsyncDocumentReference:
        client = await self._client()
        return client.collection(self._collection).document(prefix + quote(name, safe=""))

    async def _client(self) -> AsyncClient:
        """Return the client, made in the running loop: one made before a server forks hangs."""
        if self._connecting is None or (self._connecting.done() and self._connecting.exception()):
            self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(self._connecting)

    async def _connect(self) -> AsyncClient:
        if os.environ.get("FIRESTORE_EMULATOR_HOST"):
            return AsyncClient(project=self._project, database=self._database)
        credentials, project = await asyncio.to_thread(google.auth.default, scopes=AsyncClient.SCOPE)
        return AsyncClient(self._project or project, credentials, self._database)


def _record(found: DocumentSnapshot[Any]) -> Record:
    """Read a document; a lease runs from the moment at which the server wrote it."""
    fields = found.to_dict() or {}
    try:
        record = Record.from_json(fields.get("record", ""), fields.get("raw"))
    except ValueError:
        raise LedgerUnavailable("the ledger holds a record that cannot be read") from None
    lease = fields.get("lease")
    return replace(record, lease_until=found.update_time.timestamp() + lease if lease else 0.0)


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    """Bound a verb; whatever fails in it, the ledger is unavailable."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (GoogleAPICallError, GoogleAuthError, OSError) as error:
        raise LedgerUnavailable(f"the ledger in Firestore is not available: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Say what is wrong, in our words: the service's may quote what was sent."""
    known = (reason for kind, reason in _REASONS if isinstance(error, kind))
    return next(known, f"it failed with {type(error).__name__}")
