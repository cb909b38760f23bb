"""One event on its way: its claim, its attempts, its fallbacks, and what they came to."""

import asyncio
import dataclasses
from collections.abc import Callable, Collection, Iterator

from forwarders.base import MessageRefused, TransientFailure
from relay.delivery.attempt import TICK, Attempt
from relay.ledger.front import FrontLedger
from relay.ledger.identity import Identity
from relay.ledger.record import Busy, Debt, Done, Due, Progress, Record, Settlement, State

FALLBACK_TIME = 1.5
"""Seconds before the deadline at which a fallback stands in for a destination that has not answered.

Half of the time that is left always belongs to the destination itself, however late the request began.
"""

Start = Callable[["Flight", Due, tuple[str, ...]], Attempt]
"""Begin to deliver what is due, with remarks for its reader; `before` of the flight tells how far it came."""


class Flight:
    """One event's way through this process; a repeat that comes meanwhile joins it.

    `answerable` is set once every destination is settled or has failed for now, and at the cut-off
    if some have not answered by then; what is settled by that time has been recorded.
    """

    def __init__(
        self,
        identity: Identity,
        debt: Debt,
        *,
        owner: str,
        keep: Callable[[], bytes | None],
        ledger: FrontLedger,
        start: Start,
        known: Collection[str],
        deadline: float,
        again: bool = False,
    ) -> None:
        self.identity = identity
        self.key = identity.key
        self.owner = owner
        self.record = self.before = Record(debt)
        self.busy: Busy | None = None
        self.attempts: dict[str, Attempt] = {}
        self.answerable = asyncio.Event()
        self._keep = keep
        self._ledger = ledger
        self._start = start
        self._known = known
        now = asyncio.get_running_loop().time()
        self._cutoff = deadline - ledger.budget
        self._fall_back_at = max(deadline - FALLBACK_TIME, (now + self._cutoff) / 2)
        self._again = again
        self._stood_in: set[str] = set()
        self._told: dict[str, Progress] | None = None

    async def run(self) -> None:
        """Claim, attempt what is open, and settle."""
        try:
            claim = await self._ledger.claim(self.identity, self.record.debt, self.owner, again=self._again)
            self.key = claim.key
            if isinstance(claim, Busy):
                self.busy = claim
                return
            self.record = self.before = claim.record
            if not isinstance(claim, Done):
                await self._attempt_all()
        finally:
            self.answerable.set()

    def due(self) -> list[Due]:
        """Return what the event owes to destinations that are still configured."""
        return [due for due in self.record.debt.owed if due.destination in self._known]

    def dropped(self) -> list[str]:
        """Return the destinations that the event owed and that are no longer configured."""
        return [due.destination for due in self.record.debt.owed if due.destination not in self._known]

    async def between_posts(self) -> None:
        """Record at once what was accepted after the answer: nobody knows how long this process runs.

        Raises:
            TransientFailure: the lease has ended meanwhile, and another owner has taken over.
        """
        if self.answerable.is_set():
            await self._settle(release=False)
            if self.record.owner != self.owner:
                raise TransientFailure("another instance has taken over")

    async def _attempt_all(self) -> None:
        for due in self.due():
            if self.before.of(due.destination).state is State.OPEN:
                self.attempts[due.destination] = self._start(self, due, ())
        self._fall_back()
        while self._under_way():
            if self._must_settle():
                await self._settle(release=False)
                self.answerable.set()
            await self._wait()
            self._fall_back()
        await self._settle(release=True)

    def _must_settle(self) -> bool:
        """Whether the answer is due, or was given and there is news since."""
        now = asyncio.get_running_loop().time()
        if not self.answerable.is_set():
            return now >= self._cutoff or not any(self._unanswered())
        return self._outcomes() != self._told

    def _under_way(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts.values() if attempt.task]

    async def _wait(self) -> None:
        """Wait until an attempt ends, a moment comes at which something is to be done, or one tick."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        moments = (at - begun for at in (self._fall_back_at, self._cutoff) if at > begun)
        tasks = [attempt.task for attempt in self._under_way() if attempt.task]
        await asyncio.wait(tasks, timeout=min((TICK, *moments)), return_when=asyncio.FIRST_COMPLETED)
        for attempt in self._under_way():
            attempt.tick(loop.time() - begun)

    def _unanswered(self) -> Iterator[Due]:
        """Yield what is due and neither settled nor, with its fallbacks, at an end for now."""
        for due in self.due():
            chain = (due.destination, *due.fallback)
            if self._state(due) is State.OPEN and any(self._trying(name) for name in chain):
                yield due

    def _state(self, due: Due) -> State:
        """Return how far a destination is by now."""
        before = self.before.of(due.destination).state
        if self._accepted(due.destination):
            return State.DELIVERED
        if before is not State.OPEN or due.destination not in self._stood_in:
            return before
        if any(self._accepted(name) for name in due.fallback):
            return State.DIVERTED
        refused = all(self._refused(name) for name in (due.destination, *due.fallback))
        return State.REFUSED if refused else State.OPEN

    def _trying(self, name: str) -> bool:
        return name in self.attempts and not self.attempts[name].done

    def _refused(self, name: str) -> bool:
        return name in self.attempts and isinstance(self.attempts[name].failure, MessageRefused)

    def _accepted(self, name: str) -> bool:
        attempt = self.attempts.get(name)
        return self.before.of(name).state is State.DELIVERED or bool(attempt and attempt.accepted)

    def _fall_back(self) -> None:
        """Start the next fallback of each destination that failed, or that answers too late."""
        late = asyncio.get_running_loop().time() >= self._fall_back_at
        for due in self.due():
            attempt = self.attempts.get(due.destination)
            if attempt is None or attempt.accepted or not (attempt.failure or late):
                continue
            self._stand_in(due, attempt)

    def _stand_in(self, due: Due, attempt: Attempt) -> None:
        """Start the first fallback that was not tried, unless one is under way or has accepted."""
        self._stood_in.add(due.destination)
        for name in due.fallback:
            if name in self._known and name not in self.attempts and not self._accepted(name):
                self.attempts[name] = self._started(due, attempt, name)
            if self._trying(name) or self._accepted(name):
                return

    def _started(self, due: Due, attempt: Attempt, name: str) -> Attempt:
        reason = attempt.failure.reason if attempt.failure else "it has not answered in time"
        note = f"Sent here instead of {due.destination}: {reason}"
        return self._start(self, self.record.debt.instead(due, name), (note,))

    def _outcomes(self) -> dict[str, Progress]:
        """Return all that the ledger is to know."""
        outcomes = {name: attempt.progress() for name, attempt in self.attempts.items()}
        for due in self.due():
            state = self._state(due)
            if due.destination in outcomes and state in (State.DIVERTED, State.REFUSED):
                outcomes[due.destination] = dataclasses.replace(outcomes[due.destination], state=state)
        gone = Progress(State.DROPPED, reason="no longer configured")
        return outcomes | dict.fromkeys(self.dropped(), gone)

    async def _settle(self, *, release: bool) -> None:
        """Record what is known by now; the body goes with it if something stays open."""
        self._told = self._outcomes()
        states = {self._state(due) for due in self.due()}
        raw = self._keep() if states & {State.OPEN, State.REFUSED} else None
        settlement = Settlement(self.owner, self.record.debt, self._told, raw, release)
        self.record = await self._ledger.settle(self.key, settlement)
