"""What is known of each phone, and what a tick makes of it."""

import asyncio
from collections.abc import Callable, Mapping

from forwarders.http import Http
from relay.alerts import Alerts
from relay.config import Config
from relay.delivery import Outcome, Relay
from relay.ledger.tiered import TieredLedger
from relay.paths import TICK
from relay.watch.alert import to_event
from relay.watch.endpoints import (
    NO_STORE,
    Answer,
    as_json,
    check_status,
    check_tick,
    tick_secret,
    within_reach,
)
from relay.watch.loops import Loops
from relay.watch.naming import Naming
from relay.watch.recorder import Recorder
from relay.watch.rules import build_rules
from relay.watch.state import Finding
from relay.watch.status import Status, build_status
from relay.watch.store import Store
from relay.watch.tick import Ticked, Ticker

SENDING = 15.0
"""Seconds that sending may take; what has not ended by then goes on, and the next tick sees to it."""


class Watch:
    """The watch of one process: it records beside the requests, and judges when a tick comes."""

    def __init__(
        self,
        config: Config,
        relay: Relay,
        ledger: TieredLedger,
        alerts: Alerts,
        *,
        http: Http,
        clock: Callable[[], float],
        loops: Loops | None = None,
    ) -> None:
        secret = config.settings.ledger_secret
        self.naming = Naming(config.routing.phones, secret)
        self.rules = build_rules(config)
        self.store = Store(ledger, self.naming)
        self.recorder = Recorder(self.rules, self.naming, ledger, secret=secret, clock=clock)
        self._settings = config.settings
        self._names = tuple(config.destinations)
        self._ledger = ledger
        self._clock = clock
        self._relay = relay
        self._alerts = alerts
        self._loops = loops
        self._ticker = Ticker(
            self.rules, self.store, deliver=self._deliver, http=http, clock=clock, loops=loops
        )

    async def tick(self) -> Ticked:
        """Judge all phones, and send what is due; see `Ticker.tick`."""
        self._alerts.report_overdue()
        ticked = await self._ticker.tick()
        await self._alerts.finish(_in(SENDING))
        return ticked

    async def status(self) -> Status:
        """Return how things are.

        Raises:
            LedgerUnavailable: the ledger does not answer.
        """
        phones, state = await self.store.phones(), await self.store.state()
        unsettled = [record for _, record in await self._ledger.unsettled(bodies=False)]
        incidents = await self._alerts.incidents()
        return build_status(
            self._clock(),
            state,
            phones.known,
            destinations=self._names,
            incidents=incidents,
            unsettled=unsettled,
            loops=await self._loops.status(state) if self._loops else (),
        )

    async def describe(self) -> str:
        """Return how things are, in a few lines for a chat.

        Raises:
            LedgerUnavailable: the ledger does not answer.
        """
        from relay.watch.summary import summarize  # noqa: PLC0415  (seldom asked for)

        return summarize(await self.status())

    async def answer(self, method: str, path: str, query: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer a request for which `paths.is_for_watch` is true.

        Raises:
            Refused: it is not from whom it should be, is not configured, or the ledger does not answer.
        """
        if path == TICK:
            check_tick(method, headers, tick_secret(self._settings))
            return as_json((await within_reach(self.tick)).to_json())
        check_status(query, self._settings.status_key)
        status = await within_reach(self.status)
        if "json" in (accept := headers.get("accept", "")) and "html" not in accept:
            return as_json(status.to_json())
        from relay.watch import page  # noqa: PLC0415  (80 ms of Jinja, and only a reader waits for it)

        return Answer(200, page.render(status, self.rules.zone).encode(), {**page.HEADERS, **NO_STORE})

    async def _deliver(self, finding: Finding) -> bool:
        event, body = to_event(finding)
        deliveries = await self._relay.handle(event, body, _in(SENDING))
        return all(each.outcome is not Outcome.DEFERRED for each in deliveries)


def _in(seconds: float) -> float:
    """Return the moment of the loop's clock that is so many seconds away."""
    return asyncio.get_running_loop().time() + seconds
