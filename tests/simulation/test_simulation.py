"""The promises, held against phones, services, instances and ledgers that fail in every way."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from relay.delivery import Delivery, Relay
from relay.delivery.run import DeliveryRun
from relay.ledger.identity import Identity
from relay.ledger.record import Claim, Granted, Record, Settlement
from relay.model import DeliverySpec, Dispatch
from tests.simulation.cloud import Cloud, Parts
from tests.simulation.judge import Judge
from tests.simulation.ledger import Front, Server
from tests.simulation.phone import Phone
from tests.simulation.service import FLIGHT, Service
from tests.simulation.world import World

EVENTS = 10_000
PER_SEED = 250
HOURS = 6.0
SHARES = 4
"""In how many tests the worlds of one kind are played, so that two cores have work until the end."""

ROUTES = (
    (DeliverySpec("telegram"), DeliverySpec("slack")),
    (DeliverySpec("telegram", ("email",)), DeliverySpec("slack")),
    (DeliverySpec("telegram", ("email",)), DeliverySpec("slack", ("email",)), DeliverySpec("email")),
    (DeliverySpec("telegram", ("slack", "email")),),
)


@dataclass
class Figures:
    """What a run came to."""

    events: int = 0
    given_up: int = 0
    posts: int = 0
    windows: Counter[str] = field(default_factory=Counter)


def run(seed: int, parts: Parts, *, durable: bool) -> Figures:
    """Play one world to its end, and hold the promises against it."""
    world = World(seed)
    services = {name: Service(world, HOURS) for name in ("telegram", "slack", "email")}
    specs = world.random.choice(ROUTES)
    server = Server(world, HOURS) if durable else None
    judge = Judge(services, specs, server)
    cloud = Cloud(world, services, specs, server, parts=parts, judge=judge.look)
    phones = [Phone(world, f"phone{number}", cloud.carry) for number in range(3)]
    if durable:
        for _ in range(world.random.randrange(4)):
            world.after(world.random.uniform(0, HOURS * 3600), cloud.deploy)
    for number in range(PER_SEED):
        world.random.choice(phones).emit(number, world.random.uniform(0, HOURS * 3600))
    world.run()
    judge.kept()
    judge.in_time(cloud.answers)
    judge.together()
    judge.once()
    emissions = [each for phone in phones for each in phone.emissions]
    events = sum(each.events for each in emissions)
    given_up = sum(each.events for each in emissions if not each.acknowledged)
    posts = sum(len(service.calls) for service in services.values())
    return Figures(events, given_up, posts, judge.windows)


def play(seeds: range, parts: Parts, *, durable: bool) -> Figures:
    """Play many worlds; a failing one is named by its seed."""
    total = Figures()
    for seed in seeds:
        if total.events >= EVENTS // 2:
            break
        try:
            figures = run(seed, parts, durable=durable)
        except AssertionError as broken:
            raise AssertionError(f"seed {seed}: {broken}") from broken
        total.events += figures.events
        total.given_up += figures.given_up
        total.posts += figures.posts
        total.windows += figures.windows
    return total


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("durable", [True, False], ids=["durable", "memory"])
def test_the_promises_hold(durable: bool, share: int, capsys: pytest.CaptureFixture[str]) -> None:
    figures = play(range(share, EVENTS // 2 // PER_SEED + 1, SHARES), Parts(), durable=durable)
    with capsys.disabled():
        print(f"\n{figures}")  # noqa: T201  # their sums are the figures that the documentation quotes
    assert figures.events >= EVENTS // 2 // SHARES


class Claimless(Front):
    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        FLIGHT.set(owner)
        del again
        return Granted(Record(dispatch), identity.key)


class Settleless(Front):
    async def settle(self, key: str, settlement: Settlement) -> Record:
        del key
        return Record(settlement.dispatch, settlement.outcomes)


class Countless(Front):
    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        claim = await super().claim(identity, dispatch, owner, again=again)
        if isinstance(claim, Granted):
            settled = {name: each for name, each in claim.record.progress.items() if not each.posts}
            return Granted(Record(claim.record.dispatch, settled), claim.key)
        return claim


class Partless(Front):
    async def claim(
        self, identity: Identity, dispatch: Dispatch, owner: str, *, again: bool = False
    ) -> Claim:
        claim = await super().claim(identity, dispatch, owner, again=again)
        if isinstance(claim, Granted):
            progress = {name: replace(each, parts=()) for name, each in claim.record.progress.items()}
            return Granted(replace(claim.record, progress=progress), claim.key)
        return claim


class Forgetful(Relay):
    def _deliveries(self, run: DeliveryRun, *, joined: bool) -> tuple[Delivery, ...]:
        known = self._config.destinations
        return tuple(each for each in super()._deliveries(run, joined=joined) if each.destination in known)


class Patient(Relay):
    async def _wait(self, run: DeliveryRun, task: asyncio.Task[None], deadline: float) -> None:
        del run, deadline
        await task


@pytest.mark.parametrize(
    ("without", "words"),
    [
        (Parts(front=Claimless), "twice"),
        (Parts(front=Settleless), "twice|lost"),
        (Parts(front=Countless), "twice"),
        (Parts(front=Partless), "twice"),
        (Parts(relay=Forgetful), "lost"),
        (Parts(relay=Patient), "answered after"),
    ],
    ids=["claim", "settle", "posts-done", "parts-done", "unknown-kept", "deadline"],
)
def test_it_has_teeth(without: Parts, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        play(range(20), without, durable=True)
