"""What several steps share: what an event owes to whom, how much each may see, and how far each is."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

Visibility = Literal["full", "code", "masked", "none"]
"""How much a destination sees, the most first."""


class DeliveryState(StrEnum):
    """How far one destination is, in the order in which facts win over one another."""

    OPEN = "open"
    REFUSED = "refused"
    DIVERTED = "diverted"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """The larger one wins when two are merged."""
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(DeliveryState)}


@dataclass(frozen=True, slots=True)
class DeliverySpec:
    """What an event owes to one destination, and how the route wants it shown there.

    `template` is a name in `[templates]`, not its words: what is still owed when a template is fixed
    comes in the new words. What the destination's own configuration says is joined when it is rendered.
    """

    destination: str
    fallback: tuple[str, ...] = ()
    silent: bool = False
    content: Visibility = "full"
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What an event owes in all, decided when it was first seen (Unix seconds).

    `type` and `id` are the phone's own, as logs show them.
    """

    type: str
    first_seen_at: float
    deliveries: tuple[DeliverySpec, ...]
    id: str = ""

    def for_fallback(self, spec: DeliverySpec, name: str) -> DeliverySpec:
        """Return what a fallback is handed in place of a destination.

        It gets the event once, whoever fails, so it sees the most that one of those sees for which it
        may stand in: those that fail later count as diverted as well.
        """
        visibilities = {each.content for each in self.deliveries if name in each.fallback}
        content = next(each for each in get_args(Visibility) if each in visibilities)
        return dataclasses.replace(spec, destination=name, fallback=(), content=content)
