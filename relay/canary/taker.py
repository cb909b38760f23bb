"""Takes the tests that come back, and what a phone reports of those that it sends; nobody else gets them."""

from collections.abc import Callable, Mapping, Sequence

from relay.canary.journal import Journal, with_times
from relay.canary.loop import Loop
from relay.canary.store import Store
from relay.canary.text import ID, START, Marks
from relay.config.canary import DAY
from relay.delivery import Delivery, Outcome
from relay.events import Event
from relay.ledger import LedgerUnavailable
from relay.rendering.reasons import explain

ON_ITS_WAY = 3 * DAY
"""Seconds after the day of the next test for which one is recognized; an older one is an SMS like others."""
_TIMES = {"sms:sent": "sent", "sms:delivered": "delivered", "sms:failed": "failed", "sms:cancelled": "failed"}
_CANCELLED, _UNKNOWN = "it was cancelled", "the phone gave no known reason"


class Taker:
    """Takes what is ours. `phones` names the phone of each device id; `clock` gives Unix seconds."""

    def __init__(
        self,
        loops: Sequence[Loop],
        phones: Mapping[str, str],
        marks: Marks,
        store: Store,
        clock: Callable[[], float],
    ) -> None:
        self._loops = loops
        self._phones = phones
        self._marks = marks
        self._store = store
        self._clock = clock

    async def take(self, event: Event, _deadline: float) -> Delivery | None:
        """Return what became of an event about a test; None if it is about none.

        Without the ledger it is deferred: the phone repeats it.
        """
        if event.type == "sms:received":
            return await self._take_return(event)
        if event.type in _TIMES and (event.payload.message_id or "").startswith(ID):
            return await self._take_report(event)
        return None

    async def _take_return(self, event: Event) -> Delivery | None:
        text = event.payload.text or ""
        if not text.lstrip().startswith(START):
            return None
        phone, now = self._phones.get(event.device_id), self._clock()
        for loop in self._loops:
            due = self._marks.due_of_text(loop.key, text)
            is_expected = loop.is_received_by(phone, event.payload.sim)
            if due is not None and is_expected and now < due + loop.canary.every + ON_ITS_WAY:
                return await self._record(loop, due, {"returned": now}, is_return=True)
        return None

    async def _take_report(self, event: Event) -> Delivery | None:
        for loop in self._loops:
            due = self._marks.due_of_id(loop.key, event.payload.message_id or "")
            if due is not None:
                reason = _reason(event)
                return await self._record(loop, due, {_TIMES[event.type]: self._clock()}, reason=reason)
        return None

    async def _record(
        self, loop: Loop, due: int, times: dict[str, float], *, reason: str = "", is_return: bool = False
    ) -> Delivery | None:
        """Write down what has come; a test that came back after the next one was sent is left to others."""
        is_old = False

        def change(journal: Journal | None) -> Journal | None:
            nonlocal is_old
            is_old = bool(journal and journal.trip and journal.trip.due > due)
            return journal and with_times(journal, due, times, reason=reason or None)

        now = self._clock()
        try:
            await self._store.update(loop, change)
        except LedgerUnavailable as problem:
            return Delivery("canary", Outcome.DEFERRED, now, str(problem), open=True)
        return None if is_old and is_return else Delivery("canary", Outcome.DELIVERED, now)


def _reason(event: Event) -> str:
    """Return why a phone did not send a test, in words of ours: its own may hold anything."""
    if event.type == "sms:cancelled":
        return _CANCELLED
    if event.type != "sms:failed":
        return ""
    words, are_ours = explain(event.payload.reason or "")
    return words if are_ours else _UNKNOWN
