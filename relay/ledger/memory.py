"""The ledger of one process, gone with it: bounded, the oldest settled records make room first."""

import dataclasses
import time
from collections.abc import Callable, Mapping

from relay.ledger import LISTED, Change, Note, current
from relay.ledger.identity import Identity
from relay.ledger.neighbours import Alias, Stored, decide, stored_around
from relay.ledger.record import SETTLED_FOR, Claim, Record, Settlement
from relay.ledger.rules import settle
from relay.model import Dispatch

RECORDS = 10_000
"""How many records are remembered."""
NOTES = 10_000
"""How many notes are remembered."""
BODY_BYTES = 32 * 1024 * 1024
"""How many bytes of kept bodies are remembered in all."""


class MemoryLedger:
    """Records in a dictionary of this process.

    A new record above the bound forgets the settled one that was written longest ago; if none is
    settled, the open one that was written longest ago. A repeat of what was forgotten is a new
    event. A body above the bound of bytes forgets the oldest bodies, and their records stay. As many
    aliases are remembered as records.
    """

    durable = False

    def __init__(
        self, clock: Callable[[], float] = time.time, *, records: int = RECORDS, body_bytes: int = BODY_BYTES
    ) -> None:
        self._clock = clock
        self._bound = records
        self._body_bound = body_bytes
        self._settled: dict[str, Record] = {}
        self._unsettled: dict[str, Record] = {}
        self._aliases: dict[str, Alias] = {}
        self._bodies: dict[str, int] = {}
        self._body_bytes = 0
        self._notes: dict[str, Note] = {}

    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        """Ask for the right to attempt what an event owes; see `neighbours.decide`."""
        now = self._clock()
        answer, writes = decide(
            identity, stored_around(identity, self._stored), dispatch, owner, now, again=again
        )
        for key, stored in writes.items():
            self._write(key, stored, now)
        return answer

    async def settle(self, key: str, settlement: Settlement) -> Record:
        """Record what an attempt came to, and return the record as it is now; see `rules.settle`."""
        now = self._clock()
        record = settle(self._get(key), settlement, now)
        self._put(key, record, now)
        return record

    def adopt(self, key: str, record: Record) -> None:
        """Take over what a durable ledger says of an event, without its body."""
        self._put(key, dataclasses.replace(record, raw=None), self._clock())

    def redirect(self, key: str, to: str) -> None:
        """Forget the record under a key: a durable ledger knows that event under another."""
        self._write(key, Alias(to, "", self._clock() + SETTLED_FOR), self._clock())

    async def amend(self, key: str, change: Change) -> None:
        """Replace a record by what `change` makes of it; None erases it."""
        now = self._clock()
        before = self._get(key)
        before = before if before and before.expires > now else None
        after = change(before)
        if after is None and before is not None:
            self._forget(key)
        elif after is not None and after is not before:
            self._put(key, after, now)

    async def unsettled(self, *, bodies: bool = True) -> list[tuple[str, Record]]:
        """Return the records with something open or refused, the oldest first; bodies cost nothing here."""
        del bodies
        now = self._clock()
        alive = [each for each in self._unsettled.items() if each[1].expires > now]
        return sorted(alive, key=lambda each: (each[1].dispatch.first_seen_at, each[0]))

    async def is_empty(self) -> bool:
        """Return whether it holds no record at all."""
        return not self._settled and not self._unsettled

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased."""
        del patience  # it takes no time
        memo = change(current(self._notes.get(name), self._clock()))
        if memo is not None:
            self._notes.pop(name, None)
        if memo:
            self._notes[name] = memo
            self._drop_notes()

    async def notes(self, prefix: str) -> Mapping[str, Note]:
        """Return the notes whose names begin with a prefix, by name."""
        now = self._clock()
        return {
            name: note for name, note in self._notes.items() if name.startswith(prefix) and current(note, now)
        }

    async def first_seen_since(self, moment: float) -> list[Record]:
        """Return the records that were first seen since a moment (Unix seconds); bodies cost nothing here."""
        records = (*self._settled.values(), *self._unsettled.values())
        return [each for each in records if each.dispatch.first_seen_at >= moment][-LISTED:]

    def prepare(self) -> None:
        """Begin nothing: memory is there at once."""

    async def aclose(self) -> None:
        """Do nothing: nothing is open."""

    def _get(self, key: str) -> Record | None:
        return self._settled.get(key) or self._unsettled.get(key)

    def _stored(self, key: str) -> Stored | None:
        return self._get(key) or self._aliases.get(key)

    def _write(self, key: str, stored: Stored, now: float) -> None:
        if isinstance(stored, Record):
            self._put(key, stored, now)
            return
        self._forget(key)
        self._aliases[key] = stored
        if len(self._aliases) > self._bound:
            self._forget(next(iter(self._aliases)))

    def _put(self, key: str, record: Record, now: float) -> None:
        """Write a record as the youngest of its kind, and make room for it."""
        self._forget(key)
        self._drop_expired(now)
        while len(self._settled) + len(self._unsettled) >= self._bound:
            self._forget(next(iter(self._settled or self._unsettled)))
        (self._settled if record.settled else self._unsettled)[key] = record
        self._weigh(key, record)
        while self._body_bytes > self._body_bound:
            self._strip(next(iter(self._bodies)))

    def _forget(self, key: str) -> None:
        self._settled.pop(key, None)
        self._unsettled.pop(key, None)
        self._aliases.pop(key, None)
        self._body_bytes -= self._bodies.pop(key, 0)

    def _weigh(self, key: str, record: Record) -> None:
        if record.raw is not None:
            self._bodies[key] = len(record.raw)
            self._body_bytes += len(record.raw)

    def _drop_expired(self, now: float) -> None:
        """Forget what has expired: what is of one kind expires in the order in which it was written."""
        kinds: tuple[Mapping[str, Stored], ...] = (self._settled, self._unsettled, self._aliases)
        for kind in kinds:
            while kind and (oldest := next(iter(kind.items())))[1].expires <= now:
                self._forget(oldest[0])

    def _drop_notes(self) -> None:
        """Make room: first go the notes that expire, the oldest of them first."""
        if len(self._notes) > NOTES:
            oldest = next((name for name, note in self._notes.items() if "expires" in note), None)
            self._notes.pop(oldest or next(iter(self._notes)))

    def _strip(self, key: str) -> None:
        """Forget a body, not its record."""
        self._body_bytes -= self._bodies.pop(key)
        records = self._settled if key in self._settled else self._unsettled
        records[key] = dataclasses.replace(records[key], raw=None)
