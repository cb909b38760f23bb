"""Three destinations that take their time: an SMS takes as long as one of them."""

import time
from http.client import HTTPConnection
from statistics import median

from tools.bench.phone import sms
from tools.bench.process import Case, Running, running
from tools.bench.services import HOST
from tools.bench.warm import awake

TIMES = 20


def fan_out(case: Case) -> float:
    """Return the median milliseconds until one SMS after another is answered."""
    with running(case) as function:
        awake(function)
        return median(_took(function) for _ in range(TIMES))


def _took(function: Running) -> float:
    head, _, body = sms(time.time_ns()).partition(b"\r\n\r\n")
    path = head.split(b" ", 2)[1].decode()
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    begun = time.perf_counter()
    connection = HTTPConnection(HOST, function.port, timeout=30)
    connection.request("POST", path, body, headers)
    said = connection.getresponse().read()
    connection.close()
    if said.count(b'"delivered"') != 3:  # noqa: PLR2004 - the destinations
        raise RuntimeError(said.decode())
    return (time.perf_counter() - begun) * 1000
