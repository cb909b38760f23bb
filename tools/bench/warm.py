"""A warm instance: SMS per second, CPU per SMS, and added latency."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from tools.bench.phone import Tally, bare_request, run_load, sms
from tools.bench.process import Case, Running, running
from tools.bench.services import Services

Key = tuple[str, int]
"""A function's name and the number of connections."""


@dataclass
class Runs:
    """The results of the runs: SMS per second, and milliseconds of CPU and of latency per SMS."""

    rate: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    failed: int = 0

    def add(self, tally: Tally, cpu: float) -> None:
        """Add a run that used so many seconds of CPU."""
        self.failed += tally.failed
        self.rate.append(tally.rate)
        self.cpu.append(cpu * 1000 / len(tally.latencies))
        self.p50.append(tally.percentile(50))
        self.p99.append(tally.percentile(99))


def measure_load(
    cases: Iterable[Case], services: Services, connections: Iterable[int], rounds: int, seconds: float
) -> Mapping[Key, Runs]:
    """Post to every function once a round, one after another; `service` is the service without a function."""
    with ExitStack() as stack:
        functions = {each.name: stack.enter_context(running(each)) for each in cases}
        for function in functions.values():
            warm_up(function)
        loads = list(connections)
        runs = {(name, number): Runs() for name in (*functions, "service") for number in loads}
        for _ in range(rounds):
            for number in loads:
                runs["service", number].add(run_load(services.web, number, seconds / 4, bare_request), 0.0)
                for name, function in functions.items():
                    _run(function, number, seconds, runs[name, number])
        return runs


def ratio(runs: Mapping[Key, Runs], one: Key, other: Key, measure: Callable[[Runs], list[float]]) -> float:
    """Return the median over the rounds of one measure divided by the other's."""
    return median(a / b for a, b in zip(measure(runs[one]), measure(runs[other]), strict=True))


def added(runs: Mapping[Key, Runs], key: Key, measure: Callable[[Runs], list[float]]) -> float:
    """Return the median over the rounds of the milliseconds beyond those of the service alone."""
    service = measure(runs["service", key[1]])
    return median(a - b for a, b in zip(measure(runs[key]), service, strict=True))


def _run(function: Running, connections: int, seconds: float, runs: Runs) -> None:
    before = function.cpu()
    tally = run_load(function.port, connections, seconds, sms)
    runs.add(tally, function.cpu() - before)


def warm_up(function: Running) -> None:
    """Wait until it listens, and let it load what it loads at its first requests."""
    while True:
        try:
            run_load(function.port, 8, 1.0, sms)
        except OSError:
            if function.process.poll() is not None:
                raise
            time.sleep(0.05)
        else:
            return
