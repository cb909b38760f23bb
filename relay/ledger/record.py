"""One event's record: what it owes, what was accepted, and who may attempt the rest."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from relay.model import DeliveryState, Dispatch

LEASE = 60.0
"""Seconds that one claim lasts."""
SETTLED_FOR = 7 * 86400.0
"""Seconds that a settled record is remembered: longer than a phone repeats."""
OPEN_FOR = 30 * 86400.0
"""Seconds that a record with something open or refused is kept."""

WRITTEN_AHEAD = 60.0
"""Seconds by which the clock of another instance may be ahead of ours."""

_UNSETTLED = (DeliveryState.OPEN, DeliveryState.REFUSED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the delivery to one destination is.

    The first `posts` of the plan with the fingerprint `plan` were accepted. `parts` of the posts after
    them were accepted too, and `refused` ones never will be, each with its reason: `2` is all of the
    post with the index 2, `2.words` one of its parts. `by` are the owners whose attempts were accepted
    whole, more than one being a double; `reason` says why it is not delivered.
    """

    state: DeliveryState = DeliveryState.OPEN
    posts: int = 0
    plan: str = ""
    by: tuple[str, ...] = ()
    reason: str = ""
    parts: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()

    def merged(self, late: "Progress") -> "Progress":
        """Join what is recorded with what an attempt reports; acceptances are never undone.

        The order in which reports come decides nothing but the reason, and the plan where two differ.
        An attempt that made no plan says nothing of how many posts were accepted.
        """
        if late.state.rank < self.state.rank:
            return self
        if self.state is late.state is DeliveryState.DELIVERED:
            return dataclasses.replace(self, by=tuple(dict.fromkeys(self.by + late.by)))
        if late.plan == self.plan or not (late.plan or late.parts or late.refused):
            parts, refused = {*self.parts, *late.parts}, {**self.refused, **late.refused}
            return dataclasses.replace(
                late,
                posts=max(late.posts, self.posts),
                plan=self.plan,
                parts=tuple(sorted(parts)),
                refused=refused,
                waiting=tuple(sorted({*self.waiting, *late.waiting} - parts - refused.keys())),
            )
        return late


_UNTOUCHED = Progress()


@dataclass(frozen=True, slots=True)
class Record:
    """All that is remembered of one event. `raw` is its body, kept only while something is open.

    `registrations` are those that have emitted it, each with the seconds by which it dated it later than
    the record's key. `unknown_since` is when a destination that it owes was first found unknown (Unix
    seconds), 0 if none was. `dropped` are the destinations to which it owes nothing any more because the
    operator said so.
    """

    dispatch: Dispatch
    progress: Mapping[str, Progress] = field(default_factory=dict)
    owner: str = ""
    lease_until: float = 0.0
    expires: float = 0.0
    raw: bytes | None = field(default=None, repr=False)
    registrations: Mapping[str, int] = field(default_factory=dict)
    unknown_since: float = 0.0
    dropped: tuple[str, ...] = ()

    def of(self, destination: str) -> Progress:
        """Return how far a destination is; untouched ones are open."""
        return self.progress.get(destination, _UNTOUCHED)

    def owing(self) -> list[str]:
        """Return the destinations to which something is open or refused."""
        names = (spec.destination for spec in self.dispatch.deliveries)
        return [name for name in names if self.of(name).state in _UNSETTLED]

    def states(self) -> list[DeliveryState]:
        """Return the state of each destination that the event owes."""
        return [self.of(spec.destination).state for spec in self.dispatch.deliveries]

    @property
    def settled(self) -> bool:
        """Whether nothing is open or refused any more."""
        return not self.owing()

    @property
    def has_acceptance(self) -> bool:
        """Return whether any destination has accepted the event, or some of it."""
        return any(
            each.posts or each.parts or each.state in (DeliveryState.DELIVERED, DeliveryState.DIVERTED)
            for each in self.progress.values()
        )

    @property
    def doubles(self) -> int:
        """How many acceptances came after a destination had accepted the event."""
        return sum(max(0, len(each.by) - 1) for each in self.progress.values())


@dataclass(frozen=True, slots=True)
class Granted:
    """The caller holds the lease of the record under `key`, and attempts what is open in it."""

    record: Record
    key: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Another owner holds the lease of the record under `key` until then (Unix seconds)."""

    until: float
    key: str


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is open any more in the record under `key`."""

    record: Record
    key: str


Claim = Granted | Busy | Done


class Settlement(NamedTuple):
    """What an attempt has to report.

    `outcomes` names each destination that the attempt knows something of, fallbacks included;
    `raw` is the body to keep if something stays open; `release` gives the lease back: false while
    an attempt is still under way, which makes the lease last from now on. `unknown_since` is when a
    destination was found unknown (Unix seconds), 0 if none was.
    """

    owner: str
    dispatch: Dispatch
    outcomes: Mapping[str, Progress]
    raw: bytes | None = None
    release: bool = True
    unknown_since: float = 0.0


def expiries_since(moment: float, now: float) -> tuple[tuple[float, float], ...]:
    """Return the ranges in which records expire that were first seen since a moment (Unix seconds).

    The first is of those that are settled now, the second of those that are not.
    """
    return (
        (moment + SETTLED_FOR, now + SETTLED_FOR + WRITTEN_AHEAD),
        (moment + OPEN_FOR, now + OPEN_FOR + WRITTEN_AHEAD),
    )
