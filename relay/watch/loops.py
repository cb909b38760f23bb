"""Test SMS that have to come back, as the watch sees them; what they are, only `relay.canary` knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from relay.watch.phone import Phone
from relay.watch.state import Finding, State

JudgeLoops = Callable[[State, Mapping[str, Phone], float], tuple[State, list[Finding]]]
"""Returns the state after a tick now (Unix seconds), and what is to be reported; it may be called again."""


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """A test SMS: when the latest came back (Unix seconds, 0 is never), after how many seconds.

    `problem` is what is wrong, and `is_under_way` whether one is on its way now.
    """

    name: str
    returned: float
    seconds: float
    problem: str
    is_under_way: bool

    def to_json(self) -> dict[str, Any]:
        """Return it as a part of an answer."""
        return {
            "name": self.name,
            "returned": round(self.returned) or None,
            "seconds": round(self.seconds, 1) if self.returned else None,
            "problem": self.problem or None,
            "under_way": self.is_under_way,
        }


class Loops(Protocol):
    """All test SMS. Every method raises `LedgerUnavailable` if the ledger does not answer."""

    async def look(self) -> JudgeLoops:
        """Ask what has become of those of which nothing was heard, and return how all are judged."""

    async def send(self) -> None:
        """Send what is due."""

    async def status(self, state: State) -> tuple[LoopStatus, ...]:
        """Return how each of them is."""
