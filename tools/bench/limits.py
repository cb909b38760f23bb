"""The limits that are to be met, and whether they are."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import NamedTuple

from tools.bench import cold, warm
from tools.bench.growth import Point

CONNECTIONS = (32, 256)
"""At which the throughput is compared: what a fleet of phones keeps open at one instance, and a large one."""


class Limit(NamedTuple):
    """What is wanted, what was measured, and whether that is enough."""

    wanted: str
    measured: str
    met: bool


def cold_limits(starts: Mapping[str, cold.Starts]) -> Iterator[Limit]:
    """Yield what is wanted of a cold start; by CPU time, which other programs disturb the least."""
    ours, hand = (cold.ratio(starts, name, "empty", cpu=True) for name in ("ours", "by hand"))
    yield Limit("cold, Telegram: ≤ 1.75 × the floor", f"{ours:.2f} ×", ours <= 1.75)  # noqa: PLR2004 - the limit
    yield Limit("cold, Telegram: faster than by hand", f"{ours / hand:.2f} × of it", ours < hand)
    if "ours, Firestore" in starts:
        added = cold.ratio(starts, "ours, Firestore", "empty", cpu=True) - ours
        yield Limit("cold, Firestore adds ≤ 0.9 × the floor", f"{added:.2f} ×", added <= 0.9)  # noqa: PLR2004 - as above
    memory = median(starts["ours"].memory)
    yield Limit("proportional memory, Telegram: ≤ 90 MB", f"{memory:.0f} MB", memory <= 90)  # noqa: PLR2004 - as above


def warm_limits(runs: Mapping[warm.Key, warm.Runs]) -> Iterator[Limit]:
    """Yield what is wanted of an instance that is warm."""
    for name, times in (("ours", 5), ("ours, SQLite", 3)):
        for number in CONNECTIONS:
            found = warm.ratio(runs, (name, number), ("by hand", number), lambda each: each.rate)
            wanted = f"warm, {name}, {number} connections: ≥ {times} × by hand"
            yield Limit(wanted, f"{found:.1f} ×", found >= times)
    added = warm.added(runs, ("ours", 1), lambda each: each.p50)
    yield Limit("median latency added, one connection: ≤ 2 ms", f"{added:.2f} ms", added <= 2)  # noqa: PLR2004 - the limit


def growth_limits(one: Point, many: Point) -> Iterator[Limit]:
    """Yield what is wanted of large configurations."""
    added = (many.each - one.each) / 1000
    yield Limit("1,000 routes and 10,000 contacts: < 1 ms per SMS", f"{added:.2f} ms", added < 1)
