"""The notes behind the answers: who can be answered, drafts, and the book; sealed where private."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from relay.keys import stored_name
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.tiered import TieredLedger
from relay.replies.book import Book, read_book
from relay.replies.draft import Draft, read_draft
from relay.seal import Seal

KEPT_FOR = 7 * 86400.0
"""Seconds for which a message can be answered, and for which a report about an SMS is still expected."""
BOOK = "replies.book"
TRIES = 3
"""How often a note is asked for: what has been sent must be written down."""
PATIENCE = 3.0
"""Seconds that one try may take: no phone waits for it."""
PAUSE = 0.3
"""Seconds between two tries."""

T = TypeVar("T")


class Answerable(NamedTuple):
    """To whom an answer to a message goes, and from which phone and SIM card.

    `sms_id` is the id of the answer that the message shows; empty if it shows a received SMS.
    """

    party: str
    device: str
    sim: int | None
    sms_id: str = ""


class Store:
    """Reads and changes the notes; every method raises `LedgerUnavailable` if the ledger does not answer.

    `clock` gives Unix seconds.
    """

    def __init__(self, ledger: TieredLedger, secret: bytes, clock: Callable[[], float]) -> None:
        self._ledger = ledger
        self._secret = secret
        self._seal = Seal(secret, "replies")
        self._clock = clock

    async def remember(self, ref: str, answerable: Answerable) -> None:
        """Remember to whom an answer to a message would go."""
        name = self._name(ref)
        await self._update(name, lambda _before: self._sealed(name, answerable._asdict()))

    async def recall(self, ref: str) -> Answerable | None:
        """Return to whom an answer to a message goes; None if that is not known (any more)."""
        name = self._name(ref)
        content = self._seal.open(name, (await self._read(name) or {}).get("sealed"))
        try:
            return Answerable(**content) if content else None
        except TypeError:
            return None

    async def draft(self, sms_id: str) -> Draft | None:
        """Return a draft."""
        return self._open(sms_id, await self._read(_reply(sms_id)))

    async def create(self, draft: Draft) -> Draft:
        """Keep a draft unless there is one of this id; return the one that is kept."""
        kept = await self.update(draft.id, lambda before: draft if before is None else None)
        return kept or draft

    async def update(self, sms_id: str, change: Callable[[Draft | None], Draft | None]) -> Draft | None:
        """Change a draft in one step, and return it; None leaves it. `change` may be called again."""
        name = _reply(sms_id)
        kept: Draft | None = None

        def change_note(note: Note | None) -> Note | None:
            nonlocal kept
            before = self._open(sms_id, note)
            after = change(before)
            kept = after or before
            return None if after in (None, before) else self._sealed(name, after.to_json())

        await self._update(name, change_note)
        return kept

    async def book(self, change: Callable[[Book], Book]) -> Book:
        """Change the book in one step, and return it as it was before."""
        before = Book()

        def change_note(note: Note | None) -> Note | None:
            nonlocal before
            before = read_book(note)
            after = change(before)
            return None if after == before else after.to_json()

        await self._update(BOOK, change_note)
        return before

    def _open(self, sms_id: str, note: Note | None) -> Draft | None:
        return read_draft(self._seal.open(_reply(sms_id), note.get("sealed"))) if note else None

    def _sealed(self, name: str, content: Mapping[str, Any]) -> Note:
        return {"sealed": self._seal.close(name, content), "expires": self._clock() + KEPT_FOR}

    def _name(self, ref: str) -> str:
        return f"answer.{stored_name(f'answer {ref}', self._secret)}"

    async def _read(self, name: str) -> Note | None:
        found: list[Note | None] = [None]

        def look(note: Note | None) -> None:
            found[0] = note

        await self._update(name, look)
        return found[0]

    async def _update(self, name: str, change: Callable[[Note | None], Note | None]) -> None:
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(PAUSE)
            if await self._ledger.update_note(name, change, PATIENCE):
                return
        raise LedgerUnavailable("the ledger did not answer")


def _reply(sms_id: str) -> str:
    return f"reply.{sms_id}"
