"""The routes of a configuration, compiled."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from relay.config import Config
from relay.config.routes import Route
from relay.events import TYPES, Event
from relay.model import DeliverySpec
from relay.names.numbers import Numbers, folded
from relay.names.parties import Parties
from relay.names.patterns import covers
from relay.routing.conditions import Condition, Terms, conditions
from relay.routing.defaults import is_told
from relay.routing.facts import Facts, Tables
from relay.routing.texts import TextPatterns


class Rule(NamedTuple):
    """A route, ready to be tried. `place` is its place in the file, counted from 0."""

    place: int
    route: Route
    conditions: tuple[Condition[Any], ...]

    def is_for(self, event_type: str) -> bool:
        """Return whether it names this type, or where it names none, whether people are told of it anyway."""
        if self.route.events is not None:
            return any(covers(each, event_type) for each in self.route.events)
        return event_type == "system:ping" if self.route.health else is_told(event_type)

    def holds(self, facts: Facts) -> bool:
        """Return whether all conditions hold for an event of the right type."""
        for condition in self.conditions:  # noqa: SIM110  (a generator costs more than the conditions)
            if not condition.holds(facts):
                return False
        return True

    def specs(self) -> Iterator[DeliverySpec]:
        """Yield what is due of an event that matches."""
        route = self.route
        for name in route.to:
            yield DeliverySpec(name, route.fallback, route.silent, route.shown(name), route.template)


class Rules:
    """All routes, in their order.

    Raises:
        ConfigurationError: a pattern is not RE2.
    """

    def __init__(self, config: Config) -> None:
        routes = config.routing.routes
        people = _people(config.routing.contacts)
        terms = Terms(people, config.routing.devices, config.settings.timezone)
        self.all = tuple(
            Rule(place, each, tuple(conditions(each, terms))) for place, each in enumerate(routes)
        )
        self._tables = _tables(routes, terms, Numbers(config.settings.region))
        self._by_type = {each: self._of(each) for each in TYPES}

    def matching(self, event: Event, now: float) -> Iterator[Rule]:
        """Yield the routes that an event takes which is first seen now (Unix seconds)."""
        facts = self.facts(event, now)
        known = self._by_type.get(event.type)
        for rule in self._of(event.type) if known is None else known:
            if rule.holds(facts):
                yield rule
                if not rule.route.goes_on:
                    return

    def facts(self, event: Event, now: float) -> Facts:
        """Return what the conditions may ask of an event that is first seen now (Unix seconds)."""
        return Facts(event, now, self._tables)

    def _of(self, event_type: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.is_for(event_type))


def _people(contacts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for number, name in contacts.items():
        people[folded(name)].add(folded(number))
    return {name: frozenset(forms) for name, forms in people.items()}


def _tables(routes: Iterable[Route], terms: Terms, numbers: Numbers) -> Tables:
    senders = {form for route in routes for form in terms.parties(route.senders or ())}
    recipients = {form for route in routes for form in terms.parties(route.recipients or ())}
    patterns = dict(_patterns(routes))
    return Tables(Parties(senders, numbers), Parties(recipients, numbers), TextPatterns(patterns))


def _patterns(routes: Iterable[Route]) -> Iterator[tuple[str, str]]:
    """Yield each pattern with the key where it stands."""
    for place, route in enumerate(routes):
        for key, patterns in (("text", route.text), ("not_text", route.not_text)):
            for number, pattern in enumerate(patterns or ()):
                yield pattern, f"routes[{place}].{key}[{number}]"
