"""Where an event goes: a pure function of event, configuration and moment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from relay.config import Config
from relay.events import Event
from relay.ledger.record import Debt, Due
from relay.logs import shown_id
from relay.routing.defaults import is_told

if TYPE_CHECKING:
    from relay.routing.rules import Rule, Rules

__all__ = ["Router", "is_told"]


class Router:
    """The routes of a configuration: the first that matches decides.

    What no route matches goes to `default`, or without one to all, if people are told of its type.

    Raises:
        ConfigurationError: a pattern is not RE2.
    """

    def __init__(self, config: Config) -> None:
        routing = config.routing
        self.default = tuple(config.destinations) if routing.default is None else routing.default
        self.compiled = _compiled(config) if routing.routes else None

    @property
    def rules(self) -> "tuple[Rule, ...]":
        """The routes, compiled, in their order."""
        return self.compiled.all if self.compiled else ()

    def debt(self, event: Event, now: float) -> Debt:
        """Return what an event that is first seen now (Unix seconds) owes: of dues to one place the first."""
        matched = list(self.compiled.matching(event, now)) if self.compiled else []
        dues = [due for rule in matched for due in rule.dues()] if matched else self._unmatched(event)
        first: dict[str, Due] = {}
        for due in dues:
            first.setdefault(due.destination, due)
        owed = tuple(_able(due, first) for due in first.values())
        return Debt(event.type, now, owed, shown_id(event.id))

    def _unmatched(self, event: Event) -> list[Due]:
        return [Due(name) for name in self.default] if is_told(event.type) else []


def _able(due: Due, owed: Mapping[str, Due]) -> Due:
    """Leave out the fallbacks that get the event anyway and see less of it: who sees less replaces nobody."""
    fallback = tuple(
        name for name in due.fallback if name not in owed or owed[name].content in ("full", due.content)
    )
    return due if fallback == due.fallback else replace(due, fallback=fallback)


def _compiled(config: Config) -> "Rules":
    from relay.routing.rules import Rules  # noqa: PLC0415  (8 ms, only for who has routes)

    return Rules(config)
