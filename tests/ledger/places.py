"""Where the ledgers under test keep their records, and how time passes there."""

import json
import sqlite3
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.cloud.firestore_v1 import AsyncClient

from relay.ledger import Ledger
from relay.ledger.firestore import FirestoreLedger
from relay.ledger.memory import MemoryLedger
from relay.ledger.sqlite import SqliteLedger


class Place(ABC):
    """One place; every `ledger()` is another instance that uses it."""

    url: str
    now = 1_800_000_000.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: list[Ledger] = []

    def ledger(self) -> Ledger:
        """Open the ledger as one more instance does."""
        self._opened.append(self.open())
        return self._opened[-1]

    async def aclose(self) -> None:
        for ledger in self._opened:
            await ledger.aclose()

    async def elapse(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def clock(self) -> float:
        return self.now

    @abstractmethod
    def open(self) -> Ledger: ...

    @abstractmethod
    async def spoil(self, key: str, text: str) -> None:
        """Write something else into a record."""

    async def plant(self, stored: Mapping[str, Any]) -> None:
        """Store a record as version 0.1 did: its key, text, body, expiry, and since when it is unsettled."""
        raise NotImplementedError

    async def stored(self, key: str) -> Mapping[str, Any]:
        """Return what is stored under a key, as `plant` takes it."""
        raise NotImplementedError


class MemoryPlace(Place):
    """The memory of this process: there is but one instance."""

    url = "memory:"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._ledger = MemoryLedger(self.clock)

    def open(self) -> Ledger:
        return self._ledger

    async def spoil(self, key: str, text: str) -> None:
        raise NotImplementedError


class SqlitePlace(Place):
    """A file in a folder that is not there yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = folder / "new" / "ledger.sqlite"
        self.url = f"sqlite:///{self.path}"

    def open(self) -> Ledger:
        return SqliteLedger(self.path, self.clock)

    async def spoil(self, key: str, text: str) -> None:
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute("UPDATE records SET record = ? WHERE key = ?", (text, key))

    async def plant(self, stored: Mapping[str, Any]) -> None:
        SqliteLedger(self.path).check()
        with closing(sqlite3.connect(self.path)) as db, db:
            row = [stored[name] for name in ("key", "record", "raw", "expires", "unsettled")]
            db.execute("REPLACE INTO records VALUES (?, ?, ?, ?, ?)", row)

    async def stored(self, key: str) -> Mapping[str, Any]:
        with closing(sqlite3.connect(self.path)) as db:
            db.row_factory = sqlite3.Row
            return dict(db.execute("SELECT * FROM records WHERE key = ?", (key,)).fetchone())


class FirestorePlace(Place):
    """A collection of its own in the emulator.

    The ledger believes the server's clock, which cannot be moved: instead the documents grow older.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.collection = f"tests-{uuid.uuid4().hex}"
        self.url = f"firestore://tests?collection={self.collection}"
        self.now = time.time()

    def open(self) -> FirestoreLedger:
        return FirestoreLedger(self.collection, project="tests", patience=10)

    def another(self) -> FirestoreLedger:
        """Open the ledger as one more instance does; the same as `ledger`, typed."""
        ledger = self.open()
        self._opened.append(ledger)
        return ledger

    async def documents(self) -> list[Any]:
        """Return what is stored, as the server has it."""
        client = AsyncClient(project="tests")
        try:
            return [each async for each in client.collection(self.collection).stream()]
        finally:
            await client._firestore_api.transport.close()

    async def elapse(self, seconds: float) -> None:
        for each in await self.documents():
            record = json.loads(each.get("record"))
            (record.get("alias") or record)["expires"] -= seconds
            lease = max(0.0, each.get("lease") - seconds)
            await self._update(each, record=json.dumps(record), lease=lease)

    async def spoil(self, key: str, text: str) -> None:
        (found,) = [each for each in await self.documents() if each.id.endswith(key)]
        await self._update(found, record=text)

    async def plant(self, stored: Mapping[str, Any]) -> None:
        lease = max(0.0, json.loads(stored["record"])["lease_until"] - self.now)
        expires = datetime.fromtimestamp(stored["expires"], UTC)
        fields = {"record": stored["record"], "raw": stored["raw"], "lease": lease, "expires": expires}
        fields |= {"unsettled": stored["unsettled"]}
        client = AsyncClient(project="tests")
        document = client.collection(self.collection).document(f"event.{stored['key']}")
        await document.set({name: value for name, value in fields.items() if value is not None})
        await client._firestore_api.transport.close()

    async def stored(self, key: str) -> Mapping[str, Any]:
        (found,) = [each for each in await self.documents() if each.id == f"event.{key}"]
        fields = {"raw": None, "unsettled": None} | found.to_dict()
        return {**fields, "key": key, "expires": fields["expires"].timestamp()}

    async def _update(self, found: Any, **fields: Any) -> None:
        client = AsyncClient(project="tests")
        await client.document(found.reference.path).update(fields)
        await client._firestore_api.transport.close()


PLACES: Mapping[str, Callable[[Path], Place]] = {
    "memory": MemoryPlace,
    "sqlite": SqlitePlace,
    "firestore": FirestorePlace,
}
DURABLE = sorted(set(PLACES) - {"memory"})
