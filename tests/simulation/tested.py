"""Phones that send test SMS through a gateway and a carrier, and a relay of two instances that are killed."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from forwarders.base import TransientFailure
from forwarders.http import Answer, Http
from relay.canary import Canaries
from relay.canary.text import Marks
from relay.config import Config
from relay.events import Event
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Record
from relay.ledger.tiered import TieredLedger
from relay.watch.naming import Naming
from relay.watch.recorder import Recorder
from relay.watch.rules import build_rules
from relay.watch.state import Finding
from relay.watch.store import Store
from relay.watch.tick import Ticker
from testkit.service import Reply, Request
from testkit.services.gateway import Gateway
from tests.canary.parts import NUMBERS, SECRET, configured
from tests.simulation.watched import TICK, Handset, Server, World
from tests.watch.house import HOUR, MINUTE, event

MARKS = Marks(SECRET)


class Busy(Server):
    """The durable ledger, in which instances meet: each lets the others go on while it waits."""

    async def notes(self, prefix: str) -> dict[str, Note]:
        await asyncio.sleep(0)
        return await super().notes(prefix)

    async def first_seen_since(self, moment: float) -> list[Record]:
        await asyncio.sleep(0)
        return await super().first_seen_since(moment)

    async def lose_notes(self, prefix: str) -> None:
        for name in await super().notes(prefix):
            await super().update_note(name, lambda note: {} if note else None)


class Transport(Http):
    """Leads to the gateway without a network; it is away at times, loses answers, and processes die in it."""

    def __init__(self, world: World, gateway: "Exchange", *, trouble: float) -> None:
        super().__init__()
        self._world = world
        self._gateway = gateway
        self._trouble = trouble

    async def request(  # type: ignore[override]  # only what is used here
        self, method: str, url: str, *, headers: Mapping[str, str], json: Any = None
    ) -> Answer:
        self._gateway.posts += method == "POST"
        await self._pass()
        body = b"" if json is None else _encode(json)
        request = Request(
            method, url.partition("127.0.0.1:80")[2], {k.lower(): v for k, v in headers.items()}, body
        )
        answer = await self._gateway.respond(request)
        assert isinstance(answer, Reply)
        self._gateway.pass_on()
        await self._pass()
        return Answer(answer.status, answer.headers, answer.body)

    async def _pass(self) -> None:
        await asyncio.sleep(0)
        if self._gateway.is_away or self._world.random.random() < self._trouble:
            raise TransientFailure("the gateway is away")
        if self._world.random.random() < self._trouble:
            raise asyncio.CancelledError  # the process was killed


def _encode(value: Any) -> bytes:
    return json.dumps(value).encode()


class Exchange(Gateway):
    """The gateway: what it has accepted waits for its phone."""

    def __init__(self, world: World, *devices: str) -> None:
        super().__init__(*devices)
        self.is_away = False
        self.posts = 0
        self.phones: dict[str, Phone] = {}
        self._world = world
        self._passed: set[tuple[str, str]] = set()

    def pass_on(self) -> None:
        """Push what is new to its phone."""
        for key in self.accepted.keys() - self._passed:
            self._passed.add(key)
            phone = self.phones[key[0]]
            phone.waiting.append(Order(self._world.now, self.accepted[key]))
            self._world.at(self._world.now + self._world.random.uniform(0.1, 3), phone.hear_push)


@dataclass
class Order:
    """An SMS that a phone is to send."""

    at: float
    message: dict[str, Any]


@dataclass
class Phone(Handset):
    """A phone that sends and receives test SMS; `number` is its own."""

    gateway: Exchange = field(kw_only=True)
    carrier: "Carrier" = field(kw_only=True)
    waiting: list[Order] = field(default_factory=list)

    @property
    def is_asleep(self) -> bool:
        return self._pause() != self.every

    async def hear_push(self) -> None:
        """Take what waits, unless Android does not wake up for it."""
        if not self.is_asleep or self.world.random.random() < 0.7:
            await self._fetch()

    async def ping(self) -> None:
        await super().ping()
        await self._fetch()

    async def _post(self, what: Event, first: float = 0.0, *, is_stuck: bool | None = None) -> None:
        """Post an event; if that fails, do so again after waiting as long again as since the first time.

        Half of them get no network while the phone sleeps.
        """
        if what.type == "system:ping":
            await super()._post(what)
            return
        first = first or self.world.now
        is_stuck = self.world.random.random() < 0.5 if is_stuck is None else is_stuck
        if self.is_on and self.is_online and self.relay.is_up and not (is_stuck and self.is_asleep):
            await self.relay.hear(self.name, what)
            return
        wait = max(5.0, self.world.now - first)
        self.world.at(self.world.now + wait, partial(self._post, what, first, is_stuck=is_stuck))

    async def _fetch(self) -> None:
        if not self.is_on or not self.is_online or self.gateway.is_away:
            return
        waiting, self.waiting = self.waiting, []
        for order in waiting:
            await self._send(order)

    async def _send(self, order: Order) -> None:
        message = order.message
        expired = self.world.now > order.at + message["ttl"]
        self.gateway.states[message["id"]] = "Failed" if expired else "Sent"
        if expired:
            await self._post(event("sms:failed", messageId=message["id"], reason="TTL expired"))
            return
        await self._post(event("sms:sent", messageId=message["id"]))
        self.carrier.carry(message["phoneNumbers"][0], message["textMessage"]["text"])

    async def get(self, text: str) -> None:
        """Receive an SMS; a phone that is off gets it when it is on again."""
        if not self.is_on:
            self.world.at(self.world.now + MINUTE, partial(self.get, text))
        elif self.can_receive:
            await self._post(event("sms:received", message=text, sender="+12025550100"))


class Carrier:
    """Carries SMS: most within seconds, some within minutes, some twice; all take `delay` in addition."""

    def __init__(self, world: World, numbers: dict[str, Phone]) -> None:
        self._world = world
        self._numbers = numbers
        self.delay = 0.0
        self.carried: list[str] = []

    def carry(self, number: str, text: str) -> None:
        chance = self._world.random
        self.carried.append(text)
        for _ in range(2 if chance.random() < 0.05 else 1):
            delay = chance.uniform(0, 10 * MINUTE) if chance.random() < 0.05 else chance.uniform(2, 20)
            self._world.at(self._world.now + self.delay + delay, partial(self._numbers[number].get, text))


class Deployment:
    """Two instances with a gateway; `sent` is what people read, and `forwarded` when they read which test.

    `reports` says when which phone has reported that it sent a test.
    """

    def __init__(self, world: World, toml: str, names: list[str], *, trouble: float = 0.02) -> None:
        self.world = world
        self.server = Busy(world)
        self.gateway = Exchange(world, *names)
        self.config = configured(f'[gateway]\nurl = "http://127.0.0.1:80/3rdparty/v1"\n{toml}')
        self.sent: list[Finding] = []
        self.forwarded: list[tuple[float, str]] = []
        self.reports: list[tuple[str, float]] = []
        self.is_up = True
        self.trouble = trouble
        self.kills = self.asks = 0
        self._ids: set[str] = set()
        self.instances = [self._instance(self.config) for _ in range(2)]

    def _instance(self, config: Config) -> tuple[Recorder, Ticker, Canaries]:
        def clock() -> float:
            return self.world.now

        rules, naming = build_rules(config), Naming(config.routing.phones, SECRET)
        ledger = TieredLedger(MemoryLedger(clock), self.server, lambda _: None)
        http = Transport(self.world, self.gateway, trouble=self.trouble)
        canaries = Canaries(config, ledger, http=http, clock=clock)
        recorder = Recorder(rules, naming, ledger, secret=SECRET, clock=clock)
        store = Store(ledger, naming)
        ticker = Ticker(rules, store, deliver=self._deliver, http=http, clock=clock, loops=canaries)
        return recorder, ticker, canaries

    async def _deliver(self, finding: Finding) -> bool:
        if finding.id not in self._ids:
            self._ids.add(finding.id)
            self.sent.append(finding._replace(at=self.world.now))
        return self.world.random.random() > self.trouble

    async def hear(self, name: str, what: Event) -> None:
        """Handle an event as the function does; what is not taken is forwarded, what is deferred repeated."""
        recorder, _, canaries = self.world.random.choice(self.instances)
        said = Event("", what.type, name, "", what.payload, what.raw)
        recorder.record(said)
        if what.type == "sms:sent":
            self.reports.append((name, self.world.now))
        delivery = await canaries.taker.take(said, 0.0)
        await recorder.finish(0)
        if delivery and delivery.open:
            self.world.at(self.world.now + MINUTE, partial(self.hear, name, what))
        elif delivery is None and what.type == "sms:received" and len(what.payload.text or "") > 1:
            self.forwarded.append((self.world.now, what.payload.text or ""))

    async def tick(self) -> None:
        """Tick at times on both instances at once, at times many times, and let some of them be killed."""
        self.world.at(self.world.now + TICK + self.world.random.uniform(-20, 20), self.tick)
        if not self.is_up or self.world.random.random() < self.trouble:
            return
        storm = 20 if self.world.random.random() < self.trouble / 10 else 2
        count = self.world.random.choice((1, 1, 1, storm))
        tickers = [self.world.random.choice(self.instances)[1] for _ in range(count)]
        results = await asyncio.gather(*(_killable(each) for each in tickers))
        self.kills += sum(result == "killed" for result in results)

    def sms_by_date(self) -> dict[tuple[str, int], int]:
        """Return how many SMS were sent for each canary and date."""
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for _, sms_id in self.gateway.accepted:
            for loop in self.instances[0][2].loops:
                if due := MARKS.due_of_id(loop.key, sms_id):
                    counts[loop.key, due] += 1
        return counts


async def _killable(ticker: Ticker) -> str:
    try:
        await ticker.tick()
    except LedgerUnavailable:
        return "away"
    except asyncio.CancelledError:
        return "killed"
    return "done"


def build(
    world: World, toml: str, names: list[str], *, trouble: float = 0.02, every: float = 5 * MINUTE
) -> tuple[Deployment, dict[str, Phone]]:
    """Return a deployment and its phones, which are not living yet."""
    deployment = Deployment(world, toml, names, trouble=trouble)
    phones: dict[str, Phone] = {}
    numbers: dict[str, Phone] = {}
    carrier = Carrier(world, numbers)
    for name in names:
        phone = Phone(deployment, name, every=every, gateway=deployment.gateway, carrier=carrier)  # type: ignore[arg-type]  # a deployment hears as a relay does
        phones[name] = deployment.gateway.phones[name] = numbers[NUMBERS[name]] = phone
    return deployment, phones


__all__ = ["HOUR", "Carrier", "Deployment", "Phone", "build"]
