"""One event's record: what it owes, what was accepted, and who may attempt the rest."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple, get_args

LEASE = 60.0
"""Seconds that one claim lasts."""
SETTLED_FOR = 7 * 86400.0
"""Seconds that a settled record is remembered: longer than a phone repeats."""
OPEN_FOR = 30 * 86400.0
"""Seconds that a record with something open or refused is kept."""

Content = Literal["full", "code", "masked", "none"]
"""How much a destination sees, the most first."""


class State(StrEnum):
    """How far one destination is, in the order in which facts win over one another.

    Dropped is a destination that is no longer configured.
    """

    OPEN = "open"
    DROPPED = "dropped"
    REFUSED = "refused"
    DIVERTED = "diverted"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """The larger one wins when two are merged."""
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Due:
    """What an event owes to one destination, and how the route wants it told there.

    `template` is a name in `[templates]`, not its words: what is still owed when a template is mended is
    told in the new words. What the destination's own configuration says is joined when it is told.
    """

    destination: str
    fallback: tuple[str, ...] = ()
    silent: bool = False
    content: Content = "full"
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """What an event owes in all, decided when it was first seen (Unix seconds).

    `id` is the phone's own, as logs show it.
    """

    type: str
    seen: float
    owed: tuple[Due, ...]
    id: str = ""

    def instead(self, due: Due, name: str) -> Due:
        """Return what a fallback is handed in place of a destination.

        It gets the event once, whoever fails, so it sees the most that one of those sees for which it
        may stand in: those that fail later count as diverted as well.
        """
        seen = {each.content for each in self.owed if name in each.fallback}
        content = next(each for each in get_args(Content) if each in seen)
        return dataclasses.replace(due, destination=name, fallback=(), content=content)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the delivery to one destination is.

    The first `posts` of the plan with the fingerprint `plan` were accepted. `parts` of the posts after
    them were accepted too, and `refused` ones never will be, each with its reason: `2` is all of the
    post with the index 2, `2.words` one of its parts. `by` are the owners whose attempts were accepted
    whole, more than one being a double; `reason` says why it is not delivered.
    """

    state: State = State.OPEN
    posts: int = 0
    plan: str = ""
    by: tuple[str, ...] = ()
    reason: str = ""
    parts: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    def merged(self, late: "Progress") -> "Progress":
        """Join what is recorded with what an attempt reports; acceptances are never undone.

        The order in which reports come decides nothing but the reason, and the plan where two differ.
        An attempt that made no plan says nothing of how many posts were accepted.
        """
        if late.state.rank < self.state.rank:
            return self
        if self.state is late.state is State.DELIVERED:
            return dataclasses.replace(self, by=tuple(dict.fromkeys(self.by + late.by)))
        if late.plan == self.plan or not (late.plan or late.parts or late.refused):
            return dataclasses.replace(
                late,
                posts=max(late.posts, self.posts),
                plan=self.plan,
                parts=tuple(sorted({*self.parts, *late.parts})),
                refused={**self.refused, **late.refused},
            )
        return late


_UNTOUCHED = Progress()


@dataclass(frozen=True, slots=True)
class Record:
    """All that is remembered of one event. `raw` is its body, kept only while something is open."""

    debt: Debt
    progress: Mapping[str, Progress] = field(default_factory=dict)
    owner: str = ""
    lease_until: float = 0.0
    expires: float = 0.0
    raw: bytes | None = field(default=None, repr=False)
    unknown_since: float = 0.0

    def of(self, destination: str) -> Progress:
        """Return how far a destination is; untouched ones are open."""
        return self.progress.get(destination, _UNTOUCHED)

    def states(self) -> list[State]:
        """Return the state of each destination that the event owes."""
        return [self.of(due.destination).state for due in self.debt.owed]

    @property
    def settled(self) -> bool:
        """Whether nothing is open or refused any more."""
        return not {State.OPEN, State.REFUSED}.intersection(self.states())

    @property
    def has_acceptance(self) -> bool:
        """Return whether any destination has accepted the event, or some of it."""
        return any(
            each.posts or each.parts or each.state in (State.DELIVERED, State.DIVERTED)
            for each in self.progress.values()
        )

    @property
    def doubles(self) -> int:
        """How many acceptances came after a destination had accepted the event."""
        return sum(max(0, len(each.by) - 1) for each in self.progress.values())


@dataclass(frozen=True, slots=True)
class Granted:
    """The caller holds the lease and attempts what is open in the record."""

    record: Record


@dataclass(frozen=True, slots=True)
class Busy:
    """Another owner holds the lease until then (Unix seconds)."""

    until: float


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is open any more."""

    record: Record


Claim = Granted | Busy | Done


class Settlement(NamedTuple):
    """What an attempt has to report.

    `outcomes` names each destination that the attempt knows something of, fallbacks included;
    `raw` is the body to keep if something stays open; `release` gives the lease back: false while
    an attempt is still under way, which makes the lease last from now on.
    """

    owner: str
    debt: Debt
    outcomes: Mapping[str, Progress]
    raw: bytes | None = None
    release: bool = True
    unknown_since: float = 0.0


def claim(record: Record | None, debt: Debt, owner: str, now: float, *, again: bool = False) -> Claim:
    """Decide a claim; a `Granted` carries the record to write, the others write nothing.

    What an event owes is what its first claim said. `again` opens what was finally refused.
    """
    if record is None or record.expires <= now:
        if not debt.owed:
            return Done(Record(debt))
        record = Record(debt)
    if again:
        record = dataclasses.replace(record, progress=dict(_tried_again(record.progress)))
    if record.debt.owed and State.OPEN not in record.states():
        return Done(record)
    if now < record.lease_until < now + 2 * LEASE and record.owner not in ("", owner):
        return Busy(record.lease_until)
    return Granted(dataclasses.replace(record, owner=owner, lease_until=now + LEASE, expires=now + OPEN_FOR))


def settle(record: Record | None, settlement: Settlement, now: float) -> Record:
    """Return the record to write: facts are merged whoever holds the lease by then.

    A record that is gone, or that the claim never reached, is made from what the settlement says.
    The body is erased once nobody needs it. A refusal is final only where the body is kept: without
    it, the destination stays open.
    """
    if record is None or record.expires <= now:
        record = Record(settlement.debt, owner=settlement.owner, lease_until=now + LEASE)
    late = {name: record.of(name).merged(each) for name, each in settlement.outcomes.items()}
    owner, lease_until, raw = _lease(record, settlement, now)
    debt = settlement.debt if _may_decide(record, settlement) else record.debt
    merged = Record(
        debt,
        {**record.progress, **late},
        owner,
        lease_until,
        now + OPEN_FOR,
        raw,
        settlement.unknown_since or record.unknown_since,
    )
    if raw is None and State.REFUSED in merged.states():
        return dataclasses.replace(merged, progress=dict(_reopened(merged.progress)))
    return dataclasses.replace(merged, raw=None, expires=now + SETTLED_FOR) if merged.settled else merged


def _may_decide(record: Record, settlement: Settlement) -> bool:
    """Return whether the settlement may say anew what the event owes: its routes may have had to change."""
    return record.owner == settlement.owner and not record.has_acceptance


def _lease(record: Record, settlement: Settlement, now: float) -> tuple[str, float, bytes | None]:
    """Return whose lease it is, until when, and the body: only the owner may change them."""
    if record.owner != settlement.owner:
        return record.owner, record.lease_until, record.raw
    raw = record.raw if settlement.raw is None else settlement.raw
    return ("", 0.0, raw) if settlement.release else (record.owner, now + LEASE, raw)


def _reopened(progress: Mapping[str, Progress]) -> Iterable[tuple[str, Progress]]:
    for name, each in progress.items():
        refused = each.state is State.REFUSED
        yield name, dataclasses.replace(each, state=State.OPEN) if refused else each


def _tried_again(progress: Mapping[str, Progress]) -> Iterable[tuple[str, Progress]]:
    for name, each in _reopened(progress):
        yield name, dataclasses.replace(each, refused={})
