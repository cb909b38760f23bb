"""The function as a process on this machine, started as the cloud starts it."""

import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
START = 30.0
"""Seconds that it may take until it listens."""
STOP = 15.0
"""Seconds that it may take to end what is under way."""

Process = subprocess.Popen[bytes]


class NotStarted(Exception):
    """The function ended before it listened; what it said stands above."""


def free_port() -> int:
    """Return a port that nobody has, below those that outgoing connections are given."""
    port = 0
    while not port or taken(port):
        port = 20_000 + secrets.randbelow(10_000)
    return port


def taken(port: int) -> bool:
    """Tell whether another program has the port."""
    with socket.socket() as wanted:
        wanted.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            wanted.bind((HOST, port))
        except OSError:
            return True
    return False


def end_as_by_ctrl_c() -> None:
    """Let a kill, or a terminal that is closed, end this program as Ctrl-C does: the function with it."""
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, signal.default_int_handler)


@contextmanager
def running(environ: Mapping[str, str], port: int, folder: Path = ROOT) -> Iterator[Process]:
    """Start the function, hand it over once it listens, and stop it at the end, however that comes.

    Raises:
        NotStarted: it refuses to start.
    """
    options = ["--target", "forward", "--source", "main.py", "--host", HOST, "--port", str(port)]
    command = [sys.executable, "-m", "functions_framework", *options]
    with subprocess.Popen(command, cwd=folder, env=environ) as process:  # noqa: S603  (our own words only)
        try:
            _await(process, port)
            yield process
        finally:
            _stop(process)


def _await(process: Process, port: int) -> None:
    end = time.monotonic() + START
    while process.poll() is None and time.monotonic() < end:
        if _listens(port):
            return
        time.sleep(0.05)
    raise NotStarted


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), START).close()
    except OSError:
        return False
    return True


def _stop(process: Process) -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
