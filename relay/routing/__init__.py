"""Decide where an event goes: a pure function of the event, the configuration and the time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from relay.config import Config
from relay.events import ALERT, Event
from relay.logs import shown_id, shown_type
from relay.model import DeliverySpec, Dispatch
from relay.routing.defaults import is_forwarded_by_default

if TYPE_CHECKING:
    from relay.routing.rules import Rule, Rules

__all__ = ["Router", "is_forwarded_by_default"]


class Router:
    """The routes of a configuration: the first that matches decides.

    An event that no route matches goes to `default`, or without one to all destinations, if its type is
    forwarded by default.

    Raises:
        ConfigurationError: a pattern is not valid RE2.
    """

    def __init__(self, config: Config) -> None:
        routing = config.routing
        self.default = tuple(config.destinations) if routing.default is None else routing.default
        self._watch = config.watch.to if config.watch else ()
        self.compiled = _compile(config) if routing.routes else None

    @property
    def rules(self) -> "tuple[Rule, ...]":
        """The compiled routes, in their order."""
        return self.compiled.all if self.compiled else ()

    def dispatch(self, event: Event, now: float) -> Dispatch:
        """Return the deliveries of an event that is first seen now (Unix seconds), one per destination.

        The relay's own alerts go to the destinations of the watch, whatever the routes say.
        """
        if event.type == ALERT:
            alerts = tuple(DeliverySpec(name) for name in self._watch)
            return Dispatch(event.type, now, alerts, shown_id(event.id))
        matched = list(self.compiled.matching(event, now)) if self.compiled else []
        specs = [spec for rule in matched for spec in rule.specs()] if matched else self._unmatched(event)
        first: dict[str, DeliverySpec] = {}
        for spec in specs:
            first.setdefault(spec.destination, spec)
        deliveries = tuple(_without_narrower_fallbacks(spec, first) for spec in first.values())
        return Dispatch(shown_type(event.type), now, deliveries, shown_id(event.id))

    def _unmatched(self, event: Event) -> list[DeliverySpec]:
        return [DeliverySpec(name) for name in self.default] if is_forwarded_by_default(event.type) else []


def _without_narrower_fallbacks(spec: DeliverySpec, deliveries: Mapping[str, DeliverySpec]) -> DeliverySpec:
    """Remove the fallbacks that get the event anyway and see less of it: they cannot replace anyone."""
    fallback = tuple(
        name
        for name in spec.fallback
        if name not in deliveries or deliveries[name].content in ("full", spec.content)
    )
    return spec if fallback == spec.fallback else replace(spec, fallback=fallback)


def _compile(config: Config) -> "Rules":
    from relay.routing.rules import Rules  # noqa: PLC0415  (8 ms, only needed if there are routes)

    return Rules(config)
