"""`make bench`: measures everything and prints it; the full run writes it into docs/performance.md."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from testkit.services.firestore import emulator
from tools.bench import cold, deployed, growth, ledger, limits, report, warm
from tools.bench.fanout import fan_out
from tools.bench.phone import SIGNING_KEY
from tools.bench.process import ROOT, Case
from tools.bench.services import Services, services

FUNCTIONS = ROOT / "tools" / "bench" / "functions"
SLOW_SECONDS = 0.1
"""How long each of three services takes to answer in the fan-out measurement."""


class Bench:
    """One run; a `full` one takes more rounds and writes the document."""

    def __init__(self, full: bool) -> None:
        self.full = full
        self.limits: list[limits.Limit] = []

    def report(self, section: str, title: str, text: str) -> None:
        """Print a result; a full run also writes it into the document."""
        print(f"\n{title}\n{text}", flush=True)
        if self.full:
            report.write_section(section, text)

    def plot(self, name: str, title: str, rows: Sequence[tuple[str, float, str]]) -> None:
        """Write a bar chart; only a full run does."""
        if self.full:
            (report.DOCS / f"performance-{name}.svg").write_text(report.bar_chart(title, rows))

    def cold(self, cases: Mapping[str, Case]) -> None:
        """Measure from the start of the process to the first answered SMS."""
        starts = cold.measure_starts(cases.values(), 15 if self.full else 3)
        self.limits += limits.cold_limits(starts)
        head = ("function", "median ms", "× floor", "CPU ms", "CPU × floor", "memory MB", "peak MB")
        self.report("cold", "Cold start", report.table(head, [_cold_row(starts, name) for name in starts]))
        rows = [
            (
                name,
                median(each.wall),
                f"{median(each.wall):.0f} ms, {cold.ratio(starts, name, 'empty'):.2f} ×",
            )
            for name, each in starts.items()
        ]
        self.plot("cold", "Process start to first answered SMS", rows)

    def warm(self, cases: Mapping[str, Case], services: Services) -> None:
        """Measure a warm instance."""
        kept = [cases[name] for name in ("empty", "by hand", "ours", "ours, SQLite")]
        loads = (1, 32, 256)
        runs = warm.measure_load(kept, services, loads, 7 if self.full else 1, 3.0 if self.full else 1.0)
        self.limits += limits.warm_limits(runs)
        head = ("function", "connections", "SMS/s", "× by hand", "CPU ms/SMS", "p50 added ms", "p99 added ms")
        rows = [_warm_row(runs, key) for key in sorted(runs, key=lambda key: key[1]) if key[0] != "service"]
        self.report("warm", "Warm", report.table(head, rows))
        rates = ", ".join(f"{median(runs['service', each].rate):,.0f}/s by {each}" for each in loads)
        self.report("service", "The service, asked directly", f"The service itself, by connections: {rates}.")
        plotted = [(each.name, median(runs[each.name, 32].rate)) for each in kept[1:]]
        self.plot("warm", "SMS per second, 32 connections", [(n, r, f"{r:,.0f}") for n, r in plotted])

    def ledger(self, case: Case) -> None:
        """Measure the two calls that an SMS makes to Firestore."""
        milliseconds = ledger.claim_and_settle(case.variables)
        self.limits += limits.ledger_limits(milliseconds)
        text = f"An SMS is claimed and settled in {milliseconds:.1f} ms at the median, against the emulator."
        self.report("ledger", "Firestore", text)

    def growth(self) -> None:
        """Measure the cost as configurations, messages and ledgers grow."""
        max_records = 1_000_000 if self.full else 10_000
        small, large = growth.measure_config(1, 10), growth.measure_config(1_000, 10_000)
        self.limits += limits.growth_limits(small, large)
        rows = [
            *_growth_rows("routes", growth.measure_routes((1, 10, 100, 1_000))),
            *_growth_rows("contacts", growth.measure_contacts((10, 100, 1_000, 10_000))),
            *_growth_rows("characters of text", growth.measure_texts((100, 1_000, 10_000))),
            *_growth_rows("bytes of body", growth.measure_bodies(10**exponent for exponent in range(3, 8))),
            *_growth_rows("records in SQLite", growth.measure_records((100, 10_000, max_records))),
        ]
        self.report(
            "growth", "Growth", report.table(("what", "how many", "µs CPU per SMS", "ms at the start"), rows)
        )

    def verdict(self) -> None:
        """Report which limits are met."""
        rows = [(each.wanted, each.measured, "met" if each.met else "**not met**") for each in self.limits]
        self.report("limits", "Limits", report.table(("limit", "measured", ""), rows))
        self.report("machine", "Machine", f"{report.describe_machine()}.")


def _cold_row(starts: Mapping[str, cold.Starts], name: str) -> list[str]:
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


def _warm_row(runs: Mapping[warm.Key, warm.Runs], key: warm.Key) -> list[str]:
    name, connections = key
    each = runs[key]
    times = warm.ratio(runs, key, ("by hand", connections), lambda runs: runs.rate)
    added = [warm.added(runs, key, lambda runs: runs.p50), warm.added(runs, key, lambda runs: runs.p99)]
    failed = f" ({each.failed} failed)" if each.failed else ""
    rate = f"{median(each.rate):,.0f}{failed}"
    cpu = f"{median(each.cpu):.2f}"
    return [name, str(connections), rate, f"{times:.1f}", cpu, *(f"{one:.1f}" for one in added)]


def _growth_rows(what: str, points: Sequence[growth.Point]) -> Iterator[list[str]]:
    for each in points:
        start = f"{each.start / 1000:.0f}" if each.start else ""
        yield [what, f"{each.size:,}", f"{each.per_sms:,.0f}", start]


@contextmanager
def _image(folder: Path) -> Iterator[Path]:
    """Yield the function's file in a folder as it is in Google's image."""
    deployed.build(deployed.copy_upload(folder), deployed.BUILD)
    try:
        yield folder / "main.py"
    finally:
        deployed.unlock(folder)


@contextmanager
def _cases(services: Services, stack: ExitStack) -> Iterator[dict[str, Case]]:
    """Yield the functions to measure, by name; the one with Firestore only if its emulator is installed."""
    ours = services.telegram | {"SIGNING_KEYS": SIGNING_KEY}
    with TemporaryDirectory() as folder, _image(Path(folder, "image")) as main:
        sqlite = {"LEDGER_URL": f"sqlite:///{folder}/ledger.sqlite"}
        cases = [
            Case("empty", FUNCTIONS / "empty.py"),
            Case("by hand", FUNCTIONS / "by_hand.py", services.telegram),
            Case("ours", main, ours),
            Case("ours, SQLite", main, ours | sqlite),
            Case("ours, three destinations", main, ours | services.slack | services.email),
        ]
        if gcloud := shutil.which("gcloud"):
            host = stack.enter_context(emulator(gcloud, Path(folder, "emulator.log")))
            firestore = {"LEDGER_URL": "firestore://bench", "FIRESTORE_EMULATOR_HOST": host}
            cases.insert(0, Case(limits.DEPLOYED, main, ours | firestore))
        if framework := shutil.which("functions-framework-nodejs"):
            node = (shutil.which("node") or "node", framework, "--signature-type", "http")
            cases.append(Case("by hand, Node.js", FUNCTIONS / "by_hand", services.telegram, node))
        yield {each.name: each for each in cases}


def main(full: bool) -> None:
    """Measure everything."""
    bench = Bench(full)
    with services(processes=2) as running, ExitStack() as stack, _cases(running, stack) as cases:
        bench.cold(cases)
        bench.warm(cases, running)
        if limits.DEPLOYED in cases:
            bench.ledger(cases[limits.DEPLOYED])
    with services(SLOW_SECONDS) as slow:
        variables = slow.telegram | slow.slack | slow.email | {"SIGNING_KEYS": SIGNING_KEY}
        milliseconds = fan_out(Case("ours, three destinations", ROOT / "main.py", variables))
    each = SLOW_SECONDS * 1000
    text = f"Three services that take {each:.0f} ms each: an SMS is answered in {milliseconds:.0f} ms."
    bench.report("fan-out", "Fan-out", text)
    bench.growth()
    bench.verdict()


if __name__ == "__main__":
    main(sys.argv[1:] != ["--quick"])
