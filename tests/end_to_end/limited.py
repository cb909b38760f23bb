"""A control group of our own, in which a process really ends when it takes too much memory."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FORMS = {
    "memory": (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
    "": (Path("/sys/fs/cgroup"), "memory.max", "memory.peak"),
}
"""Where each version of control groups is, by its name in /proc: tree, limit, most that was used."""


class NoGroup(Exception):
    """This machine lets us make none; the words say why."""


class Group:
    """A group that is there, with its limit."""

    def __init__(self, folder: Path, peak: str) -> None:
        self._folder = folder
        self._peak = peak

    @property
    def peak(self) -> int:
        """The most that its processes have used together, in bytes."""
        return int((self._folder / self._peak).read_text())

    @property
    def processes(self) -> list[int]:
        """The ids of its processes, in order."""
        return sorted(map(int, (self._folder / "cgroup.procs").read_text().split()))

    @property
    def join(self) -> Callable[[], None]:
        """What a new process calls to become a member, before anything else."""
        members = self._folder / "cgroup.procs"

        def join() -> None:
            members.write_text(str(os.getpid()))

        return join


@contextmanager
def group(limit: int) -> Iterator[Group]:
    """Make a group below our own that may take `limit` bytes, and remove it when its processes are gone.

    Raises:
        NoGroup: it cannot be made here.
    """
    folder, name, peak = _own_group()
    made = folder / f"relay-{os.getpid()}"
    try:
        made.mkdir()
    except OSError as problem:
        raise NoGroup(f"no control group can be made in {folder}: {problem.strerror}") from None
    try:
        (made / name).write_text(str(limit))
    except OSError as problem:
        made.rmdir()
        raise NoGroup(f"memory cannot be limited in {folder}: {problem.strerror}") from None
    try:
        yield Group(made, peak)
    finally:
        with suppress(OSError):
            made.rmdir()


def _own_group() -> tuple[Path, str, str]:
    """Return the folder of the group that we are in, and the names of its files."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        raise NoGroup("this system has no control groups") from None
    for line in sorted(lines, key=lambda each: ":memory:" not in each):
        _, controllers, path = line.split(":", 2)
        form = FORMS.get("memory" if "memory" in controllers.split(",") else controllers)
        if form and (folder := form[0] / path.strip("/")).is_dir():
            return folder, *form[1:]
    raise NoGroup("the control group of this process is not to be seen")
