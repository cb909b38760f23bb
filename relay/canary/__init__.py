"""Test SMS that a phone sends and that must come back: through the phone, the webhook and the relay."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from forwarders.http import Http
from relay.canary.journal import Journal
from relay.canary.judge import MISSING, UNSENT, judge_loops
from relay.canary.loop import Loop, build_loops
from relay.canary.plan import claim_by_hand, find_due, is_under_way
from relay.canary.sender import Sender
from relay.canary.store import Store
from relay.canary.taker import Taker
from relay.canary.text import Marks
from relay.config import Config
from relay.gateway import Gateway
from relay.ledger.tiered import TieredLedger
from relay.watch.loops import JudgeLoops, LoopStatus
from relay.watch.naming import Naming
from relay.watch.phone import Phone
from relay.watch.rules import build_rules
from relay.watch.state import Finding, LoopState, State

_PROBLEMS: Mapping[str, str] = {MISSING: "does not come back", UNSENT: "fails"}


class Canaries:
    """All tests of a deployment; `taker` takes the events that are about them. `clock` gives Unix seconds."""

    def __init__(
        self, config: Config, ledger: TieredLedger, *, http: Http, clock: Callable[[], float]
    ) -> None:
        settings, phones = config.settings, config.routing.phones
        if config.gateway is None or settings.ledger_secret is None:
            raise ValueError("a test needs a gateway and a secret")
        marks = Marks(settings.ledger_secret)
        self.loops = build_loops(config, Naming(phones, settings.ledger_secret))
        self.store = Store(ledger, clock)
        self.taker = Taker(self.loops, phones, marks, self.store, clock)
        self._sender = Sender(Gateway(config.gateway, http), marks, self.store, clock)
        self._rules = build_rules(config)
        self._clock = clock

    async def look(self) -> JudgeLoops:
        """Ask what has become of those of which nothing was heard, and return how all are judged."""
        journals = await self._journals()
        looks = (self._sender.look(loop, journal) for loop, journal in journals.items())
        return partial(self._judge, dict(zip(journals, await asyncio.gather(*looks), strict=True)))

    async def send(self) -> None:
        """Send what is due."""
        journals = await self._journals()
        due = find_due(journals.items(), self._clock(), self._rules.zone)
        await asyncio.gather(*(self._sender.send(each.loop, each.claim) for each in due))

    async def start(self, loop: Loop) -> Journal | None:
        """Send a test now, unless one is under way or just asked for, and return what is known of it."""
        return await self._sender.send(loop, partial(claim_by_hand, loop, self._rules.zone))

    async def journal(self, loop: Loop) -> Journal:
        """Return what is known of the tests of a canary."""
        return (await self._journals())[loop]

    async def status(self, state: State) -> tuple[LoopStatus, ...]:
        """Return how each of them is."""
        journals, now = await self._journals(), self._clock()
        return tuple(
            LoopStatus(
                loop.canary.label,
                journal.returned,
                journal.seconds,
                _PROBLEMS.get(state.loops.get(loop.key, LoopState()).problem, ""),
                is_under_way(journal.trip, loop.canary.within, now),
            )
            for loop, journal in journals.items()
        )

    def _judge(
        self, journals: Mapping[Loop, Journal], state: State, phones: Mapping[str, Phone], now: float
    ) -> tuple[State, list[Finding]]:
        return judge_loops(state, journals, phones, now, self._rules)

    async def _journals(self) -> dict[Loop, Journal]:
        found = await self.store.journals(self.loops)
        return {loop: found[loop.key] for loop in self.loops}
