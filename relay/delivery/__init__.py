"""Each destination once: an event in, what became of its deliveries out."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from forwarders.base import Failure, Forwarder, Message, Misconfigured
from relay.config import Config
from relay.delivery.attempt import Attempt
from relay.delivery.flight import Flight
from relay.delivery.keeping import keepable
from relay.events import Event
from relay.keys import event_key
from relay.ledger.front import FrontLedger
from relay.ledger.record import Debt, Due, Record, State
from relay.quiet import Quiet


class Outcome(StrEnum):
    """What became of one delivery, as an answer tells it."""

    DELIVERED = "delivered"
    DUPLICATE = "duplicate"
    DIVERTED = "diverted"
    DEFERRED = "deferred"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to one destination, and its outcome.

    `seen` is when the event was first seen, in Unix seconds. `open` says that the phone is to repeat;
    `milliseconds` is the time of an attempt that was made; `remarks` are for the operator.
    """

    destination: str
    outcome: Outcome
    seen: float
    reason: str = ""
    milliseconds: int | None = None
    open: bool = False
    misconfigured: bool = False
    remarks: tuple[str, ...] = ()


Lease = AbstractContextManager[Any]
"""What a flight holds until its end: room for the body."""


class Router(Protocol):
    """Decides what an event owes."""

    def debt(self, event: Event, now: float) -> Debt:
        """Return what an event that is first seen now (Unix seconds) owes to whom."""


class Renderer(Protocol):
    """Puts an event into words."""

    def message(
        self, event: Event, due: Due, *, key: str, seen: float, notes: tuple[str, ...] = ()
    ) -> Message:
        """Return what a destination is handed."""


class Relay:
    """Delivers events: one flight per event, each destination once.

    `clock` gives Unix seconds. Deadlines are moments of the event loop's own clock. `ended` is told how
    each attempt ended, `report` what the operator should know and no delivery can tell; `quiet` knows
    whom to leave alone.
    """

    def __init__(
        self,
        config: Config,
        router: Router,
        renderer: Renderer,
        forwarders: Mapping[str, Forwarder[Any]],
        ledger: FrontLedger,
        *,
        ended: Callable[[str, Failure | None], None] = lambda _name, _failure: None,
        report: Callable[[str], None] = lambda _problem: None,
        quiet: Quiet | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._router = router
        self._renderer = renderer
        self._forwarders = forwarders
        self._ledger = ledger
        self._clock = clock
        self._tell_end = ended
        self._report = report
        self._flights: dict[str, tuple[Flight, asyncio.Task[None]]] = {}
        self._quiet = quiet or Quiet(clock)

    async def land(self) -> None:
        """Wait until nothing is under way in this process."""
        if self._flights:
            await asyncio.wait([task for _, task in self._flights.values()])

    def key(self, event: Event, body: bytes) -> str:
        """Return the event's one identity."""
        settings = self._config.settings
        by_id = settings.duplicates == "id"
        devices = self._config.routing.phones
        return event_key(event, body, by_id=by_id, devices=devices, secret=settings.ledger_secret)

    async def handle(
        self, event: Event, body: bytes, deadline: float, lease: Lease | None = None
    ) -> tuple[Delivery, ...]:
        """Deliver what the event owes, and return what is known by the deadline; never raises.

        What has not ended by then goes on, and is recorded when it ends. `lease` is held until then.
        """
        debt = self._router.debt(event, self._clock())
        if not debt.owed:
            return ()
        key = self.key(event, body)
        joined = key in self._flights
        flight, task = self._flights.get(key) or self._take_off(key, debt, event, body, deadline, lease=lease)
        await self._wait(flight, task, deadline)
        return tuple(self._delivery(flight, due, joined=joined) for due in flight.due())

    async def replay(
        self, key: str, record: Record, event: Event, body: bytes, deadline: float, *, again: bool = False
    ) -> tuple[Delivery, ...] | None:
        """Deliver what a kept event still owes; None if another process is at it."""
        flight, task = self._take_off(key, record.debt, event, body, deadline, again=again)
        await task
        if flight.busy:
            return None
        return tuple(self._delivery(flight, due, joined=False) for due in flight.due())

    def _take_off(
        self,
        key: str,
        debt: Debt,
        event: Event,
        body: bytes,
        deadline: float,
        *,
        lease: Lease | None = None,
        again: bool = False,
    ) -> tuple[Flight, asyncio.Task[None]]:
        flight = Flight(
            key,
            debt,
            owner=secrets.token_hex(8),
            keep=lambda: keepable(body, event.raw),
            ledger=self._ledger,
            start=partial(self._start, event),
            known=self._forwarders,
            deadline=deadline,
            again=again,
        )
        task = asyncio.create_task(self._fly(flight, lease or nullcontext()))
        self._flights[key] = flight, task
        return flight, task

    async def _fly(self, flight: Flight, lease: Lease) -> None:
        """See a flight to its end, forget it in the same breath, and tell what it left unsaid."""
        try:
            with lease:
                await flight.run()
        except Exception as bug:  # noqa: BLE001 - nobody waits for this task any more
            self._report(f"a delivery broke: {type(bug).__name__}")
        finally:
            self._flights.pop(flight.key, None)
        for name in flight.dropped():
            self._report(f"an event owed something to {name}, which is no longer configured: dropped")

    async def _wait(self, flight: Flight, task: asyncio.Task[None], deadline: float) -> None:
        """Wait until the flight can be answered, or for a repeat of an answered one until it lands."""
        left = deadline - asyncio.get_running_loop().time()
        if flight.answerable.is_set():
            await asyncio.wait({task}, timeout=left)
            return
        try:
            async with asyncio.timeout(left):
                await flight.answerable.wait()
        except TimeoutError:
            return

    def _start(self, event: Event, flight: Flight, due: Due, notes: tuple[str, ...]) -> Attempt:
        """Begin one attempt, unless the destination has asked to be left alone for now."""
        name, before = due.destination, flight.before
        known = before.of(name)
        if alone := self._quiet.left(name):
            return Attempt.failed(name, known, alone)

        def message() -> Message:
            return self._renderer.message(event, due, key=flight.key, seen=before.debt.seen, notes=notes)

        attempt = Attempt(name, known, flight.owner, self._ended)
        return attempt.start(self._forwarders[name], message, flight.between_posts)

    def _ended(self, name: str, failure: Failure | None) -> None:
        self._tell_end(name, failure)
        self._quiet.note(name, failure)

    def _delivery(self, flight: Flight, due: Due, *, joined: bool) -> Delivery:
        """Tell what became of what was due to one destination."""
        name, seen = due.destination, flight.record.debt.seen
        required = self._config.destinations[name].required
        attempt = flight.attempts.get(name)
        if flight.busy:
            reason = "another instance is delivering it"
            return Delivery(name, Outcome.DEFERRED, seen, reason, open=required)
        progress = flight.record.of(name)
        outcome = _OUTCOMES[progress.state]
        if outcome is Outcome.DELIVERED and (joined or flight.before.of(name).state is State.DELIVERED):
            outcome = Outcome.DUPLICATE
        return Delivery(
            name,
            outcome,
            seen,
            progress.reason,
            round(attempt.seconds * 1000) if attempt and attempt.done else None,
            open=outcome is Outcome.DEFERRED and required,
            misconfigured=bool(attempt and isinstance(attempt.failure, Misconfigured)),
            remarks=tuple(attempt.remarks) if attempt else (),
        )


_OUTCOMES: Mapping[State, Outcome] = {
    State.DELIVERED: Outcome.DELIVERED,
    State.DIVERTED: Outcome.DIVERTED,
    State.REFUSED: Outcome.REFUSED,
    State.OPEN: Outcome.DEFERRED,
    State.DROPPED: Outcome.REFUSED,
}
