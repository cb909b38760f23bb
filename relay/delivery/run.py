"""One event's way through this process: its claim, its attempts, its fallbacks, and what they came to."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from forwarders.base import Failure, TransientFailure
from relay.config.settings import FALLBACK_TIME
from relay.delivery.attempt import TICK, Attempt, Bug
from relay.delivery.drafts import Drafts, Posts
from relay.delivery.recorder import Recorder
from relay.delivery.shared import Shared
from relay.delivery.standing import Standing
from relay.delivery.unknown import Unknown
from relay.events import Event
from relay.ledger.identity import Identity
from relay.ledger.record import Busy, Claim, Done, Record
from relay.model import DeliverySpec, DeliveryState, Dispatch

UNRECORDED = 0.04
"""Seconds for which an acceptance may wait to be recorded with others.

Where all destinations answer within it, one write records them all. A process that is killed forgets
what it has not recorded.
"""


class DeliveryRun:
    """One event's way through this process; a repeat that comes meanwhile joins it.

    `answerable` is set once every destination is settled or has failed for now, and at the cut-off
    if some have not answered by then; what is settled by that time has been recorded. `late` are the
    destinations whose attempts were still under way. `recorder.key` is that of the record, which may
    be that of a neighbour of `identity`.
    """

    def __init__(
        self,
        shared: Shared,
        identity: Identity,
        dispatch: Dispatch,
        event: Event,
        body: bytes,
        *,
        owner: str,
        deadline: float,
        again: bool = False,
        instead_of_unknown: str | None = None,
    ) -> None:
        self.identity = identity
        self.owner = owner
        self.recorder = Recorder(shared.ledger, Record(dispatch), event, body, owner)
        self.recorder.key = identity.key
        self.standing = Standing(dispatch.deliveries, self.recorder.record)
        self.busy: Busy | None = None
        self.answerable = asyncio.Event()
        self.late: frozenset[str] = frozenset()
        self._shared = shared
        self._event = event
        self._drafts = Drafts(shared, event)
        now = asyncio.get_running_loop().time()
        self._cutoff = deadline - shared.ledger.budget
        # Half of the time that is left always belongs to the destination itself, however late the request.
        self._fall_back_at = max(deadline - FALLBACK_TIME, (now + self._cutoff) / 2)
        self._again = again
        self._unknown = Unknown(shared, instead_of_unknown)
        self._news = asyncio.Event()
        self._unrecorded_since: float | None = None
        self._recording: asyncio.Task[None] | None = None
        self._stop_at = float("inf")

    async def run(self) -> None:
        """Claim, attempt what is open, and settle."""
        recorder = self.recorder
        try:
            claim = await self._claim()
            recorder.key = claim.key
            if isinstance(claim, Busy):
                self.busy = claim
                return
            recorder.take_over(claim.record)
            self.standing = Standing(self._unknown.deliveries(claim.record, self._event), claim.record)
            if not isinstance(claim, Done):
                await self._attempt_all()
        finally:
            self.answerable.set()

    async def _claim(self) -> Claim:
        """Claim the event, and make meanwhile what is sent if the claim is granted."""
        dispatch, ledger = self.recorder.record.dispatch, self._shared.ledger
        claim = ledger.claim(self.identity, dispatch, self.owner, again=self._again)
        if not ledger.is_durable:
            return await claim
        drafting = asyncio.create_task(self._drafts.make(dispatch, self.identity.key))
        try:
            return await claim
        finally:
            drafting.cancel()  # if the answer came at once, it has not begun

    def stop_at(self, moment: float) -> None:
        """Give up at a moment of the loop's clock what has not ended by then."""
        self._stop_at = moment
        self._news.set()

    async def _attempt_all(self) -> None:
        standing = self.standing
        for spec in standing.deliveries:
            if standing.before.of(spec.destination).state is DeliveryState.OPEN:
                standing.attempts[spec.destination] = self._start(spec)
        self._drafts.discard()
        self._fall_back()
        while standing.under_way():
            if self._must_answer():
                await self._settle()
                self._answer()
            elif self._must_record():
                self._record_beside()
            await self._wait()
            self._fall_back()
        await self._settle(release=True)

    def _answer(self) -> None:
        if not self.answerable.is_set():
            self.late = frozenset(attempt.name for attempt in self.standing.under_way())
            self.answerable.set()

    def _start(self, spec: DeliverySpec, notes: tuple[str, ...] = ()) -> Attempt:
        """Begin one attempt, unless the destination is not configured or has asked to be left alone."""
        before = self.standing.before
        attempt = Attempt(spec.destination, before.of(spec.destination), self.owner)
        if hindrance := self._hindrance(spec):
            attempt.fail(hindrance)
            return attempt
        try:
            plan = self._drafts.plan(spec, self.recorder.key, before.dispatch.first_seen_at, notes)
        except Exception as bug:  # noqa: BLE001 - a bug in a template defers the delivery, it loses nothing
            attempt.fail(Bug(bug))
        else:
            attempt.task = asyncio.create_task(self._attempt(attempt, spec, plan))
        return attempt

    def _hindrance(self, spec: DeliverySpec) -> Failure | None:
        """Return why a destination is not called now; None if it is."""
        if self._unknown.includes(spec):
            return self._unknown.failure(self.recorder.record)
        return self._shared.backoff.blocked(spec.destination)

    async def _attempt(self, attempt: Attempt, spec: DeliverySpec, plan: Callable[[], Posts]) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        forwarder = self._shared.forwarders[attempt.name]
        try:
            posts = plan()
            del plan  # with the message: the posts hold what of it is still needed
            async for _ in attempt.send(forwarder, posts):
                self._shared.posted(self._event, spec, attempt.take_ids())
                self._note_news()
                await self._record_after_answer()
        except Failure as failure:
            attempt.fail(failure)
        except Exception as bug:  # noqa: BLE001 - a bug in a plug-in defers the delivery, it loses nothing
            attempt.fail(Bug(bug))
        finally:
            attempt.seconds = loop.time() - begun
        self._shared.posted(self._event, spec, attempt.take_ids())
        self._note_news()
        self._shared.attempt_ended(attempt.name, attempt.failure)

    def _note_news(self) -> None:
        if self._unrecorded_since is None:
            self._unrecorded_since = asyncio.get_running_loop().time()
        self._news.set()

    async def _record_after_answer(self) -> None:
        """Record at once what was accepted after the answer: nobody knows how long this process runs.

        Raises:
            TransientFailure: the lease has ended meanwhile, and another owner has taken over.
        """
        if self.answerable.is_set():
            await self._settle()
            if self.recorder.record.owner != self.owner:
                raise TransientFailure("another instance has taken over")

    def _must_answer(self) -> bool:
        """Return whether the answer is due, or was given and there is news since."""
        if self.answerable.is_set():
            return self.standing.outcomes() != self.recorder.recorded
        return asyncio.get_running_loop().time() >= self._cutoff or not any(self.standing.unanswered())

    def _must_record(self) -> bool:
        """Return whether something has waited to be recorded for as long as it may."""
        since = self._unrecorded_since
        return since is not None and asyncio.get_running_loop().time() >= since + UNRECORDED

    def _record_beside(self) -> None:
        """Record what was accepted so far while the others are awaited; one write at a time."""
        if self._recording is None or self._recording.done():
            self._recording = asyncio.create_task(self._settle(with_body=False))
            self._recording.add_done_callback(lambda _: self._news.set())

    async def _wait(self) -> None:
        """Wait until there is news, a moment comes at which something is to be done, or one tick."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        record_at = begun if self._unrecorded_since is None else self._unrecorded_since + UNRECORDED
        moments = (self._fall_back_at, self._cutoff, self._stop_at, record_at)
        with suppress(TimeoutError):
            async with asyncio.timeout(min((TICK, *(at - begun for at in moments if at > begun)))):
                await self._news.wait()
        self._news.clear()
        for attempt in self.standing.under_way():
            if attempt.count_time(loop.time() - begun):
                self._shared.attempt_ended(attempt.name, attempt.failure)
            elif loop.time() >= self._stop_at:
                attempt.give_up("this instance was shut down before an answer came")

    def _fall_back(self) -> None:
        """Start the next fallback of each destination that failed, or that answers too late."""
        is_late = asyncio.get_running_loop().time() >= self._fall_back_at
        for spec in self.standing.deliveries:
            attempt = self.standing.attempts.get(spec.destination)
            if attempt is None or attempt.accepted or not (attempt.failure or is_late):
                continue
            if attempt.waits_for_the_rest:
                continue  # who is still to get it, such as one recipient of a mail, gets it at the repeat
            if self._unknown.may_fall_back(spec):
                self._replace(spec)

    def _replace(self, spec: DeliverySpec) -> None:
        """Start the first fallback that was not tried, unless one is under way or has accepted."""
        standing = self.standing
        standing.replaced.add(spec.destination)
        for name in spec.fallback:
            is_new = name not in standing.attempts and not standing.has_accepted(name)
            if is_new and name in self._shared.forwarders:
                # Equal words at every attempt make equal plans, so the note gives no reason.
                note = f"Sent here instead of {spec.destination}, which has not accepted it."
                dispatch = replace(self.recorder.record.dispatch, deliveries=standing.deliveries)
                standing.attempts[name] = self._start(dispatch.for_fallback(spec, name), (note,))
            if standing.is_trying(name) or standing.has_accepted(name):
                return

    async def _settle(self, *, release: bool = False, with_body: bool = True) -> None:
        self._unrecorded_since = None
        unknown_since = self._unknown.since(self.recorder.record, self.standing)
        await self.recorder.settle(self.standing, unknown_since, release=release, with_body=with_body)
