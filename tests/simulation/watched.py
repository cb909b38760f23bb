"""Phones with batteries, Doze and queues, and a relay that watches them through two instances."""

import heapq
import json
import random
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import count
from typing import Any, NamedTuple

from forwarders.http import Http
from relay.events import Event
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Record
from relay.ledger.tiered import TieredLedger
from relay.watch.judge import judge
from relay.watch.naming import Naming
from relay.watch.phone import Phone, Sighting
from relay.watch.recorder import Recorder
from relay.watch.rules import Rules
from relay.watch.sighting import sight
from relay.watch.state import Finding, State
from relay.watch.store import Store
from relay.watch.tick import Ticker
from tests.watch.house import DAY, HOUR, MINUTE, START, card, event, ping, started

SECRET = b"a secret of this simulation"
SMS = event("sms:received", message="x")
CARDS = (card(1, iccid="11", carrierName="One"), card(2, carrierName="Two"))
AWAKE = 45 * MINUTE
"""Seconds after which an unplugged phone begins to sleep."""
TICK = 5 * MINUTE
LATE = 0.1
"""How many of the events that have waited come later than the others, each by a plan of its own."""


class Span(NamedTuple):
    start: float
    end: float


class World:
    """Time, chance, and what happens when."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = START
        self._heap: list[tuple[float, int, Callable[[], Any]]] = []
        self._number = count()

    def at(self, moment: float, what: Callable[[], Any]) -> None:
        heapq.heappush(self._heap, (moment, next(self._number), what))

    async def run(self, until: float) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.now, _, what = heapq.heappop(self._heap)
            result = what()
            if isinstance(result, Coroutine):
                await result


class Server(MemoryLedger):
    """The durable ledger: it is away at times, and every note passes through JSON."""

    durable = True

    def __init__(self, world: World) -> None:
        super().__init__(lambda: world.now)
        self.is_away = False
        self.reads = self.writes = 0

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        del patience
        self._answer()

        def through_json(note: Note | None) -> Note | None:
            after = change(None if note is None else json.loads(json.dumps(note)))
            self.writes += after is not None
            return None if after is None else json.loads(json.dumps(after))

        self.reads += 1
        await super().update_note(name, through_json)

    async def notes(self, prefix: str) -> dict[str, Note]:
        self._answer()
        found = await super().notes(prefix)
        self.reads += max(1, len(found))
        return dict(found)

    async def first_seen_since(self, moment: float) -> list[Record]:
        self._answer()
        found = await super().first_seen_since(moment)
        self.reads += max(1, len(found))
        return found

    def _answer(self) -> None:
        if self.is_away:
            raise LedgerUnavailable("away")


class Quick:
    """A relay without storage, for many phones: what they say goes straight to the judge."""

    def __init__(self, world: World, rules: Rules) -> None:
        self.world = world
        self.is_up = True
        self.sent: list[Finding] = []
        self._rules = rules
        self._phones: dict[str, Phone] = {}
        self._state = State()
        self._sightings: dict[int, Sighting] = {}

    async def hear(self, name: str, what: Event) -> None:
        sighting = self._sightings.get(id(what)) or sight(what, 0.0, self._rules.watch, SECRET)
        self._sightings[id(what)] = sighting
        phone = self._phones.get(name) or Phone(name, is_configured=True)
        self._phones[name] = phone.seen(replace(sighting, at=self.world.now))

    async def tick(self) -> None:
        self.world.at(self.world.now + HOUR, self.tick)
        self._state = judge(self._state, self._phones, self.world.now, self._rules)
        self.sent += self._state.outbox
        self._state = replace(self._state, outbox=())


class Relay:
    """Two instances, ticks that fail or come twice, and a destination that refuses at times.

    `sent` is what people read: each finding once, as the ledger's records see to, unless it `forgets`.
    `heard` are the times at which each phone was heard.
    """

    def __init__(self, world: World, rules: Rules, names: list[str], *, forgets: bool = False) -> None:
        self.world = world
        self.server = Server(world)
        self.sent: list[Finding] = []
        self.heard: dict[str, list[float]] = defaultdict(list)
        self.outages: list[Span] = []
        self.is_up = True
        self._ids: set[str] = set()
        self._forgets = forgets
        self.instances = [self._instance(rules, names) for _ in range(2)]

    def _instance(self, rules: Rules, names: list[str]) -> tuple[Recorder, Ticker]:
        def clock() -> float:
            return self.world.now

        naming = Naming({name: name for name in names}, SECRET)
        ledger = TieredLedger(MemoryLedger(clock), self.server, lambda _: None)
        recorder = Recorder(rules, naming, ledger, secret=SECRET, clock=clock)
        store = Store(ledger, naming)
        return recorder, Ticker(rules, store, deliver=self._deliver, http=Http(), clock=clock)

    async def _deliver(self, finding: Finding) -> bool:
        if self.world.random.random() < 0.05:
            return False
        if self._forgets or finding.id not in self._ids:
            self._ids.add(finding.id)
            self.sent.append(finding._replace(at=self.world.now))
        return self.world.random.random() > 0.05  # else the answer was lost

    async def hear(self, name: str, what: Event) -> None:
        recorder, _ = self.world.random.choice(self.instances)
        recorder.record(Event("", what.type, name, "", what.payload, what.raw))
        await recorder.finish(0)
        if not self.server.is_away:
            self.heard[name].append(self.world.now)

    async def tick(self) -> None:
        self.world.at(self.world.now + TICK + self.world.random.uniform(-20, 20), self.tick)
        if not self.is_up or self.world.random.random() < 0.03:
            return
        for _ in range(self.world.random.choice((1, 1, 1, 2))):
            _, ticker = self.world.random.choice(self.instances)
            try:
                await ticker.tick()
            except LedgerUnavailable:
                return

    def plan_outage(self, start: float, seconds: float, *, is_of_ledger: bool) -> None:
        """Let nothing be heard from a moment on, for so long."""

        def begin() -> None:
            self.server.is_away, self.is_up = is_of_ledger, is_of_ledger
            self.outages.append(Span(start, start + seconds))

        def end() -> None:
            self.server.is_away, self.is_up = False, True

        self.world.at(start, begin)
        self.world.at(start + seconds, end)


@dataclass
class Handset:
    """One phone. `faults` are the stretches in which it could not be heard, and why."""

    relay: "Relay | Quick"
    name: str
    every: float = 15 * MINUTE
    level: float = 80.0
    is_plugged: bool = True
    is_on: bool = True
    is_online: bool = True
    can_receive: bool = True
    cards: tuple[Any, ...] = CARDS
    queue: list[Event] = field(default_factory=list)
    unplugged: list[tuple[float, float]] = field(default_factory=list)
    _plugged_at: float = START
    _updated: float = START
    _unplugged_until: float = START

    @property
    def world(self) -> World:
        return self.relay.world

    def live(self) -> None:
        """Begin: it pings, receives messages, and is plugged in and out."""
        self.stay_awake()
        self.world.at(START + self.world.random.uniform(0, DAY), self.turn_plug)

    def stay_awake(self) -> None:
        """Begin, and stay plugged in."""
        self.world.at(START + self.world.random.uniform(0, self.every), self.ping)
        self.world.at(START + self.world.random.uniform(0, DAY), self.receive)
        self.world.at(START + 1, self.start)

    async def start(self) -> None:
        """Start the app, twice as at boot; at first not every card is ready."""
        present = self.world.random.choice(((), self.cards[:1], self.cards))
        await self._post(started(*present))
        self.world.at(self.world.now + 40, lambda: self._post(started(*self.cards)))

    async def ping(self) -> None:
        self._drain()
        self.world.at(self.world.now + self._pause(), self.ping)
        await self._post(said(round(self.level), self.is_plugged))

    def stop_receiving(self) -> None:
        self.can_receive = False

    async def receive_again(self) -> None:
        self.can_receive = True
        await self._post(SMS)

    async def boot_with(self, cards: tuple[Any, ...]) -> None:
        self.cards = cards
        await self.start()

    def drain_to(self, level: float) -> None:
        """Be nearly empty, not plugged in, and in use until it is plugged in again."""
        self._drain()
        self.level, self.is_plugged, self._plugged_at = level, False, self.world.now + DAY
        self._unplugged_until = self.world.now + 6 * HOUR
        self.world.at(self.world.now, self.ping)

    async def receive(self) -> None:
        self.world.at(self.world.now + self.world.random.uniform(1, 2) * DAY, self.receive)
        if self.can_receive:
            await self._post(SMS)

    def turn_plug(self) -> None:
        """Plug it in, at the latest when it is low, or out, at the earliest when it is charged."""
        self._drain()
        hours = self.world.random.uniform(2, 12)
        if self.world.now < self._unplugged_until:
            hours = 1
        elif self.is_plugged or self.level < 45:
            self.is_plugged = not self.is_plugged
            if self.is_plugged:
                self.unplugged[-1] = (self.unplugged[-1][0], self.world.now)
            else:
                self.unplugged.append((self.world.now, float("inf")))
            self._plugged_at = self.world.now
        self.world.at(self.world.now + hours * HOUR, self.turn_plug)

    def plan_fault(self, start: float, seconds: float) -> None:
        """Let it be off, or without a network, from a moment on, for so long."""
        if self.world.random.random() < 0.5:
            self.world.at(start, self.turn_off)
            self.world.at(start + seconds, self.turn_on)
        else:
            self.world.at(start, self.go_offline)
            self.world.at(start + seconds, self.come_online)

    def turn_off(self) -> None:
        self.is_on = False

    async def turn_on(self) -> None:
        self.is_on = True
        await self.start()

    def go_offline(self) -> None:
        self.is_online = False

    def was_unplugged(self, moment: float) -> bool:
        """Return whether it was not plugged in at some time in the hours before a moment."""
        return any(start < moment and end > moment - 12 * HOUR for start, end in self.unplugged)

    def come_online(self) -> None:
        """Post what has waited: most of it at once, the rest by and by and in no order."""
        self.is_online = True
        queue, self.queue = self.queue, []
        for number, each in enumerate(queue):
            is_late = self.world.random.random() < LATE
            wait = self.world.random.uniform(0, 6) * HOUR if is_late else number / 4
            self.world.at(self.world.now + wait, partial(self._post, each))

    async def _post(self, what: Event) -> None:
        if not self.is_on:
            return
        if self.is_online and self.relay.is_up:
            await self.relay.hear(self.name, what)
        else:
            self.queue.append(what)

    def _pause(self) -> float:
        is_asleep = not self.is_plugged and self.world.now - self._plugged_at > AWAKE
        return self.world.random.uniform(1, 17) * HOUR if is_asleep else self.every

    def _drain(self) -> None:
        hours = (self.world.now - self._updated) / HOUR
        self._updated = self.world.now
        lowest = min(20.0, self.level)  # one that is well is plugged in before
        self.level = min(100.0, max(lowest, self.level + hours * (25 if self.is_plugged else -2)))


@cache
def said(level: int, is_plugged: bool) -> Event:
    """Return the ping of a phone."""
    return ping(level, 3 if is_plugged else 0)


def gaps(moments: list[float], end: float) -> Iterator[Span]:
    """Yield the stretches between two signs of life; the last one lasts until the end."""
    yield from (Span(*each) for each in zip(moments, [*moments[1:], end], strict=True))
