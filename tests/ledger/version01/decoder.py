"""Version 0.1's records, as its code read and wrote them: a copy that is never changed."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple, TypeVar

from relay.ledger import LedgerUnavailable

LEASE = 60.0

SETTLED_FOR = 7 * 86400.0

OPEN_FOR = 30 * 86400.0

Content = Literal["full", "code", "masked", "none"]


class State(StrEnum):
    OPEN = "open"
    DROPPED = "dropped"
    REFUSED = "refused"
    DIVERTED = "diverted"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Due:
    destination: str
    fallback: tuple[str, ...] = ()
    silent: bool = False
    content: Content = "full"
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    type: str
    seen: float
    owed: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    state: State = State.OPEN
    posts: int = 0
    plan: str = ""
    by: tuple[str, ...] = ()
    reason: str = ""

    def merged(self, late: "Progress") -> "Progress":
        if late.state.rank < self.state.rank:
            return self
        if self.state is late.state is State.DELIVERED:
            return dataclasses.replace(self, by=tuple(dict.fromkeys(self.by + late.by)))
        if late.plan in ("", self.plan) and late.posts < self.posts:
            return dataclasses.replace(late, posts=self.posts, plan=self.plan)
        return late


_UNTOUCHED = Progress()


@dataclass(frozen=True, slots=True)
class Record:
    debt: Debt
    progress: Mapping[str, Progress] = field(default_factory=dict)
    owner: str = ""
    lease_until: float = 0.0
    expires: float = 0.0
    raw: bytes | None = field(default=None, repr=False)

    def of(self, destination: str) -> Progress:
        return self.progress.get(destination, _UNTOUCHED)

    def states(self) -> list[State]:
        return [self.of(due.destination).state for due in self.debt.owed]

    @property
    def settled(self) -> bool:
        return not {State.OPEN, State.REFUSED}.intersection(self.states())


@dataclass(frozen=True, slots=True)
class Granted:
    record: Record


@dataclass(frozen=True, slots=True)
class Busy:
    until: float


@dataclass(frozen=True, slots=True)
class Done:
    record: Record


Claim = Granted | Busy | Done


class Settlement(NamedTuple):
    owner: str
    debt: Debt
    outcomes: Mapping[str, Progress]
    raw: bytes | None = None
    release: bool = True


def claim(record: Record | None, debt: Debt, owner: str, now: float, *, again: bool = False) -> Claim:
    if record is None or record.expires <= now:
        record = Record(debt)
    if again:
        record = dataclasses.replace(record, progress=dict(_reopened(record.progress)))
    if record.debt.owed and State.OPEN not in record.states():
        return Done(record)
    if now < record.lease_until < now + 2 * LEASE and record.owner not in ("", owner):
        return Busy(record.lease_until)
    return Granted(dataclasses.replace(record, owner=owner, lease_until=now + LEASE, expires=now + OPEN_FOR))


def settle(record: Record | None, settlement: Settlement, now: float) -> Record:
    if record is None or record.expires <= now:
        record = Record(settlement.debt, owner=settlement.owner, lease_until=now + LEASE)
    late = {name: record.of(name).merged(each) for name, each in settlement.outcomes.items()}
    owner, lease_until, raw = _lease(record, settlement, now)
    merged = Record(record.debt, {**record.progress, **late}, owner, lease_until, now + OPEN_FOR, raw)
    if raw is None and State.REFUSED in merged.states():
        return dataclasses.replace(merged, progress=dict(_reopened(merged.progress)))
    return dataclasses.replace(merged, raw=None, expires=now + SETTLED_FOR) if merged.settled else merged


def _lease(record: Record, settlement: Settlement, now: float) -> tuple[str, float, bytes | None]:
    if record.owner != settlement.owner:
        return (record.owner, record.lease_until, record.raw)
    raw = record.raw if settlement.raw is None else settlement.raw
    return ("", 0.0, raw) if settlement.release else (record.owner, now + LEASE, raw)


def _reopened(progress: Mapping[str, Progress]) -> Iterable[tuple[str, Progress]]:
    for name, each in progress.items():
        refused = each.state is State.REFUSED
        yield (name, dataclasses.replace(each, state=State.OPEN) if refused else each)


T = TypeVar("T")


def to_json(record: Record) -> str:
    owed = [_plain(due) for due in record.debt.owed]
    progress = {name: _plain(each) for name, each in record.progress.items()}
    plain = _plain(record) | {"debt": _plain(record.debt) | {"owed": owed}, "progress": progress}
    del plain["raw"]
    return json.dumps(plain, separators=(",", ":"))


def from_json(text: str, raw: bytes | None) -> Record:
    try:
        return _record(json.loads(text), raw)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise LedgerUnavailable("the ledger holds a record that cannot be read") from None


def _record(plain: dict[str, Any], raw: bytes | None) -> Record:
    owed = tuple(_made(Due, due, fallback=tuple(due["fallback"])) for due in plain["debt"]["owed"])
    progress = {
        name: _made(Progress, each, state=State(each["state"]), by=tuple(each["by"]))
        for name, each in plain["progress"].items()
    }
    return _made(Record, plain, debt=_made(Debt, plain["debt"], owed=owed), progress=progress, raw=raw)


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _made(kind: type[T], plain: Mapping[str, Any], **converted: Any) -> T:
    known = {name: plain[name] for name in kind.__slots__ if name in plain}  # type: ignore[attr-defined]  # a dataclass with slots
    return kind(**known | converted)
