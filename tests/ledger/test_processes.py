"""What ledgers promise to several processes, and to those that come after one that died."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from relay.ledger.identity import Identity
from relay.ledger.record import LEASE, Busy, Done, Granted
from tests.ledger.claimant import DEBT, KEY
from tests.ledger.places import DURABLE, Place

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", DURABLE, indirect=True)]

Process = subprocess.Popen[bytes]
Start = Callable[..., Process]


@pytest.fixture
def start(place: Place, root: Path) -> Iterator[Start]:
    """Start a process that has opened the ledger and waits for a word to go on."""
    processes: list[Process] = []

    def started(verb: str, count: int = 1) -> Process:
        script = [sys.executable, "-W", "error", "-m", "tests.ledger.claimant"]
        command = [*script, place.url, verb, f"owner {len(processes)}", str(count)]
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        processes.append(subprocess.Popen(command, cwd=root, **pipes))
        assert heard(processes[-1]) == "ready"
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def heard(process: Process) -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1].decode()
    return json.loads(line)


def go_on(*processes: Process) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()


def ended(process: Process) -> None:
    """Expect a quiet end."""
    assert process.communicate()[1] == b""
    assert process.returncode == 0


async def test_one_of_all_claims_is_granted(start: Start) -> None:
    both = start("claim", 50), start("claim", 50)
    go_on(*both)
    answers: Counter[str] = Counter()
    for process in both:
        answers.update(heard(process))
        ended(process)
    assert answers == {"Granted": 1, "Busy": 99}


async def test_every_event_is_delivered_by_one(start: Start) -> None:
    both = start("deliver", 100), start("deliver", 100)
    go_on(*both)
    assert sum(heard(process) for process in both) == 100


async def test_memos_are_revised_by_one_process_at_a_time(start: Start, place: Place) -> None:
    both = start("count", 30), start("count", 30)
    go_on(*both)
    assert [heard(process) for process in both] == ["counted"] * 2
    first_seen_at: list[Any] = []
    await place.ledger().update_note("count", first_seen_at.append)
    assert first_seen_at == [{"count": 60}]


async def test_a_server_may_fork_after_it_opened_the_ledger(start: Start) -> None:
    process = start("fork", 20)
    go_on(process)
    assert Counter(heard(process)) + Counter(heard(process)) == {"Granted": 1, "Busy": 39}
    ended(process)


async def test_a_process_killed_before_it_settles_holds_its_lease_and_no_longer(
    start: Start, place: Place
) -> None:
    process = start("die")
    go_on(process)
    assert heard(process) == "Granted"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    place.now = time.time()
    assert isinstance(await place.ledger().claim(Identity(KEY), DEBT, "next"), Busy)
    await place.elapse(LEASE + 1)
    assert isinstance(await place.ledger().claim(Identity(KEY), DEBT, "next"), Granted)


async def test_what_was_settled_survives_a_kill(start: Start, place: Place) -> None:
    process = start("work", 100_000)
    go_on(process)
    settled = [heard(process) for _ in range(20)]
    process.kill()
    process.wait()
    place.now = time.time()
    for number in settled:
        assert isinstance(await place.ledger().claim(Identity(f"{number:04x}{KEY}"), DEBT, "next"), Done)
    assert isinstance(await place.ledger().claim(Identity("another"), DEBT, "next"), Granted)
