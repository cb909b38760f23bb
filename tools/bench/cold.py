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

PATIENCE = 30.0
"""Seconds after which a function that does not answer is given up."""
_LOOK = 0.001
"""Seconds between two looks whether it listens."""


@dataclass
class Starts:
    """What each start of one function took: milliseconds until the answer, and of CPU; MB of memory."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)


def cold(cases: Iterable[Case], rounds: int) -> Mapping[str, Starts]:
    """Start every function once a round, one after another: what slows the machine slows all of them."""
    cases = list(cases)
    starts = {each.name: Starts() for each in cases}
    for case in cases:
        _start(case, Starts())  # what is not compiled yet, and not in the page cache
    for number in range(rounds):
        for case in cases if number % 2 else reversed(cases):
            _start(case, starts[case.name])
    return starts


def ratio(starts: Mapping[str, Starts], name: str, floor: str, *, cpu: bool = False) -> float:
    """Return the median over the rounds of how many times the floor a start took."""
    field = "cpu" if cpu else "wall"
    pairs = zip(getattr(starts[name], field), getattr(starts[floor], field), strict=True)
    return median(float(one / other) for one, other in pairs)


def _start(case: Case, starts: Starts) -> None:
    begun = time.perf_counter()
    with running(case) as function:
        _first(function, case)
        starts.wall.append((time.perf_counter() - begun) * 1000)
        starts.cpu.append(function.cpu() * 1000)
        starts.memory.append(function.memory())
        starts.peak.append(function.peak())


def _first(function: Running, case: Case) -> None:
    """Post the first SMS as soon as the function listens, and wait for the answer."""
    head, _, body = sms(time.time_ns()).partition(b"\r\n\r\n")
    _, path, _ = head.split(b" ", 2)
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and function.process.poll() is None:
        connection = http.client.HTTPConnection(HOST, function.port, timeout=PATIENCE)
        try:
            connection.request("POST", path.decode(), body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except ConnectionRefusedError:
            time.sleep(_LOOK)
            continue
        finally:
            connection.close()
        if answer.status != 200 or b"deferred" in said or b"duplicate" in said:  # noqa: PLR2004 - HTTP's
            raise RuntimeError(f"{case.name} answered {answer.status} {json.dumps(said.decode())}")
        return
    raise RuntimeError(f"{case.name} does not answer")
