"""What all runs of a process share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from forwarders.base import Failure, Forwarder, Message
from relay.delivery.backoff import Backoff
from relay.delivery.outcome import Delivery
from relay.events import Event
from relay.ledger.tiered import TieredLedger
from relay.model import DeliverySpec, Dispatch


class SupportsDispatch(Protocol):
    """What a run needs of a router."""

    def dispatch(self, event: Event, now: float) -> Dispatch:
        """Return what an event that is first seen now (Unix seconds) owes to whom."""


class SupportsMessage(Protocol):
    """What a run needs of a renderer."""

    def message(
        self, event: Event, spec: DeliverySpec, *, key: str, first_seen_at: float, notes: tuple[str, ...] = ()
    ) -> Message:
        """Return the message for a destination."""


class Observer:
    """Hears what happens beside an answer; this one does nothing with it."""

    def attempt_ended(self, destination: str, failure: Failure | None) -> None:
        """Hear how an attempt at a destination ended; None is an acceptance."""

    def posted(self, event: Event, spec: DeliverySpec, ids: tuple[str, ...]) -> None:
        """Hear by which names a service knows the messages that it has made of an event."""

    def ended_late(self, event: Event, delivery: Delivery) -> None:
        """Hear of a delivery that was still under way at the answer and has ended since."""

    def problem(self, message: str) -> None:
        """Hear of something that belongs to no delivery."""


class Taker(Protocol):
    """What takes events that are for the relay itself, such as reports about an SMS that it has sent."""

    async def take(self, event: Event, deadline: float) -> Delivery | None:
        """Return what became of an event, by a moment of the loop's clock; None if it is for others."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts that a run needs; `clock` gives Unix seconds."""

    router: SupportsDispatch
    renderer: SupportsMessage
    forwarders: Mapping[str, Forwarder[Any]]
    ledger: TieredLedger
    backoff: Backoff
    observer: Observer
    clock: Callable[[], float]

    def posted(self, event: Event, spec: DeliverySpec, ids: tuple[str, ...]) -> None:
        """Pass on by which names a service knows what was posted, if it says so."""
        if ids:
            self.observer.posted(event, spec, ids)

    def attempt_ended(self, destination: str, failure: Failure | None) -> None:
        """Remember who wants fewer calls, and pass the rest on."""
        self.backoff.record(destination, failure)
        self.observer.attempt_ended(destination, failure)
