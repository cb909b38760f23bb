"""Room in this process's memory for the bodies of requests: what does not fit is refused unread."""

from types import TracebackType
from typing import Self

from relay.memory import EACH, FOR_SMALL, return_large_blocks
from relay.webhook import Refused

SMALL = 64 * 2**10
"""Bytes up to which a body is small: any SMS is."""


class Admission:
    """Shares `room` (bytes) among the bodies that are held.

    The last `FOR_SMALL` bytes of it are for small bodies alone. Small ones may take more if it is free.
    A body that was read and takes more as a text is kept if it is the only one.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held = 0
        self._large = 0

    def lease(self) -> "Lease":
        """Return a lease of nothing yet."""
        return Lease(self)

    def exchange(self, old: int, new: int) -> bool:
        """Give back the room of `old` bytes and take that of `new`; if it does not fit, change nothing."""
        held = self._held - _taken(old) + _taken(new)
        large = self._large - _taken_by_large(old) + _taken_by_large(new)
        fits = held <= self._room and (new <= SMALL or large <= self._room - FOR_SMALL)
        is_alone = 0 < _taken(old) == self._held
        if new > old and not fits and not is_alone:
            return False
        self._held, self._large = held, large
        return True


class Lease:
    """The right to hold one body. It ends when everybody has left who entered its context."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._size = 0
        self._holders = 0

    def widen(self, size: int) -> None:
        """Take room for a body of so many bytes.

        Raises:
            Refused: 503; it does not fit beside what is held.
        """
        if size <= self._size:
            return
        if size > SMALL:
            return_large_blocks()
        if not self._admission.exchange(self._size, size):
            why = f"no room for a body of {size} bytes beside those under way; more memory makes room"
            raise Refused(
                503, "busy", "Too much is under way here; repeat the request later.", why=why, alert=""
            )
        self._size = size

    def __enter__(self) -> Self:
        self._holders += 1
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._holders -= 1
        if not self._holders:
            self._admission.exchange(self._size, 0)
            self._size = 0


def _taken(size: int) -> int:
    return size + EACH if size else 0


def _taken_by_large(size: int) -> int:
    return _taken(size) if size > SMALL else 0
