"""Records signs of life beside the requests, and writes only what matters."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from relay.events import Event
from relay.ledger import Note
from relay.ledger.tiered import TieredLedger
from relay.watch.naming import Known, Naming
from relay.watch.phone import Phone, Sighting, from_note, to_note
from relay.watch.rules import MANY_FAILURES, Rules
from relay.watch.sighting import sight

STEP = 5
"""Percent by which a battery's level has to change to be written at once."""
SELDOM = 6 * 3600.0
"""Seconds after which a message is written at once: it may end a report that none comes."""
PENDING = 50
"""Sightings of one phone that wait to be written; the oldest go."""
REMEMBERED = 500
"""Phones that an instance remembers; the one that was heard longest ago goes."""
NEWCOMERS = 50
"""Unknown phones that an instance accepts within an hour: who has a key can invent as many as they like."""
HOUR = 3600.0
PAUSE = 60.0
"""Seconds until the next try after the ledger was away."""


@dataclass(slots=True)
class _Memory:
    """What an instance remembers of a phone: as it was last written, and what has come since."""

    written: Phone | None = None
    write_at: float = 0.0
    pending: deque[Sighting] = field(default_factory=lambda: deque(maxlen=PENDING))
    task: asyncio.Task[None] | None = None


class Recorder:
    """Keeps the notes of phones. `clock` gives Unix seconds.

    Nothing here delays a delivery, changes an answer or raises: without a ledger only a sighting is lost.
    """

    def __init__(
        self,
        rules: Rules,
        naming: Naming,
        ledger: TieredLedger,
        *,
        secret: bytes | None,
        clock: Callable[[], float],
    ) -> None:
        self._rules = rules
        self._naming = naming
        self._ledger = ledger
        self._secret = secret
        self._clock = clock
        self._memories: dict[str, _Memory] = {}
        self._newcomers: deque[float] = deque(maxlen=NEWCOMERS)
        self._not_awaited: set[asyncio.Task[None]] = set()

    def record(self, event: Event) -> None:
        """Record that a phone was heard, and what it said of itself; what follows runs beside the request."""
        if not event.device_id:
            return
        now, known = self._clock(), self._naming.know(event.device_id)
        memory = self._memories.pop(known.key, None) or self._new(known, now)
        if memory is None:
            return
        self._memories[known.key] = memory  # as the latest
        memory.pending.append(sight(event, now, self._rules.limits(known.name), self._secret))
        if memory.task is None and self._is_due(memory, known, now):
            memory.task = asyncio.create_task(self._write(memory, known))
            self._not_awaited.add(memory.task)

    async def finish(self, deadline: float) -> None:
        """Wait for what was begun since the last call, until a moment of the loop's clock."""
        tasks, self._not_awaited = self._not_awaited, set()
        if tasks:
            await asyncio.wait(tasks, timeout=deadline - asyncio.get_running_loop().time())

    def _new(self, known: Known, now: float) -> _Memory | None:
        """Return a memory of a phone that this instance does not remember; None if there are too many."""
        if not known.is_configured:
            if len(self._newcomers) == NEWCOMERS and now - self._newcomers[0] < HOUR:
                return None
            self._newcomers.append(now)
        if len(self._memories) >= REMEMBERED:
            del self._memories[next(iter(self._memories))]
        return _Memory()

    def _is_due(self, memory: _Memory, known: Known, now: float) -> bool:
        if memory.written is None:
            return now >= memory.write_at
        every = self._rules.write_every(known.name)
        is_old = not 0 <= now - memory.written.heard < every
        return now >= memory.write_at and (
            is_old or matters(memory.written, _seen(memory.written, memory.pending))
        )

    async def _write(self, memory: _Memory, known: Known) -> None:
        """Write what is pending, and what becomes pending meanwhile if it matters."""
        try:
            while memory.pending and self._is_due(memory, known, self._clock()):
                sightings = list(memory.pending)
                if not await self._update(memory, known, sightings):
                    memory.write_at = self._clock() + PAUSE
                    return
                for each in sightings:
                    if memory.pending and memory.pending[0] is each:
                        memory.pending.popleft()
        finally:
            memory.task = None

    async def _update(self, memory: _Memory, known: Known, sightings: list[Sighting]) -> bool:
        """Add sightings to a phone's note, unless another instance has just written as much."""
        every = self._rules.write_every(known.name)

        def change(note: Note | None) -> Note | None:
            before = from_note(note)
            after = _seen(before or Phone(known.name, known.is_configured), sightings)
            is_news = before is None or after.heard - before.heard >= every or matters(before, after)
            memory.written = after if is_news else before
            return to_note(after) if is_news else None

        return await self._ledger.update_note(self._naming.note(known.key), change)


def _seen(phone: Phone, sightings: deque[Sighting] | list[Sighting]) -> Phone:
    for each in sightings:
        phone = phone.seen(each)
    return phone


def matters(before: Phone, after: Phone) -> bool:
    """Return whether something has changed that a tick should know at once."""
    return (
        _essence(before) != _essence(after)
        or abs((before.level or 0) - (after.level or 0)) >= STEP
        or after.message - before.message >= SELDOM
    )


def _essence(phone: Phone) -> tuple[object, ...]:
    signs = {about: value for about, (value, _) in phone.signs.items()}
    failures = min(MANY_FAILURES, sum(each > phone.heard - HOUR for each in phone.failures))
    is_pinging = bool(phone.pinged)
    return (
        *(phone.charging, phone.transport, phone.cards, phone.starts, phone.returned),
        *(signs, failures, is_pinging),
    )
