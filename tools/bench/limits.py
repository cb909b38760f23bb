"""The limits of the measurements, and whether they are met."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import NamedTuple

from tools.bench import cold, warm
from tools.bench.growth import Point

CONNECTIONS = (32, 256)
"""Where throughput is compared: the connections that a fleet of phones, and a large one, keeps open."""


class Limit(NamedTuple):
    """A limit, what was measured, and whether the limit is met."""

    wanted: str
    measured: str
    met: bool


def cold_limits(starts: Mapping[str, cold.Starts]) -> Iterator[Limit]:
    """Yield the limits of a cold start, in CPU time, which other programs affect the least."""
    ours, hand = (cold.ratio(starts, name, "empty", cpu=True) for name in ("ours", "by hand"))
    yield Limit("cold, Telegram: ≤ 1.75 × the floor", f"{ours:.2f} ×", ours <= 1.75)  # noqa: PLR2004 - the limit
    yield Limit("cold, Telegram: faster than by hand", f"{ours / hand:.2f} × of it", ours < hand)
    if "ours, Firestore" in starts:
        added = cold.ratio(starts, "ours, Firestore", "empty", cpu=True) - ours
        yield Limit("cold, Firestore adds ≤ 0.9 × the floor", f"{added:.2f} ×", added <= 0.9)  # noqa: PLR2004 - as above
    memory = median(starts["ours"].memory)
    yield Limit("proportional memory, Telegram: ≤ 90 MB", f"{memory:.0f} MB", memory <= 90)  # noqa: PLR2004 - as above


def warm_limits(runs: Mapping[warm.Key, warm.Runs]) -> Iterator[Limit]:
    """Yield the limits of a warm instance."""
    for name, times in (("ours", 5), ("ours, SQLite", 3)):
        for number in CONNECTIONS:
            found = warm.ratio(runs, (name, number), ("by hand", number), lambda each: each.rate)
            wanted = f"warm, {name}, {number} connections: ≥ {times} × by hand"
            yield Limit(wanted, f"{found:.1f} ×", found >= times)
    added = warm.added(runs, ("ours", 1), lambda each: each.p50)
    yield Limit("median latency added, one connection: ≤ 2 ms", f"{added:.2f} ms", added <= 2)  # noqa: PLR2004 - the limit


def growth_limits(small: Point, large: Point) -> Iterator[Limit]:
    """Yield the limits of large configurations."""
    added = (large.per_sms - small.per_sms) / 1000
    yield Limit("1,000 routes and 10,000 contacts: < 1 ms per SMS", f"{added:.2f} ms", added < 1)
