"""A tick: all that is known is judged, what is to be reported is sent, and the monitor is called."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from forwarders.http import Http
from relay.watch import heartbeat, outbox
from relay.watch.counting import count_from, with_counts
from relay.watch.crowd import judge_crowd, surplus
from relay.watch.judge import judge
from relay.watch.loops import Loops
from relay.watch.rules import Rules
from relay.watch.silence import SILENT
from relay.watch.state import Finding, State
from relay.watch.store import Store

AT_ONCE = 50
"""Findings that one tick sends; the next one goes on."""

Deliver = Callable[[Finding], Awaitable[bool]]
"""Sends a finding; returns whether nobody has to be asked again to accept it."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick came to: how many phones there are, how many are silent, and what was sent or waits."""

    phones: int
    silent: int
    sent: int
    waiting: int

    def to_json(self) -> dict[str, Any]:
        """Return it as an answer."""
        return asdict(self)


class Ticker:
    """Judges and sends. Ticks may come at any time, or two at once. `clock` gives Unix seconds.

    `loops` are test SMS, if there are any.
    """

    def __init__(
        self,
        rules: Rules,
        store: Store,
        *,
        deliver: Deliver,
        http: Http,
        clock: Callable[[], float],
        loops: Loops | None = None,
    ) -> None:
        self._rules = rules
        self._store = store
        self._deliver = deliver
        self._http = http
        self._clock = clock
        self._loops = loops

    async def tick(self) -> Ticked:
        """Judge all phones and send what is due; what was not accepted is sent by the next tick.

        Raises:
            LedgerUnavailable: nothing was judged, or what was sent could not be recorded.
        """
        phones = await self._store.phones()
        too_many = surplus(phones.known)
        known = {key: each for key, each in phones.known.items() if key not in too_many}
        now = self._clock()
        records = await self._store.records(count_from(await self._store.state(), now))
        judge_loops = await self._loops.look() if self._loops else None

        def change(state: State) -> State:
            counted = with_counts(state, records, now)
            judged = judge(counted, known, now, self._rules)
            after, findings = judge_crowd(judged, len(too_many), now)
            if judge_loops:
                after, found = judge_loops(after, known, now)
                findings = [*findings, *found]
            return outbox.with_findings(after, findings, now, self._rules)

        state = await self._store.update(change)
        await self._store.erase([*phones.useless, *self._store.notes_of(too_many)])
        sent = await self._send(outbox.to_send(state, now, self._rules)[:AT_ONCE])
        if self._loops:
            await self._loops.send()  # after the latest test was judged
        state = await self._conclude(sent)
        silent = sum(SILENT in kinds for kinds in state.conditions.values())
        return Ticked(len(known), silent, len(sent), len(state.outbox))

    async def _send(self, findings: list[Finding]) -> set[str]:
        """Send findings at the same time; return the ids of those that are done with."""
        results = await asyncio.gather(*map(self._deliver, findings))
        return {finding.id for finding, is_done in zip(findings, results, strict=True) if is_done}

    async def _conclude(self, sent: set[str]) -> State:
        """Remove what was sent, and call the monitor: this tick has come to its end."""
        url = self._rules.watch.heartbeat
        is_accepted = await heartbeat.call(self._http, url) if url else True
        now = self._clock()

        def change(state: State) -> State:
            after, findings = heartbeat.with_heartbeat(
                outbox.without(state, sent), now, is_accepted=is_accepted
            )
            return outbox.with_findings(after, findings, now, self._rules)

        return await self._store.update(change)
