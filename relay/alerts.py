"""Alerts people when a destination stops working, through the other ones, and when it works again."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from forwarders.base import Failure, Forwarder, Message, MessageRefused, Misconfigured
from relay.delivery.backoff import Backoff
from relay.keys import stored_name
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.tiered import TieredLedger
from relay.model import DeliveryState

ALERT_AFTER = 15 * 60.0
"""Seconds of nothing but failures before the alert; what only people can fix is reported at once."""
ALERT_EVERY = 3600.0
"""Seconds between two alerts about one destination."""
ALERT_TIMEOUT = 30.0
"""Seconds after which an alert without an answer is given up."""
LOOK_AGAIN = 15 * 60.0
"""Seconds for which an instance assumes that a destination that works has no open incident."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Since when a destination fails, why, and when that was reported (Unix seconds, 0 is never)."""

    since: float
    reason: str
    reported_at: float = 0.0


Change = Callable[[Incident | None], Incident | None]
"""What becomes of an incident, or of none; None changes nothing."""
_OVER = Incident(0.0, "")


class Alerts:
    """Follows how deliveries end, and alerts `destinations` when a destination keeps failing or works again.

    Everything is best effort: nothing here delays a delivery or changes an answer.
    """

    def __init__(
        self,
        destinations: Sequence[str],
        forwarders: Mapping[str, Forwarder[Any]],
        ledger: TieredLedger,
        *,
        secret: bytes | None = None,
        zone: tzinfo = UTC,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
        report: Callable[[str], None] = lambda _problem: None,
    ) -> None:
        self._destinations = destinations
        self._forwarders = forwarders
        self._ledger = ledger
        self._secret = secret
        self._zone = zone
        self._backoff = backoff or Backoff(clock)
        self._clock = clock
        self._report = report
        self._assumed_working_until: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._not_awaited: set[asyncio.Task[None]] = set()

    def attempt_ended(self, name: str, failure: Failure | None) -> None:
        """Record how an attempt at a destination ended; what follows from it runs beside the request."""
        if not self._others(name):
            return
        if failure:
            self._start(self._record_failure(name, failure))
        elif self._clock() >= self._assumed_working_until.get(name, 0.0):
            self._start(self._record_success(name))

    def announce(self, subject: str, title: str, text: str) -> None:
        """Send something to all destinations, at most once an hour for one subject."""
        if self._destinations:
            self._start(self._announce(subject, title, text))

    def report_overdue(self) -> None:
        """Report failures that are due and that no later attempt has reported, such as at night."""
        for name in self._forwarders:
            if self._others(name):
                self._start(self._report_overdue(name))

    async def incidents(self) -> Mapping[str, Incident]:
        """Return the open incidents of destinations, by name; none of a ledger that is away."""
        found = {name: await self._update(name, lambda _before: None) for name in self._forwarders}
        return {name: each[0] for name, each in found.items() if each and each[0]}

    async def finish(self, deadline: float) -> None:
        """Wait for the alerts that were started since the last call, until a moment of the loop's clock.

        An alert that hangs costs one request its time, not all that follow.
        """
        tasks, self._not_awaited = self._not_awaited, set()
        if tasks:
            await asyncio.wait(tasks, timeout=deadline - asyncio.get_running_loop().time())

    def _others(self, name: str) -> list[str]:
        """Return who is alerted about a destination: all but itself."""
        return [each for each in self._destinations if each != name]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        self._not_awaited.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _record_failure(self, name: str, failure: Failure) -> None:
        self._assumed_working_until.pop(name, None)
        now, at_once = self._clock(), isinstance(failure, Misconfigured | MessageRefused)

        def change(before: Incident | None) -> Incident:
            incident = replace(before or Incident(now, ""), reason=failure.reason)
            is_due = (
                at_once or now - incident.since >= ALERT_AFTER
            ) and now - incident.reported_at >= ALERT_EVERY
            return replace(incident, reported_at=now) if is_due else incident

        await self._report_failure(name, change, "refuses" if at_once else "fails")

    async def _report_overdue(self, name: str) -> None:
        now = self._clock()

        def change(before: Incident | None) -> Incident | None:
            is_due = before and not before.reported_at and now - before.since >= ALERT_AFTER
            return replace(before, reported_at=now) if before and is_due else None

        await self._report_failure(name, change, "fails")

    async def _report_failure(self, name: str, change: Change, verb: str) -> None:
        """Change an incident, and report it if it is due now; if nobody accepts the alert, it stays due."""
        changed = await self._update(name, change)
        if changed is None or not _is_newly_reported(*changed):
            return
        title = f"{name} {verb} since {self._format(changed[1].since)}"
        if not await self._alert(name, title, f"{changed[1].reason}; {await self._count_waiting(name)}"):
            await self._update(name, lambda before: replace(before, reported_at=0.0) if before else None)

    async def _record_success(self, name: str) -> None:
        changed = await self._update(name, lambda before: _OVER if before else None)
        if changed is None:
            return
        self._assumed_working_until[name] = self._clock() + LOOK_AGAIN
        before, _ = changed
        if before and before.reported_at:
            text = f"It failed since {self._format(before.since)}: {before.reason}"
            await self._alert(name, f"{name} works again", text)

    async def _announce(self, subject: str, title: str, text: str) -> None:
        now = self._clock()

        def change(before: Incident | None) -> Incident:
            is_due = before is None or now - before.reported_at >= ALERT_EVERY
            return Incident(now, title, reported_at=now) if before is None or is_due else before

        changed = await self._update(subject, change)
        if changed and _is_newly_reported(*changed):
            await self._alert(subject, title, text)

    async def _update(self, name: str, change: Change) -> tuple[Incident | None, Incident] | None:
        """Change the incident of a name, and return it as it was and is; None if the ledger is away."""
        before: Incident | None = None
        after: Incident | None = None

        def change_note(note: Note | None) -> Note | None:
            nonlocal before, after
            before = _from_note(note)
            after = change(before)
            return _to_note(after) if after else None

        if not await self._ledger.update_note(self._note_name(name), change_note):
            return None
        return before, after or _OVER

    async def _alert(self, about: str, title: str, text: str) -> bool:
        """Send an alert to all destinations but the one it is about; true if one accepted it."""
        key = self._note_name(f"{title} {self._clock()}")
        message = Message(title=title, text=text, key=key, type="alert")
        results = await asyncio.gather(*(self._send(name, message) for name in self._others(about)))
        return any(results)

    async def _send(self, name: str, message: Message) -> bool:
        failure = self._backoff.blocked(name) or await self._attempt(name, message)
        if failure is not None:
            self._backoff.record(name, failure)
            self._report(f"an alert did not reach {name}: {failure.reason}")
        return failure is None

    async def _attempt(self, name: str, message: Message) -> Failure | None:
        """Make one attempt; return why it was not accepted."""
        try:
            async with asyncio.timeout(ALERT_TIMEOUT):
                for post in self._forwarders[name].plan(message):
                    await self._forwarders[name].send(post)
        except TimeoutError:
            return Failure(f"no answer within {ALERT_TIMEOUT:.0f} s")
        except Failure as failure:
            return failure
        except Exception as bug:  # noqa: BLE001 - an alert is best effort
            return Failure(f"a bug, {type(bug).__name__}")
        return None

    async def _count_waiting(self, name: str) -> str:
        """Return a sentence about how many events wait for a destination, as far as the ledger knows."""
        try:
            records = await self._ledger.unsettled(bodies=False)
        except LedgerUnavailable:
            return "how many messages wait is not known"
        count = sum(
            1
            for _, record in records
            if record.of(name).state is DeliveryState.OPEN
            and name in {spec.destination for spec in record.dispatch.deliveries}
        )
        return f"{count} message{'' if count == 1 else 's'} wait{'s' if count == 1 else ''}"

    def _format(self, moment: float) -> str:
        local = datetime.fromtimestamp(moment, self._zone)
        today = datetime.fromtimestamp(self._clock(), self._zone).date() == local.date()
        return f"{local:%H:%M}" if today else f"{local:%d %b %H:%M}"

    def _note_name(self, name: str) -> str:
        return stored_name(f"alert {name}", self._secret)


def _is_newly_reported(before: Incident | None, after: Incident) -> bool:
    return after.reported_at not in (0.0, before.reported_at if before else 0.0)


def _from_note(note: Note | None) -> Incident | None:
    """Read a note as version 0.1 writes it; one that began at 0 is over."""
    return Incident(note["since"], note["reason"], note["told"]) if note and note["since"] else None


def _to_note(incident: Incident) -> Note:
    return {"since": incident.since, "reason": incident.reason, "told": incident.reported_at}
