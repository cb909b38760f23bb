"""The watch, held against phones that sleep, die and come back: each outage once, and nothing else."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from relay.watch.hearing import DAY as LONGEST_WAIT
from relay.watch.rules import TOGETHER, WRITE_EVERY
from relay.watch.state import Finding
from tests.simulation.watched import CARDS, Handset, Quick, Relay, Span, World, gaps
from tests.watch.house import DAY, HOUR, MINUTE, START, build, card

PROMISED = WRITE_EVERY + TOGETHER + 25 * MINUTE
"""Seconds after the limit within which a silence is reported, with late notes, other phones and ticks."""


def names(count: int) -> list[str]:
    return [f"phone{number}" for number in range(count)]


@pytest.mark.parametrize("seed", range(4))
def test_phones_that_are_well_are_never_reported(seed: int) -> None:
    """In all, 10,000 days of phones that sleep for up to 17 hours whenever they are not plugged in."""
    phones, days = 50, 50
    world = World(seed)
    relay = Quick(world, build(*names(phones)))
    for name in names(phones):
        Handset(relay, name, every=30 * MINUTE).live()
    world.at(START, relay.tick)
    asyncio.run(world.run(START + days * DAY))

    assert [each.title for each in relay.sent] == []


@dataclass
class Report:
    """What people read about one phone: when it was silent, from one message to the other."""

    silent: float
    back: float | None = None


class Reader:
    """Reads the messages as a person does, and notes what is not as it should be."""

    def __init__(self) -> None:
        self.reports: dict[str, list[Report]] = defaultdict(list)
        self.others: list[Finding] = []
        self.problems: list[str] = []

    def read(self, finding: Finding) -> None:
        title = finding.title
        if found := re.match(r"(\S+) has been silent", title):
            self._silent(found[1], finding.at)
        elif "phones have been silent" in title:
            for line in finding.text.splitlines():
                self._silent(line.partition(":")[0], finding.at)
        elif found := re.match(r"(\S+) is back", title):
            self._back(found[1], finding.at)
        elif "phones are back" in title:
            for name, reports in self.reports.items():
                if reports[-1].back is None and finding.subject.startswith("all."):
                    self._back(name, finding.at)
        else:
            self.others.append(finding)

    def _silent(self, name: str, at: float) -> None:
        if self.reports[name] and self.reports[name][-1].back is None:
            self.problems.append(f"{name} was reported twice")
        self.reports[name].append(Report(at))

    def _back(self, name: str, at: float) -> None:
        if not self.reports[name] or self.reports[name][-1].back is not None:
            self.problems.append(f"{name} was not away")
        else:
            self.reports[name][-1].back = at


def excused(gap: Span, outages: list[Span]) -> float:
    """Return for how long of a gap nobody can be accused: outages of ours, and as long again after each."""
    total, start = 0.0, gap.start
    for each in sorted(outages):
        length = min(each.end - each.start, LONGEST_WAIT)
        begin, end = max(each.start, start), min(each.end + length + 15 * MINUTE, gap.end)
        total, start = total + max(0.0, end - begin), max(start, end)
    return total


def check(relay: Relay, phone: Handset, reader: Reader, end: float) -> Iterator[str]:
    """Yield what is wrong with the reports about one phone."""
    reports = reader.reports[phone.name]
    for gap in gaps(relay.heard[phone.name], end):
        of_this = [each for each in reports if gap.start < each.silent < gap.end + 10 * MINUTE]
        length, long = gap.end - gap.start, 18 * HOUR if phone.was_unplugged(gap.start) else 3 * HOUR
        if length < 3 * HOUR and of_this:
            yield f"{phone.name} was reported after {length / HOUR:.1f} hours"
        if length - excused(gap, relay.outages) > long + PROMISED:
            if len(of_this) != 1:
                yield f"{phone.name} was away for {length / HOUR:.1f} h, and reported {len(of_this)} times"
            elif of_this[0].silent - gap.start > long + PROMISED + excused(gap, relay.outages):
                yield f"{phone.name} was reported after {(of_this[0].silent - gap.start) / HOUR:.1f} hours"
        if of_this and gap.end < end - HOUR and of_this[0].back is None:
            yield f"{phone.name} is not reported as back"


def play(
    seed: int, *, phones: int = 3, days: int = 6, forgets: bool = False
) -> tuple[Relay, Reader, list[str]]:
    """Let phones live through failures of all kinds; return what people read, and what is wrong with it."""
    world = World(seed)
    relay = Relay(world, build(*names(phones)), names(phones), forgets=forgets)
    handsets = [
        Handset(relay, name, every=world.random.choice((5, 10, 15)) * MINUTE) for name in names(phones)
    ]
    for each in handsets:
        each.live()
        for start in sorted(START + world.random.uniform(0.5, days - 2) * DAY for _ in range(3)):
            each.plan_fault(
                start, world.random.choice((1, 8, 24, 30)) * HOUR * world.random.uniform(0.5, 1.2)
            )
    handsets[0].plan_fault(START + DAY, 24 * HOUR)
    network = START + world.random.uniform(1, days - 2) * DAY
    for each in handsets:
        each.plan_fault(network, 6 * HOUR)
    for _ in range(2):
        start, seconds = START + world.random.uniform(1, days - 1) * DAY, world.random.uniform(0.1, 12) * HOUR
        relay.plan_outage(start, seconds, is_of_ledger=world.random.random() < 0.5)
        for each in handsets:
            wait = world.random.uniform(0, min(seconds, 22 * HOUR))
            world.at(start, each.go_offline)
            world.at(start + seconds + wait, each.come_online)
    world.at(START, relay.tick)
    end = START + days * DAY
    asyncio.run(world.run(end))
    reader = Reader()
    for finding in relay.sent:
        reader.read(finding)
    problems = [*reader.problems, *(each for phone in handsets for each in check(relay, phone, reader, end))]
    problems += [f"a false alarm: {each.title}" for each in reader.others]
    return relay, reader, problems


@pytest.mark.parametrize("seed", range(4))
def test_each_outage_is_reported_once_and_once_when_it_is_over(seed: int) -> None:
    _, reader, problems = play(seed)

    assert problems == []
    assert any(reader.reports.values())


def test_without_a_memory_of_what_was_sent_it_fails() -> None:
    assert any(play(seed, forgets=True)[2] for seed in range(3))


async def live_in_trouble(world: World, relay: Relay) -> None:
    """Let one phone receive nothing for days, one lose a SIM card and get another, one be nearly empty."""
    deaf, moved, empty, _ = handsets = [Handset(relay, name) for name in names(4)]
    for each in handsets:
        each.live()
    world.at(START + DAY, deaf.stop_receiving)
    world.at(START + 10 * DAY, deaf.receive_again)
    for day, cards in ((2, CARDS[:1]), (4, CARDS), (6, (CARDS[0], card(2, carrierName="Three")))):
        world.at(START + day * DAY, partial(moved.boot_with, cards))
    world.at(START + 3 * DAY, lambda: empty.drain_to(11))
    world.at(START, relay.tick)
    await world.run(START + 12 * DAY)


def test_each_trouble_is_reported_once_and_once_when_it_is_over() -> None:
    world = World(0)
    relay = Relay(world, build(*names(4)), names(4))
    asyncio.run(live_in_trouble(world, relay))
    said = defaultdict(list)
    for each in relay.sent:
        said[each.title.partition(" ")[0].strip(":")].append(re.sub(r"\d+ d.*?:|\d+ %", "…", each.title))

    assert said == {
        "phone0": [
            "phone0 pings but has received no SMS for … restart the app, or send it a test.",
            "phone0 receives SMS again.",
        ],
        "phone1": ["phone1: SIM 2 is gone.", "phone1: SIM 2 is back.", "phone1: SIM 2 is another card."],
        "phone2": ["phone2: battery …, not charging.", "phone2: battery …, charging."],
    }


def test_sixty_phones_stay_within_the_free_tier_of_firestore() -> None:
    """https://cloud.google.com/firestore/pricing: 20,000 writes and 50,000 reads a day.

    They ping every five minutes, day and night.
    """
    world = World(0)
    relay = Relay(world, build(*names(60)), names(60))
    for name in names(60):
        Handset(relay, name, every=5 * MINUTE).stay_awake()
    world.at(START, relay.tick)
    asyncio.run(world.run(START + DAY / 4))

    assert 4 * relay.server.writes < 11_000
    assert 4 * relay.server.reads < 40_000
