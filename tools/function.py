"""The function as a process on this machine, started as the cloud starts it."""

import errno
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
START_TIMEOUT = 30.0
"""Seconds that it may take until it listens."""
STOP_TIMEOUT = 15.0
"""Seconds that it may take to finish what is under way."""

Process = subprocess.Popen[bytes]


class NotStarted(Exception):
    """The function ended before it listened; its output says why."""


def free_port() -> int:
    """Return a free port, below those that outgoing connections are given."""
    port = 0
    while not port or is_taken(port):
        port = 20_000 + secrets.randbelow(10_000)
    return port


def is_taken(port: int, host: str = HOST) -> bool:
    """Return whether another program uses the port.

    Raises:
        OSError: the host is no address of this machine.
    """
    try:
        with socket.create_server((host, port), family=_family(host)):
            return False
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return True
        raise


def reachable(host: str) -> str:
    """Return the address by which this machine reaches what listens on a host, as it is written in a URL."""
    host = {"0.0.0.0": HOST, "::": "::1"}.get(host, host)  # noqa: S104  (nothing is bound here)
    return f"[{host}]" if ":" in host else host


def handle_signals() -> None:
    """Let a kill, or a closed terminal, end this program like Ctrl-C does, and the function with it."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


@contextmanager
def running(
    environ: Mapping[str, str], port: int, folder: Path = ROOT, host: str = HOST
) -> Iterator[Process]:
    """Start the function, yield it once it listens, and stop it at the end, whatever happens.

    Raises:
        NotStarted: it refuses to start.
    """
    options = [
        "--target",
        "forward",
        "--source",
        "main.py",
        "--host",
        f"[{host}]" if ":" in host else host,
        "--port",
        str(port),
    ]
    command = [sys.executable, "-m", "functions_framework", *options]
    with subprocess.Popen(command, cwd=folder, env=environ) as process:  # noqa: S603  (only our own arguments)
        try:
            _await_start(process, port, host)
            yield process
        finally:
            _stop(process)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _await_start(process: Process, port: int, host: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        if _is_listening(port, reachable(host).strip("[]")):
            return
        time.sleep(0.05)
    raise NotStarted


def _is_listening(port: int, host: str) -> bool:
    try:
        socket.create_connection((host, port), START_TIMEOUT).close()
    except OSError:
        return False
    return True


def _stop(process: Process) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
