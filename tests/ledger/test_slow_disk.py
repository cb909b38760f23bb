"""A disk that hangs in a commit holds up nothing but the ledger."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def hanging_disk(need: Callable[[str], str], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes the syncs of a process hang while a file exists."""
    library = tmp_path_factory.mktemp("disk") / "hanging.so"
    source = root / "testkit" / "services" / "slow_disk.c"
    subprocess.run([need("gcc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
def told(hanging_disk: Path, root: Path, tmp_path: Path) -> Callable[[str], list[Any]]:
    """Run a process with such a disk, and return what it says."""

    def run(how: str) -> list[Any]:
        flag = tmp_path / "hanging"
        script = [sys.executable, "-W", "error", "-m", "tests.ledger.hanging"]
        environ = os.environ | {"LD_PRELOAD": str(hanging_disk), "HANGING_DISK": str(flag)}
        done = subprocess.run(
            [*script, str(tmp_path / "ledger.sqlite"), str(flag), how],
            cwd=root,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        flag.unlink(missing_ok=True)
        assert (done.returncode, done.stderr) == (0, "")
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_another_event_is_answered_while_a_commit_hangs(told: Callable[[str], list[Any]]) -> None:
    answered, problems, kept, second = told("comes back")
    assert answered == ["answered while the disk hangs", True, True]
    assert any("did not answer" in each for each in problems[1])
    assert kept == ["kept", [["first", "body"]]]
    assert second == ["second", "Done"]


def test_a_process_ends_while_a_commit_hangs(told: Callable[[str], list[Any]]) -> None:
    assert told("ends")[-1] == ["ended while the disk hangs", True]
