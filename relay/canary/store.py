"""The notes of canaries in the ledger."""

from collections.abc import Callable, Mapping, Sequence

from relay.canary.journal import PREFIX, Journal, from_note, to_note, with_times
from relay.canary.loop import Loop
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.tiered import TieredLedger
from relay.watch.store import bounded

Change = Callable[[Journal | None], Journal | None]
"""What becomes of a journal, which may be missing; None leaves it as it is."""


class Store:
    """Reads and changes journals. Every method raises `LedgerUnavailable` if the ledger does not answer."""

    def __init__(self, ledger: TieredLedger, clock: Callable[[], float]) -> None:
        self._ledger = ledger
        self._clock = clock

    async def journals(self, loops: Sequence[Loop]) -> dict[str, Journal]:
        """Return the journals of canaries by their keys; one without any begins now."""
        notes = await bounded(self._ledger.notes(PREFIX))
        now = self._clock()
        found = {each.key: from_note(notes.get(PREFIX + each.key), now) for each in loops}
        return {each.key: found[each.key] or await self._begin(each) for each in loops}

    async def update(self, loop: Loop, change: Change) -> Journal | None:
        """Change a journal in one step, and return what is kept; `change` may be called more than once."""
        kept: Journal | None = None

        def change_note(note: Note | None) -> Note | None:
            nonlocal kept
            now = self._clock()
            before = from_note(note, now)
            after = change(before)
            kept = after or before
            return None if after is None or after == before else to_note(after, now, loop.canary.every)

        if not await self._ledger.update_note(PREFIX + loop.key, change_note):
            raise LedgerUnavailable("the ledger did not answer")
        return kept

    async def learn(
        self, loop: Loop, due: int, times: Mapping[str, float], *, reason: str, phone: str | None = None
    ) -> Journal | None:
        """Write down what was learned of the test of a date; see `with_times`."""

        def change(journal: Journal | None) -> Journal | None:
            return journal and with_times(journal, due, times, phone=phone, reason=reason)

        return await self.update(loop, change)

    async def _begin(self, loop: Loop) -> Journal:
        now = self._clock()
        return await self.update(loop, lambda journal: journal or Journal(now)) or Journal(now)
