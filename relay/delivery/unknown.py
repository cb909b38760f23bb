"""What an event owes to destinations that are not configured any more: renamed, removed, or rolled back."""

from dataclasses import replace

from forwarders.base import Failure, Misconfigured, TransientFailure
from relay.delivery.shared import Shared
from relay.delivery.standing import Standing
from relay.events import Event
from relay.ledger.record import Record
from relay.model import DeliverySpec, DeliveryState

UNKNOWN_FOR = 3600.0
"""Seconds after which today's routes decide in place of a destination that is not configured any more.

Longer than any roll-out, in which an instance of the old revision meets what the new one has claimed.
"""
UNKNOWN = "no destination of this name is configured: configure it again, or use replay --to, or drop"


class Unknown:
    """Knows which destinations of an event are not configured, and what becomes of them.

    `replacement` is a destination that an operator named for all of them.
    """

    def __init__(self, shared: Shared, replacement: str | None) -> None:
        self._shared = shared
        self._replacement = replacement

    def includes(self, spec: DeliverySpec) -> bool:
        """Return whether a destination is not configured."""
        return spec.destination not in self._shared.forwarders

    def may_fall_back(self, spec: DeliverySpec) -> bool:
        """Return whether a fallback may replace a destination: not for one that a roll-out may bring back."""
        return self._replacement is not None or not self.includes(spec)

    def failure(self, record: Record) -> Failure:
        """Return why such a destination does not get the event; after a while the operator has to act."""
        return Misconfigured(UNKNOWN) if self._is_lasting(record) else TransientFailure(UNKNOWN)

    def deliveries(self, record: Record, event: Event) -> tuple[DeliverySpec, ...]:
        """Return what the event owes: what its first claim said, unless that cannot be delivered any more.

        What an operator asked for is done at once. Today's routes decide only after a while, and only if
        nothing has accepted the event.
        """
        owed = record.dispatch.deliveries
        if name := self._replacement:
            return tuple(replace(spec, fallback=(name,)) if self.includes(spec) else spec for spec in owed)
        if not self._is_lasting(record) or not any(map(self.includes, owed)) or record.has_acceptance:
            return owed
        today = self._shared.router.dispatch(event, record.dispatch.first_seen_at).deliveries
        names = {spec.destination for spec in today}
        others = (spec for spec in owed if not self.includes(spec) and spec.destination not in names)
        return (*today, *others) or owed

    def since(self, record: Record, standing: Standing) -> float:
        """Return since when something waits for such a destination (Unix seconds); 0 if nothing does."""
        unknown = filter(self.includes, standing.deliveries)
        if not any(standing.state(spec) is DeliveryState.OPEN for spec in unknown):
            return 0.0
        return record.unknown_since or self._shared.clock()

    def _is_lasting(self, record: Record) -> bool:
        return 0 < record.unknown_since <= self._shared.clock() - UNKNOWN_FOR
