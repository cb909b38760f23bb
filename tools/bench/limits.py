"""The limits of the measurements, and whether they are met."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import NamedTuple

from tools.bench import cold, warm
from tools.bench.growth import Point

DEPLOYED = "as deployed"
"""The function as `deploy.sh` deploys it: bytecode of the image, Firestore (its emulator), Telegram."""
CONNECTIONS = (32, 256)
"""Where throughput is compared: the connections that a fleet of phones, and a large one, keeps open."""


class Limit(NamedTuple):
    """A limit, what was measured, and whether the limit is met."""

    wanted: str
    measured: str
    met: bool


def cold_limits(starts: Mapping[str, cold.Starts]) -> Iterator[Limit]:
    """Yield the limits of a cold start, in CPU time, which other programs affect the least."""
    if DEPLOYED in starts:
        floor, hand = (cold.ratio(starts, DEPLOYED, other, cpu=True) for other in ("empty", "by hand"))
        memory = median(starts[DEPLOYED].memory)
        yield Limit("cold, as deployed: ≤ 1.75 × the floor", f"{floor:.2f} ×", floor <= 1.75)  # noqa: PLR2004 - the limit
        yield Limit("cold, as deployed: ≤ 0.9 × by hand", f"{hand:.2f} ×", hand <= 0.9)  # noqa: PLR2004 - as above
        yield Limit("proportional memory, as deployed: ≤ 85 MB", f"{memory:.0f} MB", memory <= 85)  # noqa: PLR2004 - as above
    ours = cold.ratio(starts, "ours", "empty", cpu=True)
    yield Limit("cold, ledger in memory: ≤ 1.55 × the floor", f"{ours:.2f} ×", ours <= 1.55)  # noqa: PLR2004 - as above


def ledger_limits(milliseconds: float) -> Iterator[Limit]:
    """Yield the limit of the ledger in Firestore."""
    wanted = "claim and settle together, Firestore's emulator: ≤ 8 ms at the median"
    yield Limit(wanted, f"{milliseconds:.1f} ms", milliseconds <= 8)  # noqa: PLR2004 - the limit


def warm_limits(runs: Mapping[warm.Key, warm.Runs]) -> Iterator[Limit]:
    """Yield the limits of a warm instance."""
    for name, times in (("ours", 5), ("ours, SQLite", 3)):
        for number in CONNECTIONS:
            found = warm.ratio(runs, (name, number), ("by hand", number), lambda each: each.rate)
            wanted = f"warm, {name}, {number} connections: ≥ {times} × by hand"
            yield Limit(wanted, f"{found:.1f} ×", found >= times)
    cpu = median(runs["ours", 32].cpu)
    yield Limit("CPU for an SMS, 32 connections: ≤ 0.55 ms", f"{cpu:.2f} ms", cpu <= 0.55)  # noqa: PLR2004 - the limit
    added = warm.added(runs, ("ours", 1), lambda each: each.p50)
    yield Limit("median latency added, one connection: ≤ 2 ms", f"{added:.2f} ms", added <= 2)  # noqa: PLR2004 - the limit


def growth_limits(small: Point, large: Point) -> Iterator[Limit]:
    """Yield the limits of large configurations."""
    added = (large.per_sms - small.per_sms) / 1000
    yield Limit("1,000 routes and 10,000 contacts: < 1 ms per SMS", f"{added:.2f} ms", added < 1)
