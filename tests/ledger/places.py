"""Where the ledgers under test keep their records, and how time passes there."""

import base64
import json
import os
import sqlite3
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

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


DOCUMENTS = "projects/tests/databases/(default)/documents"


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

    async def documents(self) -> dict[str, dict[str, Any]]:
        """Return the fields of what is stored, by id, as the server has them."""
        found = (await self._ask("GET", f"/{self.collection}?pageSize=300")).get("documents", [])
        return {each["name"].rpartition("/")[2]: each["fields"] for each in found}

    async def elapse(self, seconds: float) -> None:
        for name, fields in (await self.documents()).items():
            if "memo" in fields:
                await self._age_note(name, fields, seconds)
                continue
            record = json.loads(fields["record"]["stringValue"])
            (record.get("alias") or record)["expires"] -= seconds
            lease = max(0.0, float(fields["lease"]["doubleValue"]) - seconds)
            changed = {"record": {"stringValue": json.dumps(record)}, "lease": {"doubleValue": lease}}
            await self._write(name, fields | changed)

    async def _age_note(self, name: str, fields: dict[str, Any], seconds: float) -> None:
        note = json.loads(fields["memo"]["stringValue"])
        if "expires" in note:
            note["expires"] -= seconds
            await self._write(name, fields | {"memo": {"stringValue": json.dumps(note)}})

    async def spoil(self, key: str, text: str) -> None:
        await self.change(key, {"record": {"stringValue": text}})

    async def change(self, key: str, fields: dict[str, Any]) -> None:
        """Replace fields of a record's document."""
        found = await self.documents()
        (name,) = [each for each in found if each.endswith(key)]
        await self._write(name, found[name] | fields)

    async def plant(self, stored: Mapping[str, Any]) -> None:
        lease = max(0.0, json.loads(stored["record"])["lease_until"] - self.now)
        fields: dict[str, Any] = {
            "record": {"stringValue": stored["record"]},
            "lease": {"doubleValue": lease},
            "expires": {"timestampValue": datetime.fromtimestamp(stored["expires"], UTC).isoformat()},
        }
        if stored["raw"] is not None:
            fields["raw"] = {"bytesValue": base64.b64encode(stored["raw"]).decode()}
        if stored["unsettled"] is not None:
            fields["unsettled"] = {"doubleValue": stored["unsettled"]}
        await self._write(f"event.{stored['key']}", fields)

    async def stored(self, key: str) -> Mapping[str, Any]:
        fields = (await self.documents())[f"event.{key}"]
        raw, unsettled = fields.get("raw"), fields.get("unsettled")
        return {
            "key": key,
            "record": fields["record"]["stringValue"],
            "raw": base64.b64decode(raw["bytesValue"]) if raw else None,
            "expires": datetime.fromisoformat(fields["expires"]["timestampValue"]).timestamp(),
            "unsettled": unsettled["doubleValue"] if unsettled else None,
        }

    async def _write(self, name: str, fields: Mapping[str, Any]) -> None:
        update = {"name": f"{DOCUMENTS}/{self.collection}/{name}", "fields": fields}
        await self._ask("POST", ":commit", {"writes": [{"update": update}]})

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        host = os.environ["FIRESTORE_EMULATOR_HOST"]
        async with httpx.AsyncClient(headers={"Authorization": "Bearer owner"}) as client:
            answer = await client.request(method, f"http://{host}/v1/{DOCUMENTS}{path}", json=body)
        return answer.raise_for_status().json()


PLACES: Mapping[str, Callable[[Path], Place]] = {
    "memory": MemoryPlace,
    "sqlite": SqlitePlace,
    "firestore": FirestorePlace,
}
DURABLE = sorted(set(PLACES) - {"memory"})
