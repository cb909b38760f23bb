"""A forwarder whose service does as a test says, and a relay around it."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from forwarders.base import Failure, Forwarder, Message, Options, Post, Probe
from relay.config import Config, Destination, Settings
from relay.config.routes import Routing
from relay.delivery import Delivery, Observer, Relay
from relay.events import Event, parse
from relay.ledger import Ledger
from relay.ledger.memory import MemoryLedger
from relay.ledger.tiered import TieredLedger
from relay.model import DeliverySpec, Dispatch

BODY = b'{"event": "system:ping", "id": "one"}'
Step = Failure | Exception | float | asyncio.Event | None
"""What the service does with a post: fail, break, take seconds, wait for an event, or accept at once."""


@dataclass(frozen=True, slots=True)
class Line(Post):
    text: str


class Place(Forwarder[Line]):
    """Accepts lines of text; `script` says what becomes of each post, then everything is accepted."""

    Options = Options

    def __init__(self, *script: Step, lines: tuple[str, ...] = ("text",)) -> None:
        self.accepted: list[str] = []
        self.notes: list[str] = []
        self.calls = 0
        self.lines = lines
        self.script = list(script)

    def plan(self, message: Message) -> tuple[Line, ...]:
        self.notes += message.notes
        return tuple(Line(line) for line in self.lines)

    async def send(self, post: Line) -> str | None:
        self.calls += 1
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif step is not None:
            await asyncio.sleep(step)
        self.accepted.append(post.text)
        return None

    async def probe(self) -> Probe:
        return Probe("ok")


@dataclass
class Routes:
    """Owes every event to the same destinations."""

    specs: tuple[DeliverySpec, ...]

    def dispatch(self, event: Event, now: float) -> Dispatch:
        return Dispatch(event.type, now, self.specs)


class Words:
    """Renders nothing but the notes; keeps what was due."""

    def __init__(self) -> None:
        self.specs: list[DeliverySpec] = []

    def message(
        self, event: Event, spec: DeliverySpec, *, key: str, first_seen_at: float, notes: tuple[str, ...] = ()
    ) -> Message:
        self.specs.append(spec)
        return Message(
            title=f"{event.type} for {spec.destination}, {first_seen_at:.0f}", key=key, notes=notes
        )


class Clock:
    """Unix seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Reports(Observer):
    """Keeps what is reported beside the answers."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.late: list[Delivery] = []

    def ended_late(self, _event: Event, delivery: Delivery) -> None:
        self.late.append(delivery)

    def problem(self, message: str) -> None:
        self.problems.append(message)


class Process:
    """One process: a relay with its places, on a ledger that may be shared with another house."""

    def __init__(
        self,
        places: Mapping[str, Place],
        specs: Iterable[DeliverySpec] | None = None,
        *,
        durable: Ledger | None = None,
        optional: tuple[str, ...] = (),
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.observer = Reports()
        self.reports = self.observer.problems
        self.words = Words()
        deliveries = tuple(DeliverySpec(name) for name in places) if specs is None else tuple(specs)
        settings = Settings(api_keys="k" * 20)
        destinations = {
            name: Destination(name, "console", Options(), required=name not in optional) for name in places
        }
        self.ledger = TieredLedger(MemoryLedger(self.clock), durable, self.reports.append)
        self.relay = Relay(
            Config(settings, destinations, Routing()),
            Routes(deliveries),
            self.words,
            places,
            self.ledger,
            clock=self.clock,
            observer=self.observer,
        )

    async def post(self, body: bytes = BODY, seconds: float = 2.0) -> dict[str, Delivery]:
        """Handle an event, within so many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        deliveries = await self.relay.handle(parse(body), body, deadline)
        return {each.destination: each for each in deliveries}

    async def outcomes(self, body: bytes = BODY, seconds: float = 2.0) -> dict[str, str]:
        """Return what became of an event."""
        return {name: str(each.outcome) for name, each in (await self.post(body, seconds)).items()}
