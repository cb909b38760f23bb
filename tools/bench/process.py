"""A function as a process of the functions framework, and its use of CPU and memory."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.services import HOST
from tools.function import free_port

ROOT = Path(__file__).parents[2]
API_KEY = "a-key-that-only-the-bench-knows"
_INHERITED = ("PATH", "HOME", "LANG")
_CPU_CLOCK = 2
"""The lowest three bits of the id of a process's CPU-time clock on Linux."""


@dataclass(frozen=True, slots=True)
class Case:
    """A function to measure: its file, and the variables that configure it.

    `framework` is the command that serves it, by default that of this Python.
    """

    name: str
    source: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    framework: tuple[str, ...] = (sys.executable, "-m", "functions_framework", "--host", HOST)


class Running:
    """A running function, which may have several processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def cpu(self) -> float:
        """Return the seconds of CPU time that it has used."""
        return sum(time.clock_gettime((~pid << 3) | _CPU_CLOCK) for pid in self._pids())

    def memory(self) -> float:
        """Return its proportional share of memory, in MB: a page that two processes share counts once."""
        return sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in self._pids()) / 1000

    def peak(self) -> float:
        """Return the peak memory of its largest process, in MB, shared pages included."""
        return max(_kilobytes(pid, "status", "VmHWM") for pid in self._pids()) / 1000

    def _pids(self) -> list[int]:
        main = self.process.pid
        return [main, *(pid for pid, parent in _parents() if parent == main)]


@contextmanager
def running(case: Case) -> Iterator[Running]:
    """Start a function as the cloud does, and stop it at the end; it may not listen yet."""
    port = free_port()
    options = ["--target", "forward", "--source", str(case.source), "--port", str(port)]
    process = subprocess.Popen(
        [*case.framework, *options],
        env={name: os.environ[name] for name in _INHERITED if name in os.environ}
        | {"API_KEY": API_KEY}
        | dict(case.variables),
        cwd=case.source.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Running(process, port)
    finally:
        process.terminate()
        process.wait()


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue


def _kilobytes(pid: int, file: str, field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
