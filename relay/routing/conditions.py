"""The conditions of a route: whether each holds for an event, and if not, why."""

from abc import ABC, abstractmethod
from datetime import tzinfo
from typing import Generic, NamedTuple, TypeVar

from typing_extensions import override

from relay.config.times import DAYS, TimeRange, format_clock_time
from relay.moments import format_duration
from relay.routing.facts import Facts

T = TypeVar("T")


class Condition(ABC, Generic[T]):
    """One key of a route; plain classes, because a dataclass takes ten times as long to load."""

    __slots__ = ("wanted",)
    __match_args__ = ("wanted",)

    def __init__(self, wanted: T) -> None:
        self.wanted = wanted

    @abstractmethod
    def holds(self, facts: Facts) -> bool:
        """Return whether the condition holds for the event."""

    @abstractmethod
    def explain_mismatch(self, facts: Facts) -> str:
        """Return why the condition does not hold."""


class Sims(Condition[tuple[frozenset[int], frozenset[tuple[str, int]]]]):
    """The SIM card: by its number, or by its name in a phone."""

    @override
    def holds(self, facts: Facts) -> bool:
        numbers, named = self.wanted
        sim = facts.event.payload.sim
        return sim is not None and (sim in numbers or (facts.event.device_id, sim) in named)

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        sim = facts.event.payload.sim
        return "sims: the event names no SIM card" if sim is None else f"sims: the event is from SIM {sim}"


class Devices(Condition[frozenset[str]]):
    """The phone, by its ids."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.event.device_id in self.wanted

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        device = facts.event.device_id
        return f"devices: the event is from {device}" if device else "devices: the event names no phone"


class Health(Condition[frozenset[str]]):
    """The health status in a ping."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.health in self.wanted

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        return f"health: the status is {facts.health}" if facts.health else "health: the event has no status"


class HasAttachment(Condition[bool]):
    """Whether the message has an attachment."""

    @override
    def holds(self, facts: Facts) -> bool:
        return bool(facts.event.payload.attachments) is self.wanted

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        return f"has_attachment: the event has {'none' if self.wanted else 'one'}"


class HasCode(Condition[bool]):
    """Whether the message contains a one-time code."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.has_code is self.wanted

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        return f"has_code: {'no' if self.wanted else 'a'} code was found"


class Senders(Condition[frozenset[str]]):
    """Who sent it, as normalized entries."""

    @override
    def holds(self, facts: Facts) -> bool:
        return not self.wanted.isdisjoint(facts.senders)

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        sender = facts.event.payload.sender
        return f"senders: {sender} matches none" if sender else "senders: the event has no sender"


class Recipients(Condition[frozenset[str]]):
    """To whom it was sent, as normalized entries."""

    @override
    def holds(self, facts: Facts) -> bool:
        return not self.wanted.isdisjoint(facts.recipients)

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        recipient = facts.event.payload.recipient
        return (
            f"recipients: {recipient} matches none" if recipient else "recipients: the event has no recipient"
        )


class Text(Condition[frozenset[str]]):
    """Patterns of which at least one matches the text."""

    @override
    def holds(self, facts: Facts) -> bool:
        return not self.wanted.isdisjoint(facts.texts)

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        return "text: no pattern matches"


class NotText(Condition[frozenset[str]]):
    """Patterns of which none matches the text."""

    @override
    def holds(self, facts: Facts) -> bool:
        return self.wanted.isdisjoint(facts.texts)

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        return f"not_text: {min(self.wanted & facts.texts)} matches"


class MaxAge(Condition[float]):
    """How many seconds late it may arrive."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.age <= self.wanted

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        return f"max_age: the event arrived {format_duration(facts.age)} late"


class Schedule(NamedTuple):
    """Time ranges on days of the week; a night belongs to the day on which it began."""

    hours: tuple[TimeRange, ...]
    days: frozenset[int]
    zone: tzinfo | None

    def includes(self, weekday: int, minute: int) -> bool:
        """Return whether a minute of a day is in the schedule."""
        for hours in self.hours:
            days_ago = hours.days_since_start(minute)
            if days_ago is not None and (weekday - days_ago) % 7 in self.days:
                return True
        return False


class When(Condition[Schedule]):
    """When it happened."""

    @override
    def holds(self, facts: Facts) -> bool:
        time = facts.clock_time(self.wanted.zone)
        return self.wanted.includes(time.weekday, time.minute)

    @override
    def explain_mismatch(self, facts: Facts) -> str:
        time = facts.clock_time(self.wanted.zone)
        return f"hours, days: it was {DAYS[time.weekday]} {format_clock_time(time.minute)} ({time.zone})"
