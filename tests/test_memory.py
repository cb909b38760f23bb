"""How much memory there is for a process, and what fits into it."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from relay.config import Settings
from relay.memory import (
    COPIES,
    EACH,
    FOR_SMALL,
    MIB,
    PROCESS,
    available_memory,
    largest_body,
    memory_for,
    room_for_bodies,
)

V1, V2 = "sys/fs/cgroup/memory", "sys/fs/cgroup"
NONE = str(2**63 - 4096)


@pytest.fixture(autouse=True)
def without_limit_of_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        resource, "getrlimit", lambda _which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a tree of the kernel's files of a machine with 8 GiB and no limits."""
    write(tmp_path, "proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          123 kB\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def version_1(root: Path, limits: dict[str, str], path: str = "/") -> None:
    write(root, "proc/self/cgroup", f"9:name=systemd:/x\n4:cpu,memory:{path}\n1:cpu:/other\n0::/\n")
    for folder, limit in limits.items():
        write(root, f"{V1}/{folder}/memory.limit_in_bytes", f"{limit}\n")


def version_2(root: Path, limits: dict[str, str], path: str = "/") -> None:
    write(root, "proc/self/cgroup", f"0::{path}\n")
    for folder, limit in limits.items():
        write(root, f"{V2}/{folder}/memory.max", f"{limit}\n")


def test_without_any_limit_it_is_half_of_the_machine(machine: Path) -> None:
    assert available_memory(machine) == 4096 * MIB


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"a": "max", "a/b": str(512 * MIB), "a/b/c": "max"}, 512),
        ({"a": str(256 * MIB), "a/b": str(512 * MIB), "a/b/c": "max"}, 256),
        ({"": str(300 * MIB)}, 300),
        ({"a/b/c": str(2**40)}, 8192),
        ({"a": "max", "a/b": "max"}, 4096),
        ({"other": str(MIB)}, 4096),
        ({"a": "0"}, 4096),
        ({"a": "nonsense"}, 4096),
        ({"a": NONE}, 4096),
    ],
)
def test_the_smallest_limit_of_the_path_counts(machine: Path, limits: dict[str, str], expected: int) -> None:
    version_2(machine, limits, "/a/b/c")
    assert available_memory(machine) == expected * MIB
    version_1(machine, limits, "/a/b/c")
    (machine / V2 / "a" / "memory.max").unlink(missing_ok=True)
    (machine / V2 / "memory.max").unlink(missing_ok=True)
    assert available_memory(machine) == expected * MIB


@pytest.mark.parametrize("path", ["/docker/0123", "/../../docker"])
def test_a_group_that_is_not_seen_from_within_a_container(machine: Path, path: str) -> None:
    """There the tree begins at the container's own group, and the path may lead outside it."""
    version_2(machine, {"": str(512 * MIB)}, path)
    write(machine, "docker/memory.max", str(MIB))
    assert available_memory(machine) == 512 * MIB


@pytest.mark.parametrize("limit", [512 * MIB, resource.RLIM_INFINITY])
def test_a_limit_of_addresses_counts_where_no_group_limits(
    machine: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (limit, limit))
    assert available_memory(machine) == (limit if limit > 0 else 4096 * MIB)
    version_2(machine, {"": str(700 * MIB)})
    assert available_memory(machine) == 700 * MIB


def test_this_machine_is_understood() -> None:
    assert 64 * MIB < available_memory() < 2**45


@pytest.mark.parametrize("destinations", [1, 2, 4, 9])
def test_the_largest_body_fits_into_the_memory_that_it_is_said_to_need(destinations: int) -> None:
    for body in (1024, 16 * MIB, 32 * MIB):
        memory = memory_for(body, destinations)
        assert largest_body(memory, destinations) == body
        assert largest_body(memory - 1, destinations) == body - 1
    assert room_for_bodies(0, destinations) == largest_body(PROCESS + FOR_SMALL, destinations) == 0


def test_a_destination_more_is_a_copy_more() -> None:
    rooms = [room_for_bodies(1024 * MIB, destinations) for destinations in (1, 2, 3, 4, 9)]
    assert rooms == sorted(rooms, reverse=True)
    assert rooms[-2] == rooms[-1]
    assert rooms[0] == (1024 * MIB - PROCESS) // (COPIES + 1)


def test_so_many_of_the_largest_bodies_fit_as_the_deployed_function_takes_requests(root: Path) -> None:
    words = (root / "deploy" / "function.sh").read_text()
    memory, concurrency = (
        int(words.partition(f"readonly {name}=")[2].split()[0]) for name in ("MEMORY_MIB", "CONCURRENCY")
    )
    large = Settings.model_fields["max_body_bytes"].default + EACH
    assert concurrency * large + FOR_SMALL <= room_for_bodies(memory * MIB, 1)


BLOCKS = """
import ctypes, resource, sys
from relay.memory import return_large_blocks

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

if sys.argv[1:] == ["returned"]:
    return_large_blocks()
bytes(30 << 20)  # the C library learns from it to keep what is freed
before = resident()
kept = []
for _ in range(8):
    large = bytearray(15 << 20)
    kept.append(bytearray(60_000))
    del large
held = [bytearray(b"x") * (15 << 20) for _ in range(4)]
kept.append(bytearray(60_000))
del held
print(resident() - before)
"""


def left_behind(*arguments: str) -> int:
    command = [sys.executable, "-c", BLOCKS, *arguments]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux only")
def test_what_a_large_body_took_goes_back_to_the_system() -> None:
    assert left_behind("returned") < 4 * MIB
    assert left_behind() > 10 * MIB
