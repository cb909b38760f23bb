"""The function's instances: started when needed, frozen after each answer, dead at any moment."""

import dataclasses
from collections.abc import Callable, Mapping

from forwarders.base import Message, Options
from relay.config import Config, Destination, Settings
from relay.config.routes import Routing
from relay.delivery import Delivery, Relay
from relay.events import Event, parse, split
from relay.ledger.memory import MemoryLedger
from relay.model import DeliverySpec, Dispatch
from tests.simulation.ledger import Front, Reach, Server
from tests.simulation.service import RENAMED, Place, Service
from tests.simulation.world import Process, World

DEADLINE = 4.0
MOST = 4
"""Instances at a time."""


@dataclasses.dataclass(frozen=True)
class Parts:
    """What an instance is made of; a test that shows its teeth leaves one out."""

    front: type[Front] = Front
    relay: type[Relay] = Relay
    deadline: float = DEADLINE


@dataclasses.dataclass
class Answer:
    """What a request came to."""

    deliveries: tuple[Delivery, ...]
    seconds: float


class Routes:
    """Owes every event to the same destinations."""

    def __init__(self, specs: tuple[DeliverySpec, ...]) -> None:
        self._dues = specs

    def dispatch(self, event: Event, now: float) -> Dispatch:
        return Dispatch(event.type, now, self._dues)


class Words:
    """Renders nothing but the key."""

    def message(
        self, event: Event, spec: DeliverySpec, *, key: str, first_seen_at: float, notes: tuple[str, ...] = ()
    ) -> Message:
        return Message(f"{event.type} {spec.destination} {first_seen_at}", notes=notes, key=key)


class Instance:
    """One process of the function."""

    def __init__(self, cloud: "Cloud") -> None:
        world = cloud.world
        self.revision = cloud.revision
        named = {self._named(name): service for name, service in cloud.services.items()}
        specs = tuple(
            dataclasses.replace(
                spec,
                destination=self._named(spec.destination),
                fallback=tuple(map(self._named, spec.fallback)),
            )
            for spec in cloud.specs
        )
        self.process = Process(world, mortality=2e-5)
        self.active = 0
        self._cloud = cloud
        places = {name: Place(each, self.process, world) for name, each in named.items()}
        destinations = {name: Destination(name, "console", Options()) for name in named}
        durable = Reach(cloud.server, self.process, world) if cloud.server else None
        front = cloud.parts.front(MemoryLedger(world), durable, lambda _problem: None)
        config = Config(Settings(api_keys="k" * 20), destinations, Routing())
        self._relay = cloud.parts.relay(config, Routes(specs), Words(), places, front, clock=world)

    def _named(self, name: str) -> str:
        """Return what this instance's revision calls a destination: every other one renames one."""
        return RENAMED.get(name, name) if self.revision % 2 else name

    def post(self, body: bytes, answer: Callable[[int], None]) -> None:
        """Take a request; the instance thaws for it, and may freeze when it is answered."""
        self.process.frozen = False
        self.active += 1
        self.process.call_soon(lambda: self.process.create_task(self._handle(body, answer)))

    async def _handle(self, body: bytes, answer: Callable[[int], None]) -> None:
        world, event = self._cloud.world, parse(body)
        begun = world.now
        deliveries = await self._relay.handle_all(event, body, begun + self._cloud.parts.deadline)
        self._cloud.answers.append(Answer(deliveries, world.now - begun))
        self._cloud.judge(len(split(event)), deliveries)
        answer(503 if any(each.open for each in deliveries) else 200)
        self.active -= 1
        if not self.active and world.random.random() < 0.8:
            self.process.freeze()


class Cloud:
    """A service with a few instances behind one address."""

    def __init__(
        self,
        world: World,
        services: Mapping[str, Service],
        specs: tuple[DeliverySpec, ...],
        server: Server | None,
        *,
        parts: Parts,
        judge: Callable[[int, tuple[Delivery, ...]], None],
    ) -> None:
        self.world = world
        self.services = services
        self.specs = specs
        self.server = server
        self.parts = parts
        self.judge = judge
        self.answers: list[Answer] = []
        self.revision = 0
        self._instances: list[Instance] = []

    def deploy(self) -> None:
        """Roll out another revision: new instances are of it, old ones answer for up to ten minutes more."""
        self.revision += 1
        self.world.after(self.world.random.uniform(0, 600), self._retire)

    def _retire(self) -> None:
        """End the instances of earlier revisions."""
        for each in self._instances:
            if each.revision < self.revision and not each.process.dead:
                each.process.die()

    def carry(self, body: bytes, answer: Callable[[int], None]) -> None:
        """Bring a request to an instance, perhaps a new one; the connection breaks if that dies."""
        random = self.world.random
        self._instances = [each for each in self._instances if not each.process.dead]
        is_new = all(each.revision < self.revision for each in self._instances)
        if is_new or (len(self._instances) < MOST and random.random() < 0.1):
            self._instances.append(Instance(self))
            seconds = random.uniform(0.3, 2.5)
        else:
            seconds = random.uniform(0.01, 0.05)
        instance = random.choice(self._instances)
        self.world.after(seconds, lambda: self._deliver(instance, body, answer))
        if random.random() < 0.01:
            victim = random.choice(self._instances).process
            self.world.after(random.uniform(0, 120), lambda: None if victim.dead else victim.die())

    def _deliver(self, instance: Instance, body: bytes, answer: Callable[[int], None]) -> None:
        if instance.process.dead:
            answer(0)
        else:
            instance.post(body, answer)
