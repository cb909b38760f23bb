"""What became of one event at one destination, as an answer and the log say it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from relay.model import DeliveryState


class Outcome(StrEnum):
    """What one request did for one destination, the best first; `DeliveryState` is what is recorded of it."""

    DELIVERED = "delivered"
    DUPLICATE = "duplicate"
    DIVERTED = "diverted"
    REFUSED = "refused"
    DEFERRED = "deferred"


OUTCOMES: Mapping[DeliveryState, Outcome] = {
    DeliveryState.DELIVERED: Outcome.DELIVERED,
    DeliveryState.DIVERTED: Outcome.DIVERTED,
    DeliveryState.REFUSED: Outcome.REFUSED,
    DeliveryState.OPEN: Outcome.DEFERRED,
}
_ORDER = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to one destination, and its outcome.

    `first_seen_at` is in Unix seconds; `key` is its name in the ledger. `open`
    says that the phone is to repeat; `lost` that nobody will: it is neither repeated nor kept.
    `milliseconds` is the time of an attempt that was made; `remarks` are for the operator.
    """

    destination: str
    outcome: Outcome
    first_seen_at: float
    reason: str = ""
    milliseconds: int | None = None
    open: bool = False
    lost: bool = False
    misconfigured: bool = False
    remarks: tuple[str, ...] = ()
    key: str = ""


def worst(deliveries: Iterable[Delivery]) -> dict[str, Outcome]:
    """Return the worst outcome for each destination: one request may hold several events."""
    outcomes: dict[str, Outcome] = {}
    for each in deliveries:
        known = outcomes.get(each.destination, each.outcome)
        outcomes[each.destination] = max(known, each.outcome, key=_ORDER.index)
    return outcomes
