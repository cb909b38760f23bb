"""What the ticks remember: conditions, what is still to be sent, and when they could hear."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, TypeVar

from relay.ledger import Note
from relay.watch.hours import Count, HourlyCounts
from relay.watch.phone import Card

T = TypeVar("T", bound=NamedTuple)


class Condition(NamedTuple):
    """Something that is wrong, since when, and when it was reported (Unix seconds, 0 is not yet).

    `detail` says more where that is needed, such as with whom a phone fell silent.
    """

    since: float
    reported: float = 0.0
    detail: str = ""


class Finding(NamedTuple):
    """A message that is to be sent. The same finding has the same id, whoever makes it.

    `subject` is the phone and the kind of condition; `is_end` says that it is over. `is_tried` is whether it
    may have been sent already.
    """

    id: str
    title: str
    text: str
    subject: str
    at: float
    is_end: bool = False
    is_urgent: bool = False
    is_tried: bool = False


class LoopState(NamedTuple):
    """What the ticks think of a test SMS that has to come back. Times are Unix seconds, 0 is never.

    `due` is the test that is judged, `heard` the latest sign of life of the phone that should receive it.
    `gap` are the seconds between that and the one before, and until `clear` nothing is concluded from it.
    `back` is the latest test that is known to have come back. `problem` is what was reported and is not over;
    `since` is when it began. Of tests in a row that were not sent, `unsent` is the beginning, `times` their
    number, and `counted` the latest.
    """

    due: int = 0
    heard: float = 0.0
    gap: float = 0.0
    clear: float = 0.0
    problem: str = ""
    since: float = 0.0
    unsent: float = 0.0
    times: int = 0
    counted: int = 0
    back: int = 0


class Interval(NamedTuple):
    """A stretch of time (Unix seconds)."""

    start: float
    end: float


Conditions = Mapping[str, Condition]
"""The conditions of one phone, by kind."""


@dataclass(frozen=True, slots=True)
class State:
    """What the ticks remember; phones are named by the keys of their notes.

    `ticked` is the latest tick, `started` the first one, and `gaps` are the seconds between the latest ones.
    `deaf` are the intervals in which no tick came. `fresh` says since when a phone has not been silent.
    `counted` is the moment up to which events were counted. `crowded` is when too many phones were reported.
    `heartbeat` says since when the monitor could not be called. `loops` are test SMS by the keys of their
    notes.
    """

    started: float = 0.0
    ticked: float = 0.0
    gaps: tuple[float, ...] = ()
    deaf: tuple[Interval, ...] = ()
    conditions: Mapping[str, Conditions] = field(default_factory=dict)
    fresh: Mapping[str, float] = field(default_factory=dict)
    cards: Mapping[str, Mapping[str, Card]] = field(default_factory=dict)
    outbox: tuple[Finding, ...] = ()
    counts: Mapping[str, HourlyCounts] = field(default_factory=dict)
    counted: float = 0.0
    crowded: float = 0.0
    heartbeat: Condition | None = None
    loops: Mapping[str, LoopState] = field(default_factory=dict)


def to_note(state: State) -> Note:
    """Return a state as a note of the ledger."""
    plain = {each.name: getattr(state, each.name) for each in fields(state)}
    counts = {name: _plain_counts(each) for name, each in state.counts.items()}
    return {**plain, "counts": counts}


def from_note(note: Note | None) -> State:
    """Read a note, of this version or another; one that cannot be read begins anew."""
    try:
        return _read(note) if note else State()
    except (AttributeError, KeyError, TypeError, ValueError):
        return State()


def _read(note: Note) -> State:
    known: dict[str, Any] = {each.name: note[each.name] for each in fields(State) if each.name in note}
    conditions = note["conditions"].items()
    return State(
        **known
        | {
            "gaps": tuple(note["gaps"]),
            "deaf": tuple(Interval(*each) for each in note["deaf"]),
            "conditions": {
                phone: {kind: _made(Condition, each) for kind, each in kinds.items()}
                for phone, kinds in conditions
            },
            "heartbeat": _made(Condition, note["heartbeat"]) if note.get("heartbeat") else None,
            "loops": {key: _made(LoopState, each) for key, each in note.get("loops", {}).items()},
            "outbox": tuple(_made(Finding, each) for each in note["outbox"]),
            "counts": {name: _counts(each) for name, each in note["counts"].items()},
        }
    )


def _made(kind: type[T], values: list[Any]) -> T:
    """Return a tuple of a kind; a later version may have written more."""
    return kind(*values[: len(kind._fields)])


def _plain_counts(counts: HourlyCounts) -> dict[str, list[int]]:
    return {str(hour): list(count) for hour, count in counts.items()}


def _counts(plain: Mapping[str, list[int]]) -> HourlyCounts:
    return {int(hour): Count(*each[:2]) for hour, each in plain.items()}
