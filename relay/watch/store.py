"""The notes of the watch in the ledger: one for each phone, and one that the ticks write."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from relay.ledger import LedgerUnavailable, Note
from relay.ledger.record import Record
from relay.ledger.tiered import TieredLedger
from relay.watch.naming import PREFIX, Naming
from relay.watch.phone import Phone, from_note
from relay.watch.state import State
from relay.watch.state import from_note as read_state
from relay.watch.state import to_note as write_state

NOTE = "watch"
"""The name of the note that the ticks write."""
READ_TIME = 10.0
"""Seconds that a list may take: nobody waits for it but a tick."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Phones:
    """The phones that are known, by the keys of their notes, and the names of notes that are of no use."""

    known: dict[str, Phone]
    useless: list[str]


class Store:
    """Reads and changes the notes. Every method raises `LedgerUnavailable` if the ledger does not answer."""

    def __init__(self, ledger: TieredLedger, naming: Naming) -> None:
        self._ledger = ledger
        self._naming = naming

    async def phones(self) -> Phones:
        """Return all phones."""
        phones = Phones({}, [])
        for name, note in (await bounded(self._ledger.notes(PREFIX))).items():
            phone = from_note(note)
            key = self._naming.key(name, phone)
            if phone and key:
                phones.known[key] = phone
            else:
                phones.useless.append(name)
        return phones

    async def state(self) -> State:
        """Return what the latest tick has left."""
        return read_state((await bounded(self._ledger.notes(NOTE))).get(NOTE))

    async def records(self, since: float) -> list[Record]:
        """Return the records of events that were first seen since a moment (Unix seconds)."""
        return await bounded(self._ledger.first_seen_since(since))

    async def update(self, change: Callable[[State], State]) -> State:
        """Change the state in one step, and return it; `change` may be called more than once."""
        changed = State()

        def change_note(note: Note | None) -> Note | None:
            nonlocal changed
            before = read_state(note)
            changed = change(before)
            return None if note and changed == before else write_state(changed)

        if not await self._ledger.update_note(NOTE, change_note):
            raise LedgerUnavailable("the ledger did not answer")
        return changed

    async def erase(self, names: Iterable[str]) -> None:
        """Erase notes."""
        for name in names:
            if not await self._ledger.update_note(name, lambda note: {} if note else None):
                raise LedgerUnavailable("the ledger did not answer")

    def notes_of(self, keys: Iterable[str]) -> list[str]:
        """Return the names of the notes with these keys."""
        return [self._naming.note(key) for key in keys]


async def bounded(verb: Awaitable[T]) -> T:
    """Give a verb of the ledger `READ_TIME`.

    Raises:
        LedgerUnavailable: it took longer.
    """
    try:
        async with asyncio.timeout(READ_TIME):
            return await verb
    except TimeoutError:
        raise LedgerUnavailable(f"the ledger did not answer within {READ_TIME:.0f} s") from None
