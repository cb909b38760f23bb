"""Tells people, through the other destinations, that one of them does not work."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from forwarders.base import Failure, Forwarder, Message, MessageRefused, Misconfigured
from relay.delivery.backoff import Backoff
from relay.keys import stored_name
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.tiered import TieredLedger
from relay.model import DeliveryState

PATIENCE = 15 * 60.0
"""Seconds of nothing but failures before somebody is told; what only people can mend is told at once."""
AGAIN = 3600.0
"""Seconds between two alerts of one destination."""
GIVEN_UP = 30.0
"""Seconds after which an alert that is not answered is let go."""
LOOK_AGAIN = 15 * 60.0
"""Seconds for which an instance trusts that a destination that works has no alert standing."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was last known of a destination that fails; moments in Unix seconds, 0 is never."""

    since: float
    reason: str
    told: float = 0.0


class Alerts:
    """Notes how each delivery ended, and tells `places` when one keeps failing and when it works again.

    Everything is best effort: nothing here delays a delivery or changes an answer.
    """

    def __init__(
        self,
        places: Sequence[str],
        forwarders: Mapping[str, Forwarder[Any]],
        ledger: TieredLedger,
        *,
        secret: bytes | None = None,
        zone: tzinfo = UTC,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
        report: Callable[[str], None] = lambda _problem: None,
    ) -> None:
        self._places = places
        self._forwarders = forwarders
        self._ledger = ledger
        self._secret = secret
        self._zone = zone
        self._backoff = backoff or Backoff(clock)
        self._clock = clock
        self._report = report
        self._well: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._fresh: set[asyncio.Task[None]] = set()

    def note(self, name: str, failure: Failure | None) -> None:
        """Note how a delivery ended; what follows from it runs beside the request."""
        if not self._others(name) or (failure is None and self._clock() < self._well.get(name, 0.0)):
            return
        self._begin(self._failing(name, failure) if failure else self._working(name))

    def announce(self, subject: str, title: str, text: str) -> None:
        """Tell all places of something, at most once an hour for one subject."""
        if self._places:
            self._begin(self._announce(subject, title, text))

    async def finish(self, deadline: float) -> None:
        """Wait for what nobody has waited for yet, until a moment of the loop's clock.

        An alert that hangs costs one request its time, not all that follow.
        """
        fresh, self._fresh = self._fresh, set()
        if fresh:
            await asyncio.wait(fresh, timeout=deadline - asyncio.get_running_loop().time())

    def _others(self, name: str) -> list[str]:
        """Return who can be told of a destination: all but itself."""
        return [place for place in self._places if place != name]

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        self._fresh.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _failing(self, name: str, failure: Failure) -> None:
        self._well.pop(name, None)
        now, at_once = self._clock(), isinstance(failure, Misconfigured | MessageRefused)
        tell = False

        def change(known: Trouble | None) -> Trouble:
            nonlocal tell
            trouble = replace(known, reason=failure.reason) if known else Trouble(now, failure.reason)
            tell = (at_once or now - trouble.since >= PATIENCE) and now - trouble.told >= AGAIN
            return replace(trouble, told=now) if tell else trouble

        trouble = await self._revised(name, change)
        if trouble is None or not tell:
            return
        title = f"{name} {'refuses' if at_once else 'fails'} since {self._moment(trouble.since)}"
        if not await self._tell(name, title, f"{failure.reason}; {await self._waiting(name)}"):
            await self._revised(name, lambda known: replace(known, told=0.0) if known else None)

    async def _working(self, name: str) -> None:
        was: Trouble | None = None

        def change(known: Trouble | None) -> Trouble | None:
            nonlocal was
            was = known
            return Trouble(0.0, "") if known else None

        if not await self._ledger.update_note(self._memo(name), _revision(change)):
            return
        self._well[name] = self._clock() + LOOK_AGAIN
        if was is not None and was.told:
            title = f"{name} works again"
            await self._tell(name, title, f"It failed since {self._moment(was.since)}: {was.reason}")

    async def _announce(self, subject: str, title: str, text: str) -> None:
        now = self._clock()
        tell = False

        def change(known: Trouble | None) -> Trouble:
            nonlocal tell
            tell = known is None or now - known.told >= AGAIN
            return Trouble(now, title, told=now) if known is None or tell else known

        if await self._revised(subject, change) and tell:
            await self._tell(subject, title, text)

    async def _revised(
        self, name: str, change: "Callable[[Trouble | None], Trouble | None]"
    ) -> Trouble | None:
        """Change what is known of a name, and return it; None if the ledger did not answer."""
        after: Trouble | None = None

        def changed(known: Trouble | None) -> Trouble | None:
            nonlocal after
            after = change(known)
            return after

        return after if await self._ledger.update_note(self._memo(name), _revision(changed)) else None

    async def _tell(self, about: str, title: str, text: str) -> bool:
        """Send an alert to all places but the one it is about; true if one accepted it."""
        message = Message(title=title, text=text, key=self._memo(f"{title} {self._clock()}"), type="alert")
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
            async with asyncio.timeout(GIVEN_UP):
                for post in self._forwarders[name].plan(message):
                    await self._forwarders[name].send(post)
        except TimeoutError:
            return Failure(f"no answer within {GIVEN_UP:.0f} s")
        except Failure as failure:
            return failure
        except Exception as bug:  # noqa: BLE001 - an alert is best effort
            return Failure(f"a bug, {type(bug).__name__}")
        return None

    async def _waiting(self, name: str) -> str:
        """Say how many events wait for a destination, as far as the ledger knows."""
        try:
            records = await self._ledger.unsettled(bodies=False)
        except LedgerUnavailable:
            return "how many messages wait is not known"
        deliveries = [record for _, record in records if record.of(name).state is DeliveryState.OPEN]
        count = sum(1 for record in deliveries if name in _destinations(record.dispatch.deliveries))
        return f"{count} message{'' if count == 1 else 's'} wait{'s' if count == 1 else ''}"

    def _moment(self, moment: float) -> str:
        local = datetime.fromtimestamp(moment, self._zone)
        today = datetime.fromtimestamp(self._clock(), self._zone).date() == local.date()
        return f"{local:%H:%M}" if today else f"{local:%d %b %H:%M}"

    def _memo(self, name: str) -> str:
        return stored_name(f"alert {name}", self._secret)


def _destinations(deliveries: Iterable[Any]) -> set[str]:
    return {spec.destination for spec in deliveries}


def _revision(
    change: Callable[[Trouble | None], Trouble | None],
) -> Callable[[Note | None], Note | None]:
    """Let a change of a `Trouble` work on the memo that a ledger keeps; trouble since 0 is over."""

    def update_note(memo: Note | None) -> Note | None:
        known = Trouble(**memo) if memo and memo["since"] else None
        after = change(known)
        return None if after is None else asdict(after)

    return update_note
