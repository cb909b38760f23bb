"""How much memory there is for a process, and what fits into it."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.source import CONCURRENCY, MEMORY_MIB
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


LIMITS = "Limit                     Soft Limit           Hard Limit\nMax file size             1000 1000\n"


def available(root: Path) -> int:
    """Return what there is on a machine of 8 GiB with these files of the kernel."""
    return available_memory(root, 8192 * MIB)


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


def test_without_any_limit_it_is_half_of_the_machine(tmp_path: Path) -> None:
    assert available(tmp_path) == 4096 * MIB


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
def test_the_smallest_limit_of_the_path_counts(tmp_path: Path, limits: dict[str, str], expected: int) -> None:
    version_2(tmp_path, limits, "/a/b/c")
    assert available(tmp_path) == expected * MIB
    version_1(tmp_path, limits, "/a/b/c")
    (tmp_path / V2 / "a" / "memory.max").unlink(missing_ok=True)
    (tmp_path / V2 / "memory.max").unlink(missing_ok=True)
    assert available(tmp_path) == expected * MIB


@pytest.mark.parametrize("path", ["/docker/0123", "/../../docker"])
def test_a_group_that_is_not_seen_from_within_a_container(tmp_path: Path, path: str) -> None:
    """There the tree begins at the container's own group, and the path may lead outside it."""
    version_2(tmp_path, {"": str(512 * MIB)}, path)
    write(tmp_path, "docker/memory.max", str(MIB))
    assert available(tmp_path) == 512 * MIB


@pytest.mark.parametrize(("limit", "expected"), [(str(512 * MIB), 512), ("unlimited", 4096)])
def test_a_limit_of_addresses_counts_where_no_group_limits(tmp_path: Path, limit: str, expected: int) -> None:
    write(tmp_path, "proc/self/limits", f"{LIMITS}Max address space         {limit} unlimited bytes\n")
    assert available(tmp_path) == expected * MIB
    version_2(tmp_path, {"": str(700 * MIB)})
    assert available(tmp_path) == 700 * MIB


def test_a_limit_of_addresses_of_a_real_process_is_seen() -> None:
    code = "from relay import memory; print(*memory._address_limits(memory.Path('/')))"
    command = f'ulimit -v 3145728; exec {sys.executable} -c "{code}"'
    said = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True)
    assert int(said.stdout) == 3 * 2**30


def test_this_machine_is_understood() -> None:
    assert 64 * MIB < available_memory() < 2**45


@pytest.mark.parametrize("destinations", [1, 2, 4, 9])
def test_the_largest_body_fits_into_the_memory_that_it_is_said_to_need(destinations: int) -> None:
    for body in (1024, 16 * MIB, 32 * MIB):
        memory = memory_for(body, destinations)
        assert largest_body(memory, destinations) == body
        assert largest_body(memory - 1, destinations) == body - 1
    assert room_for_bodies(0, destinations) == largest_body(PROCESS + FOR_SMALL, destinations) == 0


def test_a_small_instance_holds_the_largest_body_that_is_read_by_default() -> None:
    assert largest_body(256 * MIB, 1) >= Settings.model_fields["max_body_bytes"].default


def test_a_destination_more_is_a_copy_more() -> None:
    rooms = [room_for_bodies(1024 * MIB, destinations) for destinations in (1, 2, 3, 4, 9)]
    assert rooms == sorted(rooms, reverse=True)
    assert rooms[-2] == rooms[-1]
    assert rooms[0] == (1024 * MIB - PROCESS) // (COPIES + 1)


def test_so_many_of_the_largest_bodies_fit_as_the_deployed_function_takes_requests() -> None:
    large = Settings.model_fields["max_body_bytes"].default + EACH
    assert CONCURRENCY * large + FOR_SMALL <= room_for_bodies(MEMORY_MIB * MIB, 1)


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
