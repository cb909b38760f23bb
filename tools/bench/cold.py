"""From the start of the process to the first answered SMS."""

import http.client
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from tools.bench.phone import sms
from tools.bench.process import Case, Running, running
from tools.bench.services import HOST

TIMEOUT = 30.0
"""Seconds to wait for a function's answer."""
_POLL_INTERVAL = 0.001
"""Seconds between two attempts to connect."""


@dataclass
class Starts:
    """The starts of one function: milliseconds until the answer, milliseconds of CPU, and MB of memory."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)


def measure_starts(cases: Iterable[Case], rounds: int) -> Mapping[str, Starts]:
    """Start every function once a round, one after another, so that a slow machine slows all of them."""
    cases = list(cases)
    starts = {each.name: Starts() for each in cases}
    for case in cases:
        _start(case, Starts())  # compiles the modules and fills the page cache
    for number in range(rounds):
        for case in cases if number % 2 else reversed(cases):
            _start(case, starts[case.name])
    return starts


def ratio(starts: Mapping[str, Starts], name: str, floor: str, *, cpu: bool = False) -> float:
    """Return the median over the rounds of how many times as long as the floor a start took."""
    field = "cpu" if cpu else "wall"
    pairs = zip(getattr(starts[name], field), getattr(starts[floor], field), strict=True)
    return median(float(one / other) for one, other in pairs)


def _start(case: Case, starts: Starts) -> None:
    started_at = time.perf_counter()
    with running(case) as function:
        _post_first(function, case)
        starts.wall.append((time.perf_counter() - started_at) * 1000)
        starts.cpu.append(function.cpu() * 1000)
        starts.memory.append(function.memory())
        starts.peak.append(function.peak())


def _post_first(function: Running, case: Case) -> None:
    """Post the first SMS as soon as the function listens, and wait for the answer."""
    head, _, body = sms(time.time_ns()).partition(b"\r\n\r\n")
    _, path, _ = head.split(b" ", 2)
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and function.process.poll() is None:
        connection = http.client.HTTPConnection(HOST, function.port, timeout=TIMEOUT)
        try:
            connection.request("POST", path.decode(), body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except ConnectionRefusedError:
            time.sleep(_POLL_INTERVAL)
            continue
        finally:
            connection.close()
        if answer.status != 200 or b"deferred" in content or b"duplicate" in content:  # noqa: PLR2004 - HTTP's
            raise RuntimeError(f"{case.name} answered {answer.status} {json.dumps(content.decode())}")
        return
    raise RuntimeError(f"{case.name} does not answer")
