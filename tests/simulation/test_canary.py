"""Test SMS, held against phones that sleep and fail, slow carriers, kills and lost notes."""

import asyncio
import os
import re
from datetime import UTC

import pytest

from relay.canary.loop import Loop
from relay.canary.plan import latest_date
from relay.watch.state import Finding
from tests.canary.parts import canary, phones
from tests.simulation.tested import MARKS, Deployment, Phone, build
from tests.simulation.watched import TICK, World
from tests.watch.house import DAY, HOUR, MINUTE, START

DAYS = int(os.environ.get("CANARY_DAYS", "20"))
"""Days of phones that are simulated in all: 10,000 take a quarter of an hour."""
SEVERAL = 10
"""Phones of one deployment in the long run."""


def about_tests(deployment: Deployment) -> list[Finding]:
    return [each for each in deployment.sent if each.id.startswith("canary.")]


def is_date(loop: Loop, due: int) -> bool:
    """Return whether a date has this name; with whole days it begins later on that day."""
    return due in {latest_date(loop, due + later, UTC).name for later in (0, DAY - 1)}


def live(seed: int, days: float, *, trouble: float = 0.02) -> Deployment:
    """Let phones that receive live through sleep, failures, slow carriers and outages of everything."""
    world = World(seed)
    names = [f"phone{number}" for number in range(SEVERAL)]
    every = ('every = "6h"', 'every = "1d"', 'every = "1d"\nat = "03:00-05:00"', 'within = "2h"')
    toml = phones(*names) + "".join(
        canary(name, names[number - 1] if number % 3 == 0 else "", every[number % 4])
        for number, name in enumerate(names)
    )
    deployment, handsets = build(world, toml, names, trouble=trouble)
    for number, phone in enumerate(handsets.values()):
        phone.every = (5 * MINUTE, 15 * MINUTE)[number % 2]
        phone.live()
        for _ in range(round(days * trouble * 50)):
            phone.plan_fault(
                START + world.random.uniform(0.1, days) * DAY, world.random.uniform(1, 40) * MINUTE
            )
        for _ in range(round(days * trouble * 2)):
            phone.plan_fault(
                START + world.random.uniform(0.1, days) * DAY, world.random.uniform(1, 30) * HOUR
            )
    for _ in range(round(days * trouble * 10)):
        plan_trouble(world, deployment, START + world.random.uniform(0.1, days) * DAY)
    world.at(START, deployment.tick)
    asyncio.run(world.run(START + days * DAY))
    return deployment


def plan_trouble(world: World, deployment: Deployment, start: float) -> None:
    """Let the gateway or the ledger be away, or the notes of canaries be lost."""
    end = start + world.random.uniform(1, 120) * MINUTE
    kind = world.random.choice(("gateway", "ledger", "notes"))
    if kind == "notes":
        world.at(start, lambda: deployment.server.lose_notes("canary."))
        return
    which = deployment.gateway if kind == "gateway" else deployment.server
    world.at(start, lambda: setattr(which, "is_away", True))
    world.at(end, lambda: setattr(which, "is_away", False))


def is_old(deployment: Deployment, at: float, text: str) -> bool:
    """Return whether a test came back after the next one was due."""
    loops = deployment.instances[0][2].loops
    [(loop, due)] = [(each, due) for each in loops if (due := MARKS.due_of_text(each.key, text))]
    return due < latest_date(loop, at, UTC).name


@pytest.mark.parametrize("seed", range(max(1, DAYS // 500)))
def test_a_phone_that_receives_is_never_accused_and_no_date_has_two_messages(seed: int) -> None:
    days = min(DAYS, 500) / SEVERAL
    deployment = live(seed, days)
    sms = deployment.sms_by_date()
    loops = {each.key: each for each in deployment.instances[0][2].loops}

    assert [each.title for each in about_tests(deployment) if "receives" in each.title] == []
    assert all(is_old(deployment, at, text) for at, text in deployment.forwarded)
    assert set(sms.values()) == {1}
    assert {due for (key, due) in sms if not is_date(loops[key], due)} == set()
    assert len(sms) > days * SEVERAL / 2
    print(f"seed {seed}: {len(sms)} tests, {deployment.kills} kills, {sum(sms.values())} SMS")  # noqa: T201  (the figures of a long run)


def awake(world: World, count: int, more: str = 'every = "6h"') -> tuple[Deployment, list[Phone]]:
    """Return phones that are plugged in and ping every five minutes, each with a test to itself."""
    names = [f"phone{number}" for number in range(count)]
    toml = phones(*names) + "".join(canary(name, "", more) for name in names)
    deployment, handsets = build(world, toml, names, trouble=0)
    for phone in handsets.values():
        phone.stay_awake()
    world.at(START, deployment.tick)
    return deployment, list(handsets.values())


def test_a_receiver_that_is_dead_while_pings_go_on_is_reported_in_time_and_once() -> None:
    """Within the time for a test and one tick, from when the phone had sent it."""
    world = World(0)
    deployment, handsets = awake(world, 6)
    for phone in handsets:
        death = START + world.random.uniform(0.1, 0.3) * DAY
        world.at(death, phone.stop_receiving)
        world.at(death + world.random.uniform(7, 12) * HOUR, phone.receive_again)
    asyncio.run(world.run(START + 1.1 * DAY))
    findings = about_tests(deployment)
    late = []
    for phone in handsets:
        title, *rest = [each for each in findings if each.title.startswith(f"{phone.name} ")]
        sent = max(at for name, at in deployment.reports if name == phone.name and at < title.at)
        late.append(title.at - sent - 15 * MINUTE)
        assert title.title.startswith(f"{phone.name} receives no SMS though it pings: the test of ")
        assert [each.title.partition(":")[0] for each in rest] == [f"{phone.name} receives SMS again"]

    assert max(late) <= TICK + 20
    assert min(late) >= 0


def test_a_phone_that_dies_with_a_test_under_way_is_only_silent() -> None:
    world = World(1)
    deployment, handsets = awake(world, 5)
    for phone in handsets:
        world.at(START + world.random.uniform(0.3, 0.6) * DAY, phone.turn_off)
    asyncio.run(world.run(START + DAY))

    assert about_tests(deployment) == []
    assert any("silent" in each.title for each in deployment.sent)


def test_a_carrier_that_takes_hours_is_reported_and_what_comes_late_says_so() -> None:
    world = World(2)
    deployment, [phone] = awake(world, 1)
    world.at(START + DAY / 2, lambda: setattr(phone.carrier, "delay", 3 * HOUR))
    asyncio.run(world.run(START + DAY))
    titles = [each.title for each in about_tests(deployment)]

    assert len(titles) >= 2
    assert all("did not come back within 15 min" in each for each in titles[::2])
    assert all(re.search(r"came back after 3 h( 1 min)?\.$", each) for each in titles[1::2])
    assert deployment.forwarded == []


def test_many_ticks_at_once_ask_for_one_message() -> None:
    world = World(3)
    deployment, _ = awake(world, 3)

    async def storm() -> None:
        tickers = [ticker for _, ticker, _ in deployment.instances for _ in range(8)]
        await asyncio.gather(*(ticker.tick() for ticker in tickers))

    for step in range(30):
        world.at(START + step * 17 * MINUTE, storm)
    asyncio.run(world.run(START + DAY / 2))

    assert set(deployment.sms_by_date().values()) == {1}
    assert deployment.gateway.posts == len(deployment.gateway.accepted) == len(deployment.sms_by_date()) > 3


def test_a_gateway_that_is_away_for_long_is_reported_once_and_once_when_it_is_over() -> None:
    world = World(4)
    deployment, _ = awake(world, 1)
    world.at(START + DAY / 4, lambda: setattr(deployment.gateway, "is_away", True))
    world.at(START + DAY, lambda: setattr(deployment.gateway, "is_away", False))
    asyncio.run(world.run(START + 1.5 * DAY))
    titles = [each.title for each in about_tests(deployment)]

    assert len(titles) == 2
    assert re.fullmatch(r"phone0's tests have failed since .*: the gateway is away\.", titles[0])
    assert titles[1] == "phone0's tests work again."
    assert set(deployment.sms_by_date().values()) == {1}


@pytest.mark.parametrize("seed", range(1))
def test_lost_notes_cost_a_test_and_nothing_else(seed: int) -> None:
    world = World(seed)
    deployment, handsets = awake(world, 3, 'every = "1h"')
    for step in range(15):
        world.at(START + step * 47 * MINUTE, lambda: deployment.server.lose_notes("canary."))
    asyncio.run(world.run(START + DAY / 2))

    assert about_tests(deployment) == []
    assert deployment.forwarded == []
    assert set(deployment.sms_by_date().values()) == {1}
    assert len(handsets[0].carrier.carried) == len(deployment.sms_by_date()) > 10
