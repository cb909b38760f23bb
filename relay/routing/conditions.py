"""The conditions of a route: whether each holds for an event, and if not, how the event is."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, Generic, NamedTuple, TypeVar

from typing_extensions import override

from relay.config.routes import Device, Route
from relay.config.times import DAYS, Hours, clock_time, zone
from relay.moments import format_duration
from relay.names.numbers import folded
from relay.routing.facts import Facts

_WHOLE_DAY = (Hours(0, 24 * 60),)


T = TypeVar("T")


class Condition(ABC, Generic[T]):
    """What one key of a route asks; plain classes, because a dataclass costs ten times as much to load."""

    __slots__ = ("wanted",)
    __match_args__ = ("wanted",)

    def __init__(self, wanted: T) -> None:
        self.wanted = wanted

    @abstractmethod
    def holds(self, facts: Facts) -> bool:
        """Return whether the event is so."""

    @abstractmethod
    def why_not(self, facts: Facts) -> str:
        """Say how the event is, where the condition does not hold."""


class Sims(Condition[tuple[frozenset[int], frozenset[tuple[str, int]]]]):
    """Which SIM card: by its number, or one of a phone's by its name."""

    @override
    def holds(self, facts: Facts) -> bool:
        numbers, named = self.wanted
        sim = facts.event.payload.sim
        return sim is not None and (sim in numbers or (facts.event.device_id, sim) in named)

    @override
    def why_not(self, facts: Facts) -> str:
        sim = facts.event.payload.sim
        return "sims: the phone does not say which" if sim is None else f"sims: it is SIM {sim}"


class Devices(Condition[frozenset[str]]):
    """Which phone, by its ids."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.event.device_id in self.wanted

    @override
    def why_not(self, facts: Facts) -> str:
        return f"devices: the phone is {facts.event.device_id or 'not named'}"


class Health(Condition[frozenset[str]]):
    """What a ping says of the phone."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.health in self.wanted

    @override
    def why_not(self, facts: Facts) -> str:
        return f"health: {facts.health or 'the event says none'}"


class HasAttachment(Condition[bool]):
    """Whether it came with a file."""

    @override
    def holds(self, facts: Facts) -> bool:
        return bool(facts.event.payload.attachments) is self.wanted

    @override
    def why_not(self, facts: Facts) -> str:
        return "has_attachment: " + ("it has none" if self.wanted else "it has one")


class HasCode(Condition[bool]):
    """Whether it holds a one-time code."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.has_code is self.wanted

    @override
    def why_not(self, facts: Facts) -> str:
        return "has_code: " + ("no code was found" if self.wanted else "a code was found")


class Senders(Condition[frozenset[str]]):
    """Who sent it, as folded entries."""

    @override
    def holds(self, facts: Facts) -> bool:
        return not self.wanted.isdisjoint(facts.senders)

    @override
    def why_not(self, facts: Facts) -> str:
        return f"senders: {facts.event.payload.sender or 'no sender'} is none of them"


class Recipients(Condition[frozenset[str]]):
    """To whom it was sent, as folded entries."""

    @override
    def holds(self, facts: Facts) -> bool:
        return not self.wanted.isdisjoint(facts.recipients)

    @override
    def why_not(self, facts: Facts) -> str:
        return f"recipients: {facts.event.payload.recipient or 'no recipient'} is none of them"


class Text(Condition[frozenset[str]]):
    """What is in the text: one of these patterns."""

    @override
    def holds(self, facts: Facts) -> bool:
        return not self.wanted.isdisjoint(facts.texts)

    @override
    def why_not(self, facts: Facts) -> str:
        return "text: no pattern is in it"


class NotText(Condition[frozenset[str]]):
    """What is not in the text: none of these patterns."""

    @override
    def holds(self, facts: Facts) -> bool:
        return self.wanted.isdisjoint(facts.texts)

    @override
    def why_not(self, facts: Facts) -> str:
        return f"not_text: {min(self.wanted & facts.texts)} is in it"


class MaxAge(Condition[float]):
    """How many seconds late it came at most."""

    @override
    def holds(self, facts: Facts) -> bool:
        return facts.age <= self.wanted

    @override
    def why_not(self, facts: Facts) -> str:
        return f"max_age: it came {format_duration(facts.age)} late"


class Week(NamedTuple):
    """Spans of the day on days of the week; a night belongs to the day on which it began."""

    hours: tuple[Hours, ...]
    days: frozenset[int]
    zone: tzinfo | None

    def includes(self, weekday: int, minute: int) -> bool:
        """Return whether a minute of a day is one of these."""
        for hours in self.hours:
            ago = hours.begun(minute)
            if ago is not None and (weekday - ago) % 7 in self.days:
                return True
        return False


class When(Condition[Week]):
    """When it happened."""

    @override
    def holds(self, facts: Facts) -> bool:
        clock = facts.clock(self.wanted.zone)
        return self.wanted.includes(clock.weekday, clock.minute)

    @override
    def why_not(self, facts: Facts) -> str:
        clock = facts.clock(self.wanted.zone)
        return f"hours, days: it was {DAYS[clock.weekday]} {clock_time(clock.minute)} ({clock.zone})"


class Terms(NamedTuple):
    """What conditions are made with: contacts by their folded names, phones, the reader's zone."""

    contacts: Mapping[str, frozenset[str]]
    devices: Mapping[str, Device]
    timezone: str | None

    def parties(self, names: tuple[str, ...]) -> frozenset[str]:
        """Return the names folded; with that of a contact, all its numbers."""
        forms = frozenset(folded(name) for name in names)
        return forms.union(*(self.contacts[form] for form in forms if form in self.contacts))


def conditions(route: Route, terms: Terms) -> Iterator[Condition[Any]]:
    """Yield the conditions of a route but the event's type, those that cost the least first."""
    if route.sims is not None:
        yield _sims(route.sims, terms.devices)
    if route.devices is not None:
        yield Devices(frozenset(_ids(route.devices, terms.devices)))
    if route.health is not None:
        yield Health(frozenset(route.health))
    if route.has_attachment is not None:
        yield HasAttachment(route.has_attachment)
    if route.senders is not None:
        yield Senders(terms.parties(route.senders))
    if route.recipients is not None:
        yield Recipients(terms.parties(route.recipients))
    yield from _of_time_and_text(route, terms)


def _of_time_and_text(route: Route, terms: Terms) -> Iterator[Condition[Any]]:
    if route.max_age is not None:
        yield MaxAge(route.max_age)
    if route.hours is not None or route.days is not None:
        name = route.timezone or terms.timezone
        days = frozenset(range(7) if route.days is None else route.days)
        yield When(Week(route.hours or _WHOLE_DAY, days, zone(name) if name else None))
    if route.text is not None:
        yield Text(frozenset(route.text))
    if route.not_text is not None:
        yield NotText(frozenset(route.not_text))
    if route.has_code is not None:
        yield HasCode(route.has_code)


def _sims(wanted: tuple[int | str, ...], devices: Mapping[str, Device]) -> Sims:
    numbers = frozenset(each for each in wanted if isinstance(each, int))
    named = {
        (phone, number)
        for device in devices.values()
        for number, name in device.sims.items()
        if name in wanted
        for phone in device.ids
    }
    return Sims((numbers, frozenset(named)))


def _ids(names: tuple[str, ...], devices: Mapping[str, Device]) -> Iterator[str]:
    for name in names:
        yield from devices[name].ids if name in devices else (name,)
