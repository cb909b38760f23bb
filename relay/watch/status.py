"""How things are: names, times and counts, and never a text, a number or a code."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relay.alerts import Incident
from relay.ledger.record import Record
from relay.model import DeliveryState
from relay.watch import wording
from relay.watch.cards import SIM
from relay.watch.conditions import MISSING
from relay.watch.hearing import is_overdue
from relay.watch.hours import HOURS, Count, hour_of
from relay.watch.loops import LoopStatus
from relay.watch.phone import Phone
from relay.watch.silence import SILENT
from relay.watch.state import Conditions, State

_WORDS = {
    SILENT: "silent",
    "battery": "battery low",
    MISSING: "no SMS",
    "sending": "cannot send",
    "starts": "restarts",
}
"""What is wrong with a phone, by the kind of condition."""


@dataclass(frozen=True, slots=True)
class PhoneStatus:
    """A phone. Times are Unix seconds, 0 is never; `hours` says for each of the last 168 if it was heard."""

    name: str
    heard: float
    message: float
    level: int | None
    charging: bool | None
    network: str
    sims: int
    problems: tuple[str, ...]
    is_watched: bool
    hours: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class DestinationStatus:
    """A destination: since when it fails (Unix seconds, 0 if it works), and how many events wait for it.

    `hours` says for each of the last 168 how many were delivered and how many were not.
    """

    name: str
    failing_since: float
    waiting: int
    hours: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """All phones, destinations and test SMS at a time (Unix seconds); `ticked` is the latest tick."""

    at: float
    ticked: float
    is_late: bool
    phones: tuple[PhoneStatus, ...]
    destinations: tuple[DestinationStatus, ...]
    loops: tuple[LoopStatus, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong: with a phone, a destination or a test SMS, and the ticks come."""
        troubled = [*(each for each in self.phones if each.problems)]
        failing = [each for each in self.destinations if each.failing_since]
        lost = [each for each in self.loops if each.problem]
        return not (troubled or failing or lost or self.is_late)

    def to_json(self) -> dict[str, Any]:
        """Return it as an answer."""
        return {
            "at": round(self.at),
            "well": self.is_well,
            "ticked": round(self.ticked),
            "tick_is_late": self.is_late,
            "phones": [_phone_to_json(each) for each in self.phones],
            "destinations": [_destination_to_json(each) for each in self.destinations],
            "canaries": [each.to_json() for each in self.loops],
        }


def build_status(
    now: float,
    state: State,
    phones: Mapping[str, Phone],
    *,
    destinations: Iterable[str],
    incidents: Mapping[str, Incident],
    unsettled: Iterable[Record],
    loops: tuple[LoopStatus, ...] = (),
) -> Status:
    """Return how things are now (Unix seconds), the phones by their names."""
    waiting = Counter(name for record in unsettled for name in _waiting(record))
    by_name = sorted(phones.items(), key=lambda each: (each[1].name.casefold(), each[0]))
    return Status(
        now,
        state.ticked,
        is_overdue(state, now),
        tuple(_phone(phone, state.conditions.get(key, {}), now) for key, phone in by_name),
        tuple(_destination(name, state, incidents, waiting[name], now) for name in destinations),
        loops,
    )


def _phone(phone: Phone, conditions: Conditions, now: float) -> PhoneStatus:
    problems = tuple(_problem(kind) for kind, each in conditions.items() if each.reported)
    return PhoneStatus(
        phone.name,
        phone.heard,
        phone.message,
        phone.level,
        phone.charging,
        wording.network(phone),
        len(phone.cards),
        problems,
        bool(phone.pinged),
        phone.hours.until(now),
    )


def _problem(kind: str) -> str:
    return f"SIM {kind.removeprefix(SIM)} gone" if kind.startswith(SIM) else _WORDS.get(kind, kind)


def _destination(
    name: str, state: State, incidents: Mapping[str, Incident], waiting: int, now: float
) -> DestinationStatus:
    counts, last = state.counts.get(name, {}), hour_of(now)
    hours = tuple(counts.get(hour, Count()) for hour in range(last - HOURS + 1, last + 1))
    return DestinationStatus(name, incidents[name].since if name in incidents else 0.0, waiting, hours)


def _waiting(record: Record) -> Iterator[str]:
    """Yield the destinations that have not accepted an event yet."""
    for spec in record.dispatch.deliveries:
        if record.of(spec.destination).state in (DeliveryState.OPEN, DeliveryState.REFUSED):
            yield spec.destination


def _phone_to_json(phone: PhoneStatus) -> dict[str, Any]:
    return {
        "name": phone.name,
        "heard": round(phone.heard),
        "sms": round(phone.message) or None,
        "battery": phone.level,
        "charging": phone.charging,
        "network": phone.network or None,
        "sims": phone.sims,
        "problems": list(phone.problems),
        "watched": phone.is_watched,
        "heard_hours": "".join("1" if each else "0" for each in phone.hours),
    }


def _destination_to_json(destination: DestinationStatus) -> dict[str, Any]:
    return {
        "name": destination.name,
        "failing_since": round(destination.failing_since) or None,
        "waiting": destination.waiting,
        "delivered_hours": [each.delivered for each in destination.hours],
        "failed_hours": [each.failed for each in destination.hours],
    }
