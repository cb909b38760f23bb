"""Each destination once: an event in, what became of its deliveries out."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

from forwarders.base import Forwarder, Misconfigured
from relay.config import Config
from relay.delivery.backoff import Backoff
from relay.delivery.outcome import OUTCOMES, Delivery, Outcome, worst
from relay.delivery.run import DeliveryRun
from relay.delivery.shared import Observer, Shared, SupportsDispatch, SupportsMessage, Taker
from relay.events import Event, encode, split
from relay.keys import identify
from relay.ledger.identity import Identity
from relay.ledger.record import Record
from relay.ledger.tiered import TieredLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch

__all__ = ["Delivery", "Observer", "Outcome", "Relay", "Taker", "worst"]

AT_ONCE = 8
"""Events of one request that are delivered at the same time: a batch holds up to a hundred."""
BEGIN = 1.0
"""Seconds before the deadline after which no further event of a batch is begun: the phone repeats it."""
NEVER_OWED = frozenset({"system:ping"})
"""Types that come so often that nobody asks the ledger for an earlier claim where no route wants them."""

Lease = AbstractContextManager[Any]
"""What a run holds until its end: room for the body."""


class Relay:
    """Delivers events: one run per event, each destination once.

    `clock` gives Unix seconds. Deadlines are moments of the event loop's own clock. `backoff` knows
    which destinations have asked to wait. What one of the `takers` takes goes nowhere else.
    """

    def __init__(
        self,
        config: Config,
        router: SupportsDispatch,
        renderer: SupportsMessage,
        forwarders: Mapping[str, Forwarder[Any]],
        ledger: TieredLedger,
        *,
        observer: Observer | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
        takers: Sequence[Taker] = (),
    ) -> None:
        self._config = config
        self._takers = takers
        self._observer = observer or Observer()
        backoff = backoff or Backoff(clock)
        self._shared = Shared(router, renderer, forwarders, ledger, backoff, self._observer, clock)
        self._runs: dict[str, tuple[DeliveryRun, asyncio.Task[None]]] = {}
        self._stop_at = float("inf")

    def prepare(self) -> None:
        """Begin what the delivery of an event that is being received will have to wait for."""
        self._shared.ledger.prepare()

    async def drain(self) -> None:
        """Wait until nothing is under way in this process."""
        if self._runs:
            await asyncio.wait([task for _, task in self._runs.values()])

    def stop(self, seconds: float) -> None:
        """Give what is under way so many seconds, then record what is known of it and free its leases."""
        self._stop_at = asyncio.get_running_loop().time() + seconds
        for run, _ in self._runs.values():
            run.stop_at(self._stop_at)

    def identity(self, event: Event, body: bytes) -> Identity:
        """Return what the event is known by."""
        settings = self._config.settings
        by_id = settings.duplicates == "id"
        devices = self._config.routing.phones
        now, secret = self._shared.clock(), settings.ledger_secret
        return identify(event, body, by_id=by_id, devices=devices, secret=secret, first_seen_at=now)

    async def handle(
        self, event: Event, body: bytes, deadline: float, lease: Lease | None = None
    ) -> tuple[Delivery, ...]:
        """Deliver what the event owes, and return what is known by the deadline; never raises.

        What has not ended by then goes on, and is recorded when it ends; `lease` is held until then. What
        no route wants today may have been claimed when one did: the ledger is asked.
        """
        for taker in self._takers:
            if taken := await taker.take(event, deadline):
                return (taken,)
        dispatch = self._shared.router.dispatch(event, self._shared.clock())
        if not dispatch.deliveries and event.type in NEVER_OWED:
            return ()
        identity = self.identity(event, body)
        joined = identity.key in self._runs
        run, task = self._runs.get(identity.key) or self._begin(
            identity, dispatch, event, body, deadline, lease=lease
        )
        await self._wait(run, task, deadline)
        return self._deliveries(run, joined=joined)

    async def handle_all(
        self, event: Event, body: bytes, deadline: float, lease: Lease | None = None
    ) -> tuple[Delivery, ...]:
        """Deliver the event, or each message of a batch, a few at a time and in their order; never raises.

        What could not be begun in time is deferred: the phone repeats the batch, which goes on there.
        """
        parts = split(event)
        if parts == (event,):
            return await self.handle(event, body, deadline, lease)
        slots = asyncio.Semaphore(AT_ONCE)

        async def handle(part: Event) -> tuple[Delivery, ...]:
            async with slots:
                if asyncio.get_running_loop().time() < deadline - BEGIN:
                    return await self.handle(part, encode(part), deadline, lease)
            return self._not_begun(part)

        results = await asyncio.gather(*map(handle, parts))
        return tuple(delivery for deliveries in results for delivery in deliveries)

    def _not_begun(self, event: Event) -> tuple[Delivery, ...]:
        now = self._shared.clock()
        reason = "not begun in time: it is delivered when the phone repeats the batch"
        deliveries = self._shared.router.dispatch(event, now).deliveries
        return tuple(
            Delivery(spec.destination, Outcome.DEFERRED, now, reason, open=True) for spec in deliveries
        )

    async def replay(
        self,
        key: str,
        record: Record,
        event: Event,
        body: bytes,
        deadline: float,
        *,
        again: bool = False,
        instead_of_unknown: str | None = None,
    ) -> tuple[Delivery, ...] | None:
        """Deliver what a kept event still owes; None if another process is at it.

        `again` opens what was finally refused; `instead_of_unknown` is a destination that gets what is
        owed to those that are not configured any more.
        """
        run, task = self._begin(
            Identity(key),
            record.dispatch,
            event,
            body,
            deadline,
            again=again,
            instead_of_unknown=instead_of_unknown,
        )
        await task
        return None if run.busy else self._deliveries(run, joined=False)

    def _begin(
        self,
        identity: Identity,
        dispatch: Dispatch,
        event: Event,
        body: bytes,
        deadline: float,
        *,
        lease: Lease | None = None,
        again: bool = False,
        instead_of_unknown: str | None = None,
    ) -> tuple[DeliveryRun, asyncio.Task[None]]:
        run = DeliveryRun(
            self._shared,
            identity,
            dispatch,
            event,
            body,
            owner=secrets.token_hex(8),
            deadline=deadline,
            again=again,
            instead_of_unknown=instead_of_unknown,
        )
        run.stop_at(self._stop_at)
        task = asyncio.create_task(self._finish(run, event, lease or nullcontext()))
        self._runs[identity.key] = run, task
        return run, task

    async def _finish(self, run: DeliveryRun, event: Event, lease: Lease) -> None:
        """Run to the end, and report what nobody waits for any more."""
        try:
            with lease:
                await run.run()
        except Exception as bug:  # noqa: BLE001 - nobody waits for this task any more
            self._observer.problem(f"a delivery broke: {type(bug).__name__}")
        finally:
            self._runs.pop(run.identity.key, None)
        for each in self._deliveries(run, joined=False):
            if each.destination in run.late:
                self._observer.ended_late(event, each)

    async def _wait(self, run: DeliveryRun, task: asyncio.Task[None], deadline: float) -> None:
        """Wait until the run can be answered, or for a repeat of an answered one until it ends."""
        left = deadline - asyncio.get_running_loop().time()
        if run.answerable.is_set():
            await asyncio.wait({task}, timeout=left)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await run.answerable.wait()

    def _deliveries(self, run: DeliveryRun, *, joined: bool) -> tuple[Delivery, ...]:
        return tuple(self._delivery(run, spec, joined=joined) for spec in run.standing.deliveries)

    def _delivery(self, run: DeliveryRun, spec: DeliverySpec, *, joined: bool) -> Delivery:
        """Return what became of what was due to one destination."""
        name, first_seen_at = spec.destination, run.recorder.record.dispatch.first_seen_at
        configured = self._config.destinations.get(name)
        is_required = configured is None or configured.required
        if run.busy:
            reason = "another instance is delivering it"
            return Delivery(name, Outcome.DEFERRED, first_seen_at, reason, open=True, key=run.recorder.key)
        progress, attempt = run.recorder.record.of(name), run.standing.attempts.get(name)
        outcome = OUTCOMES[progress.state]
        was_delivered = joined or run.standing.before.of(name).state is DeliveryState.DELIVERED
        if outcome is Outcome.DELIVERED and was_delivered:
            outcome = Outcome.DUPLICATE
        is_deferred = outcome is Outcome.DEFERRED
        is_durable = self._shared.ledger.is_durable
        return Delivery(
            name,
            outcome,
            first_seen_at,
            progress.reason,
            round(attempt.seconds * 1000) if attempt and attempt.done else None,
            open=is_deferred and (is_required or (is_durable and not run.recorder.is_kept)),
            lost=is_deferred and not is_required and not is_durable,
            misconfigured=bool(attempt and isinstance(attempt.failure, Misconfigured)),
            remarks=tuple(attempt.remarks) if attempt else (),
            key=run.recorder.key,
        )
