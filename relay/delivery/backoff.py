"""Which destinations asked to be left alone, and until when."""

from collections.abc import Callable

from forwarders.base import Failure, TransientFailure

LONGEST = 6 * 3600.0
"""Seconds that a destination is left alone at most: the phone repeats for about 45 hours, then gives up."""


class Backoff:
    """The times that destinations have asked this instance to wait; `clock` gives Unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: dict[str, tuple[float, float]] = {}

    def record(self, name: str, failure: Failure | None) -> None:
        """Remember when a destination wants to be called again, if it has named a time."""
        if isinstance(failure, TransientFailure) and failure.retry_after:
            seconds = min(failure.retry_after, LONGEST)
            self._asked[name] = self._clock() + seconds, seconds

    def blocked(self, name: str) -> TransientFailure | None:
        """Return why a destination is not called now; None if it may be.

        The seconds that are left are not in the words: they change, and equal words make
        equal plans. A clock that was put back does not prolong them.
        """
        until, asked = self._asked.get(name, (0.0, 0.0))
        seconds = until - self._clock()
        if not 0 < seconds <= asked + 1:
            return None
        return TransientFailure("it asked to be left alone for a while", seconds)
