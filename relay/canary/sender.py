"""Asks the gateway for tests, and what became of those of which nothing is heard."""

from collections.abc import Callable

from relay.canary.journal import Journal, Trip, without_trip
from relay.canary.loop import Loop
from relay.canary.store import Store
from relay.canary.text import Marks
from relay.gateway import Gateway, Reply, Result, Sms

TIMEOUT = 5.0
"""Seconds that the gateway has to answer."""
ASKED_FOR = 3600.0
"""Seconds for which the gateway is asked about a test after it should have come back."""
Claim = Callable[[Journal, float], Journal | None]
"""Returns a journal with a test claimed now (Unix seconds); None if nobody is to ask for one."""
_SENT, _FAILED = ("Sent", "Delivered"), ("Failed", "Cancelled")
_REASONS = {
    "Pending": "the phone has not taken it from the gateway",
    "Processed": "the phone has taken it and not sent it",
    "Failed": "the phone could not send it",
    "Cancelled": "it was cancelled",
    "": "the gateway does not say what became of it",
}
"""Why a test is not sent, by its state in the gateway's words."""
_ID_GONE = "the id under which the phone was asked is not in its `ids` any more"


class Sender:
    """Sends tests; `clock` gives Unix seconds. Its methods raise `LedgerUnavailable`."""

    def __init__(self, gateway: Gateway, marks: Marks, store: Store, clock: Callable[[], float]) -> None:
        self._gateway = gateway
        self._marks = marks
        self._store = store
        self._clock = clock

    async def send(self, loop: Loop, claim: Claim) -> Journal | None:
        """Ask for the test that is claimed, if any is; return what is known."""
        claimed: Journal | None = None

        def change(journal: Journal | None) -> Journal | None:
            nonlocal claimed
            now = self._clock()
            claimed = claim(journal or Journal(now), now)
            return claimed

        journal = await self._store.update(loop, change)
        if claimed is None or claimed.trip is None:
            return journal
        trip, asked = claimed.trip, self._clock()
        phone, reply = await self._ask(loop, trip, claimed.phone)
        if reply.is_repeat and trip.tried == trip.asked:
            # The note did not know of it: the ledger was put back, or a clock was wrong.
            return await self._store.update(loop, lambda each: each and without_trip(each, trip.due, asked))
        now = self._clock()
        times = {"answered": now} | ({"accepted": now} if reply.result is Result.ACCEPTED else {})
        return await self._store.learn(loop, trip.due, times, phone=phone, reason=reply.reason)

    async def look(self, loop: Loop, journal: Journal) -> Journal:
        """Ask what became of a test that was accepted and of which nothing was heard in time.

        Return what is known of it.
        """
        trip, now = journal.trip, self._clock()
        late = now - trip.tried - loop.canary.within if trip else -1.0
        is_unknown = trip is not None and trip.accepted and not trip.sent and trip.is_open
        if trip is None or not is_unknown or not 0 <= late < loop.canary.within + ASKED_FOR:
            return journal
        state = await self._gateway.state(self._marks.sms_id(loop.key, trip.due), TIMEOUT)
        times = {"sent": now} if state in _SENT else {"failed": now} if state in _FAILED else {}
        learned = await self._store.learn(loop, trip.due, times, reason=_reason(state))
        return learned or journal

    async def _ask(self, loop: Loop, trip: Trip, usual: str) -> tuple[str, Reply]:
        """Ask under each id of the phone, the usual one first, until the server knows one.

        Another id would be another phone to it, which could send a second SMS: what may have been accepted is
        only repeated under the same one.
        """
        phone, reply = trip.phone, Reply(Result.UNKNOWN, _ID_GONE)
        ids = {self._marks.phone(each): each for each in loop.ids}
        candidates = sorted(ids, key=lambda each: each != usual)
        for phone in [each for each in candidates if trip.phone in ("", each)]:
            reply = await self._gateway.send(self._sms(loop, trip.due, ids[phone]), TIMEOUT)
            if not reply.is_unknown_phone:
                break
        return (trip.phone if reply.result is Result.REFUSED else phone), reply

    def _sms(self, loop: Loop, due: int, device: str) -> Sms:
        canary = loop.canary
        sms_id, text = self._marks.sms_id(loop.key, due), self._marks.text(loop.key, due)
        return Sms(sms_id, canary.to, text, device, canary.sim, ttl=int(canary.within))


def _reason(state: str) -> str:
    """Return why a test is not sent; of a state that is not known here, the gateway says nothing."""
    return "" if state in _SENT else _REASONS.get(state, _REASONS[""])
