"""How much memory this process has for the bodies of requests."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

MIB = 2**20
PROCESS = 160 * MIB
"""Bytes that the process takes without any body, with every ledger and destination."""
COPIES = 3
"""How often a body is in memory while it is delivered: as it came, decoded, and its files."""
MOST_POSTS = 4
"""Destinations whose posts of one body are counted; each post is one more copy."""
FOR_SMALL = 7 * MIB
"""Bytes of the room that only small bodies may take: an SMS gets through whatever MMS wait."""
EACH = 32 * 2**10
"""Bytes that count for a body while it is delivered, beside its own."""
_UNLIMITED = 2**50
"""A limit of so many bytes is none: version 1 of cgroups writes none as nearly 2**63."""

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h

# where each version of cgroups is mounted, and in which file a group's limit is
_VERSION_1 = ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
_VERSION_2 = ("sys/fs/cgroup", "memory.max")


def room_for_bodies(memory: int, destinations: int) -> int:
    """Return how many bytes of bodies fit into so much memory at once, none if it is too small."""
    return max((memory - PROCESS) // _copies(destinations), 0)


def largest_body(memory: int, destinations: int) -> int:
    """Return the size of the largest body that fits, in bytes."""
    return max(room_for_bodies(memory, destinations) - FOR_SMALL - EACH, 0)


def memory_for(body: int, destinations: int) -> int:
    """Return the least memory into which a body of this size fits; both in bytes."""
    return PROCESS + _copies(destinations) * (body + EACH + FOR_SMALL)


def size_as_text(body: bytes) -> int:
    """Return about how many bytes a body takes as a text: each character is as wide as the widest of them.

    https://peps.python.org/pep-0393/
    """
    if body.isascii():
        return len(body)
    has_four_bytes = any(lead in body for lead in (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4"))
    return len(body) * (4 if has_four_bytes else 2)


def _copies(destinations: int) -> int:
    return COPIES + min(destinations, MOST_POSTS)


def available_memory(root: Path = Path("/"), machine: int | None = None) -> int:
    """Return how many bytes of memory this process may use.

    That is the smallest limit on the path of its control group, else its limit of addresses, else half of
    the memory of the `machine` (bytes, by default what there is): there it is not alone.
    """
    machine = machine or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = list(filter(_limits, _group_limits(root))) or list(filter(_limits, _address_limits(root)))
    return min(*limits, machine) if limits else machine // 2


def _limits(limit: int) -> bool:
    return 0 < limit < _UNLIMITED


@cache
def return_large_blocks() -> None:
    """Let what is freed of a large body go back to the system at once, where the C library is GNU's.

    By itself it keeps for later whatever it was once given back, up to 32 MiB a piece: so a process would
    stay at its peak, and in pieces. https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    import ctypes  # noqa: PLC0415  (a start, and an SMS, would pay for it in milliseconds)

    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        set_option(_MMAP_THRESHOLD, MIB)


def _group_limits(root: Path) -> Iterator[int]:
    """Yield the limit of each group from the root of the tree to the process's own."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        mounted, name = _VERSION_1 if controllers else _VERSION_2
        folder = root / mounted
        steps = [step for step in path.split("/") if step]
        for step in ("", *([] if ".." in steps else steps)):  # a group beyond the mounted tree is not seen
            folder = folder / step
            yield from (int(limit) for limit in _lines(folder / name) if limit.isdecimal())


def _address_limits(root: Path) -> Iterator[int]:
    """Yield the limit that `ulimit -v` sets, if it is set."""
    for line in _lines(root / "proc/self/limits"):
        if line.startswith("Max address space"):
            yield from (int(limit) for limit in line.split()[3:4] if limit.isdecimal())


def _lines(file: Path) -> list[str]:
    """Return the lines of a file that the kernel writes, none if it is not there."""
    try:
        return file.read_text().splitlines()
    except OSError:
        return []
