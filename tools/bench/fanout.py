"""Three slow destinations: an SMS takes as long as one of them."""

import time
from http.client import HTTPConnection
from statistics import median

from tools.bench.phone import sms
from tools.bench.process import Case, Running, running
from tools.bench.services import HOST
from tools.bench.warm import warm_up

REPEATS = 20
"""How many SMS are measured."""


def fan_out(case: Case) -> float:
    """Return the median milliseconds until an SMS is answered."""
    with running(case) as function:
        warm_up(function)
        return median(_measure(function) for _ in range(REPEATS))


def _measure(function: Running) -> float:
    head, _, body = sms(time.time_ns()).partition(b"\r\n\r\n")
    path = head.split(b" ", 2)[1].decode()
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    started_at = time.perf_counter()
    connection = HTTPConnection(HOST, function.port, timeout=30)
    connection.request("POST", path, body, headers)
    content = connection.getresponse().read()
    connection.close()
    if content.count(b'"delivered"') != 3:  # noqa: PLR2004 - the destinations
        raise RuntimeError(content.decode())
    return (time.perf_counter() - started_at) * 1000
