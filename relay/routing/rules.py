"""The routes of a configuration, compiled."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from relay.config import Config
from relay.config.routes import Device, Route
from relay.config.times import TimeRange, load_zone
from relay.events import TYPES, Event
from relay.model import DeliverySpec
from relay.names.numbers import Numbers, normalize_party
from relay.names.parties import Parties
from relay.names.patterns import covers
from relay.routing.conditions import (
    Condition,
    Devices,
    HasAttachment,
    HasCode,
    Health,
    MaxAge,
    NotText,
    Recipients,
    Schedule,
    Senders,
    Sims,
    Text,
    When,
)
from relay.routing.defaults import is_forwarded_by_default
from relay.routing.facts import Facts, Lookups
from relay.routing.texts import TextPatterns

_WHOLE_DAY = (TimeRange(0, 24 * 60),)


class Rule(NamedTuple):
    """A compiled route. `position` is its place in the file, from 0."""

    position: int
    route: Route
    conditions: tuple[Condition[Any], ...]

    def is_for(self, event_type: str) -> bool:
        """Return whether the route names this type; if it names none, whether it is forwarded by default."""
        if self.route.events is not None:
            return any(covers(each, event_type) for each in self.route.events)
        return event_type == "system:ping" if self.route.health else is_forwarded_by_default(event_type)

    def holds(self, facts: Facts) -> bool:
        """Return whether all conditions hold for an event of a type that the route is for."""
        for condition in self.conditions:  # noqa: SIM110  (a generator costs more than the conditions)
            if not condition.holds(facts):
                return False
        return True

    def specs(self) -> Iterator[DeliverySpec]:
        """Yield the deliveries of an event that matches."""
        route = self.route
        for name in route.to:
            yield DeliverySpec(name, route.fallback, route.silent, route.visibility(name), route.template)


class _References(NamedTuple):
    """What the values of conditions refer to: contacts by normalized name, phones, the reader's zone."""

    contacts: Mapping[str, frozenset[str]]
    devices: Mapping[str, Device]
    timezone: str | None

    def parties(self, names: tuple[str, ...]) -> frozenset[str]:
        """Return the names in normalized form, and for the name of a contact all its numbers."""
        parties = frozenset(map(normalize_party, names))
        return parties.union(*(self.contacts[each] for each in parties if each in self.contacts))


class Rules:
    """All routes, in their order.

    Raises:
        ConfigurationError: a pattern is not valid RE2.
    """

    def __init__(self, config: Config) -> None:
        routes = config.routing.routes
        contacts = _numbers_by_name(config.routing.contacts)
        references = _References(contacts, config.routing.devices, config.settings.timezone)
        self.all = tuple(
            Rule(position, each, tuple(_conditions(each, references))) for position, each in enumerate(routes)
        )
        self._lookups = _build_lookups(routes, references, Numbers(config.settings.region))
        self._by_type = {each: self._for_type(each) for each in TYPES}

    def matching(self, event: Event, now: float) -> Iterator[Rule]:
        """Yield the routes that match an event that is first seen now (Unix seconds)."""
        facts = self.facts(event, now)
        rules = self._by_type.get(event.type)
        for rule in self._for_type(event.type) if rules is None else rules:
            if rule.holds(facts):
                yield rule
                if not rule.route.continues:
                    return

    def facts(self, event: Event, now: float) -> Facts:
        """Return the facts about an event that is first seen now (Unix seconds)."""
        return Facts(event, now, self._lookups)

    def _for_type(self, event_type: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.is_for(event_type))


def _numbers_by_name(contacts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for number, name in contacts.items():
        numbers[normalize_party(name)].add(normalize_party(number))
    return {name: frozenset(each) for name, each in numbers.items()}


def _build_lookups(routes: Iterable[Route], references: _References, numbers: Numbers) -> Lookups:
    senders = {party for route in routes for party in references.parties(route.senders or ())}
    recipients = {party for route in routes for party in references.parties(route.recipients or ())}
    patterns = dict(_patterns(routes))
    return Lookups(Parties(senders, numbers), Parties(recipients, numbers), TextPatterns(patterns))


def _patterns(routes: Iterable[Route]) -> Iterator[tuple[str, str]]:
    """Yield each pattern with its configuration key."""
    for index, route in enumerate(routes):
        for key, patterns in (("text", route.text), ("not_text", route.not_text)):
            for number, pattern in enumerate(patterns or ()):
                yield pattern, f"routes[{index}].{key}[{number}]"


def _conditions(route: Route, references: _References) -> Iterator[Condition[Any]]:
    """Yield the conditions of a route, without that on the event's type, the cheapest first."""
    if route.sims is not None:
        yield _sims(route.sims, references.devices)
    if route.devices is not None:
        yield Devices(frozenset(_device_ids(route.devices, references.devices)))
    if route.health is not None:
        yield Health(frozenset(route.health))
    if route.has_attachment is not None:
        yield HasAttachment(route.has_attachment)
    if route.senders is not None:
        yield Senders(references.parties(route.senders))
    if route.recipients is not None:
        yield Recipients(references.parties(route.recipients))
    yield from _conditions_on_time_and_text(route, references)


def _conditions_on_time_and_text(route: Route, references: _References) -> Iterator[Condition[Any]]:
    if route.max_age is not None:
        yield MaxAge(route.max_age)
    if route.hours is not None or route.days is not None:
        name = route.timezone or references.timezone
        days = frozenset(range(7) if route.days is None else route.days)
        yield When(Schedule(route.hours or _WHOLE_DAY, days, load_zone(name) if name else None))
    if route.text is not None:
        yield Text(frozenset(route.text))
    if route.not_text is not None:
        yield NotText(frozenset(route.not_text))
    if route.has_code is not None:
        yield HasCode(route.has_code)


def _sims(wanted: tuple[int | str, ...], devices: Mapping[str, Device]) -> Sims:
    numbers = frozenset(each for each in wanted if isinstance(each, int))
    named = {
        (device_id, number)
        for device in devices.values()
        for number, name in device.sims.items()
        if name in wanted
        for device_id in device.ids
    }
    return Sims((numbers, frozenset(named)))


def _device_ids(names: tuple[str, ...], devices: Mapping[str, Device]) -> Iterator[str]:
    for name in names:
        yield from devices[name].ids if name in devices else (name,)
