"""How far each destination of an event is: what was recorded before, and what the attempts came to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from forwarders.base import MessageRefused
from relay.delivery.attempt import Attempt
from relay.ledger.record import Progress, Record
from relay.model import DeliverySpec, DeliveryState


@dataclass(slots=True)
class Standing:
    """What the event owes, what was recorded at the claim, and the attempts since, by destination.

    `replaced` are the destinations for which a fallback is tried.
    """

    deliveries: tuple[DeliverySpec, ...]
    before: Record
    attempts: dict[str, Attempt] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)

    def state(self, spec: DeliverySpec) -> DeliveryState:
        """Return how far a destination is by now."""
        before = self.before.of(spec.destination).state
        if self.has_accepted(spec.destination):
            return DeliveryState.DELIVERED
        if before is not DeliveryState.OPEN or spec.destination not in self.replaced:
            return before
        if any(self.has_accepted(name) for name in spec.fallback):
            return DeliveryState.DIVERTED
        refused = all(self._has_refused(name) for name in (spec.destination, *spec.fallback))
        return DeliveryState.REFUSED if refused else DeliveryState.OPEN

    def is_unsettled(self) -> bool:
        """Return whether something is open, or refused and to be kept."""
        return not {DeliveryState.OPEN, DeliveryState.REFUSED}.isdisjoint(map(self.state, self.deliveries))

    def unanswered(self) -> Iterator[DeliverySpec]:
        """Yield what is neither settled nor, with its fallbacks, at an end for now."""
        for spec in self.deliveries:
            chain = (spec.destination, *spec.fallback)
            if self.state(spec) is DeliveryState.OPEN and any(self.is_trying(name) for name in chain):
                yield spec

    def under_way(self) -> list[Attempt]:
        """Return the attempts that can still come to something."""
        return [attempt for attempt in self.attempts.values() if attempt.is_under_way]

    def outcomes(self) -> Mapping[str, Progress]:
        """Return all that the ledger is to know, fallbacks included."""
        outcomes = {name: attempt.progress() for name, attempt in self.attempts.items()}
        for spec in self.deliveries:
            state = self.state(spec)
            if spec.destination in outcomes and state in (DeliveryState.DIVERTED, DeliveryState.REFUSED):
                outcomes[spec.destination] = replace(outcomes[spec.destination], state=state)
        return outcomes

    def is_trying(self, name: str) -> bool:
        """Return whether an attempt at a destination has not ended."""
        return name in self.attempts and not self.attempts[name].done

    def has_accepted(self, name: str) -> bool:
        """Return whether a destination has the event, from now or from before."""
        attempt = self.attempts.get(name)
        return self.before.of(name).state is DeliveryState.DELIVERED or bool(attempt and attempt.accepted)

    def _has_refused(self, name: str) -> bool:
        return name in self.attempts and isinstance(self.attempts[name].failure, MessageRefused)
