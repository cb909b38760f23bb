"""`make bench`: measures everything, prints it, and in full writes it into docs/performance.md."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from testkit.services.firestore import emulator
from tools.bench import cold, growth, limits, report, warm
from tools.bench.fanout import fan_out
from tools.bench.phone import SIGNING_KEY
from tools.bench.process import ROOT, Case
from tools.bench.services import Services, services

FUNCTIONS = ROOT / "tools" / "bench" / "functions"
SLOW = 0.1
"""Seconds that each service takes where three of them are measured."""


class Bench:
    """One run; `full` takes more rounds and writes the document."""

    def __init__(self, full: bool) -> None:
        self.full = full
        self.limits: list[limits.Limit] = []

    def show(self, section: str, title: str, text: str) -> None:
        """Print what was measured, and in full keep it."""
        print(f"\n{title}\n{text}", flush=True)
        if self.full:
            report.written(section, text)

    def plot(self, name: str, title: str, rows: Sequence[tuple[str, float, str]]) -> None:
        """Draw what was measured."""
        if self.full:
            (report.DOCS / f"performance-{name}.svg").write_text(report.bars(title, rows))

    def cold(self, cases: Mapping[str, Case]) -> None:
        """Measure from the start of the process to the first answered SMS."""
        starts = cold.cold(cases.values(), 15 if self.full else 3)
        self.limits += limits.cold_limits(starts)
        head = ("function", "median ms", "× floor", "CPU ms", "CPU × floor", "memory MB", "peak MB")
        self.show("cold", "Cold start", report.table(head, [_started(starts, name) for name in starts]))
        rows = [
            (
                name,
                median(each.wall),
                f"{median(each.wall):.0f} ms, {cold.ratio(starts, name, 'empty'):.2f} ×",
            )
            for name, each in starts.items()
        ]
        self.plot("cold", "Process start to first answered SMS", rows)

    def warm(self, cases: Mapping[str, Case], place: Services) -> None:
        """Measure an instance that is warm."""
        kept = [cases[name] for name in ("empty", "by hand", "ours", "ours, SQLite")]
        loads = (1, 32, 256)
        runs = warm.warm(kept, place, loads, 7 if self.full else 1, 3.0 if self.full else 1.0)
        self.limits += limits.warm_limits(runs)
        head = ("function", "connections", "SMS/s", "× by hand", "CPU ms/SMS", "p50 added ms", "p99 added ms")
        rows = [_ran(runs, key) for key in sorted(runs, key=lambda key: key[1]) if key[0] != "service"]
        self.show("warm", "Warm", report.table(head, rows))
        own = ", ".join(f"{median(runs['service', each].rate):,.0f}/s by {each}" for each in loads)
        self.show("service", "The service, asked directly", f"The service itself, by connections: {own}.")
        plotted = [(each.name, median(runs[each.name, 32].rate)) for each in kept[1:]]
        self.plot("warm", "SMS per second, 32 connections", [(n, r, f"{r:,.0f}") for n, r in plotted])

    def growth(self) -> None:
        """Measure what grows."""
        last = 1_000_000 if self.full else 10_000
        one, many = growth.both(1, 10), growth.both(1_000, 10_000)
        self.limits += limits.growth_limits(one, many)
        rows = [
            *_grown("routes", growth.routes((1, 10, 100, 1_000))),
            *_grown("contacts", growth.contacts((10, 100, 1_000, 10_000))),
            *_grown("characters of text", growth.texts((100, 1_000, 10_000))),
            *_grown("bytes of body", growth.bodies((1_000, 10_000, 100_000, 1_000_000, 10_000_000))),
            *_grown("records in SQLite", growth.records((100, 10_000, last))),
        ]
        self.show(
            "growth", "Growth", report.table(("what", "how many", "µs CPU per SMS", "ms at the start"), rows)
        )

    def verdict(self) -> None:
        """Tell which limits are met."""
        rows = [(each.wanted, each.measured, "met" if each.met else "**not met**") for each in self.limits]
        self.show("limits", "Limits", report.table(("limit", "measured", ""), rows))
        self.show("machine", "Machine", f"{report.machine()}.")


def _started(starts: Mapping[str, cold.Starts], name: str) -> list[str]:
    each = starts[name]
    times = [cold.ratio(starts, name, "empty", cpu=cpu) for cpu in (False, True)]
    sizes = [f"{median(each.memory):.0f}", f"{max(each.peak):.0f}"]
    return [
        name,
        f"{median(each.wall):.0f}",
        f"{times[0]:.2f}",
        f"{median(each.cpu):.0f}",
        f"{times[1]:.2f}",
        *sizes,
    ]


def _ran(runs: Mapping[warm.Key, warm.Runs], key: warm.Key) -> list[str]:
    name, connections = key
    each = runs[key]
    times = warm.ratio(runs, key, ("by hand", connections), lambda runs: runs.rate)
    late = [warm.added(runs, key, lambda runs: runs.p50), warm.added(runs, key, lambda runs: runs.p99)]
    failed = f" ({each.failed} failed)" if each.failed else ""
    rate = f"{median(each.rate):,.0f}{failed}"
    cpu = f"{median(each.cpu):.2f}"
    return [name, str(connections), rate, f"{times:.1f}", cpu, *(f"{one:.1f}" for one in late)]


def _grown(what: str, points: Sequence[growth.Point]) -> Iterator[list[str]]:
    for each in points:
        once = f"{each.once / 1000:.0f}" if each.once else ""
        yield [what, f"{each.size:,}", f"{each.each:,.0f}", once]


@contextmanager
def _cases(place: Services, stack: ExitStack) -> Iterator[dict[str, Case]]:
    """Yield the functions to be measured, by name; the one with Firestore where its emulator is installed."""
    main = ROOT / "main.py"
    ours = place.telegram | {"SIGNING_KEYS": SIGNING_KEY}
    with TemporaryDirectory() as folder:
        sqlite = {"LEDGER_URL": f"sqlite:///{folder}/ledger.sqlite"}
        cases = [
            Case("empty", FUNCTIONS / "empty.py"),
            Case("by hand", FUNCTIONS / "by_hand.py", place.telegram),
            Case("ours", main, ours),
            Case("ours, SQLite", main, ours | sqlite),
            Case("ours, three places", main, ours | place.slack | place.email),
        ]
        if gcloud := shutil.which("gcloud"):
            host = stack.enter_context(emulator(gcloud, Path(folder, "emulator.log")))
            firestore = {"LEDGER_URL": "firestore://bench", "FIRESTORE_EMULATOR_HOST": host}
            cases.append(Case("ours, Firestore", main, ours | firestore))
        yield {each.name: each for each in cases}


def main(full: bool) -> None:
    """Measure everything."""
    bench = Bench(full)
    with services(processes=2) as place, ExitStack() as stack, _cases(place, stack) as cases:
        bench.cold(cases)
        bench.warm(cases, place)
    with services(SLOW) as slow:
        variables = slow.telegram | slow.slack | slow.email | {"SIGNING_KEYS": SIGNING_KEY}
        took = fan_out(Case("ours, three places", ROOT / "main.py", variables))
    said = f"Three services that take {SLOW * 1000:.0f} ms each: an SMS is answered in {took:.0f} ms."
    bench.show("fan-out", "Fan-out", said)
    bench.growth()
    bench.verdict()


if __name__ == "__main__":
    main(sys.argv[1:] != ["--quick"])
