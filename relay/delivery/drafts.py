"""What is rendered and planned while a ledger is asked: its answer has to be waited for anyway."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from relay.delivery.shared import Shared
from relay.events import Event
from relay.model import DeliverySpec, Dispatch

PAUSE = 0.001
"""Seconds between two destinations, in which an answer of the ledger is read: that takes several steps."""
Posts = tuple[Any, ...]
"""The posts of one forwarder's plan."""


class Drafts:
    """The posts of one event to its destinations, made before it is known that they will be sent."""

    def __init__(self, shared: Shared, event: Event) -> None:
        self._shared = shared
        self._event = event
        self._drafts: dict[tuple[DeliverySpec, str, float], Posts] = {}

    async def make(self, dispatch: Dispatch, key: str) -> None:
        """Make what is sent if the ledger knows nothing else of the event.

        While one destination is planned, a ledger that has answered waits, and its time runs out.
        """
        for spec in dispatch.deliveries:
            if spec.destination in self._shared.forwarders:
                with suppress(Exception):  # what is wrong shows, and is reported, when it is made again
                    self._drafts[spec, key, dispatch.first_seen_at] = self.plan(
                        spec, key, dispatch.first_seen_at
                    )()
                await asyncio.sleep(PAUSE)

    def plan(
        self, spec: DeliverySpec, key: str, first_seen_at: float, notes: tuple[str, ...] = ()
    ) -> Callable[[], Posts]:
        """Return what plans the posts to a destination; the message is rendered, unless there is a draft."""
        draft = None if notes else self._drafts.pop((spec, key, first_seen_at), None)
        if draft is not None:
            return lambda: draft
        render = self._shared.renderer.message
        message = render(self._event, spec, key=key, first_seen_at=first_seen_at, notes=notes)
        return partial(self._shared.forwarders[spec.destination].plan, message)

    def discard(self) -> None:
        """Free what is not sent."""
        self._drafts.clear()
