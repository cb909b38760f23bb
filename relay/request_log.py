"""What is logged of one request: names and numbers of ours, nothing that a phone or a person wrote."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from relay.delivery import Delivery, Outcome, worst
from relay.events import Event
from relay.logs import Log, Severity, shown_id, shown_type, trace_id

OLD = 20 * 3600.0
"""Seconds after which a deferred event is an ERROR: the phone gives up after about 45 h."""

SHOWN_KEY = 12
"""Hex digits of a ledger's key that are shown, and that are enough to name an event."""

Line = tuple[Severity, str, dict[str, Any]]


class RequestLog:
    """One request, as far as it came.

    `clock` gives Unix seconds. Each line that an alert policy looks for has a field `alert`.
    """

    def __init__(self, trace_header: str, clock: Callable[[], float]) -> None:
        self.key = ""
        self.event: Event | None = None
        self.deliveries: Sequence[Delivery] = ()
        self._trace = trace_id(trace_header)
        self._clock = clock
        self._alerts: list[Line] = []
        self._why = ""
        self._severity: Severity = "INFO"

    @property
    def event_id(self) -> str:
        """The event's id, if it can be shown, else a hash of it."""
        return shown_id(self.event.id) if self.event else ""

    def break_off(self, why: str, severity: Severity = "WARNING") -> None:
        """Note that the request went no further, and that nobody can fix it."""
        self._why, self._severity = why, severity

    def refuse(self, why: str, alert: str, severity: Severity = "WARNING") -> None:
        """Note that the request went no further; an alert only counts after a right key."""
        self.break_off(why, severity)
        if self.key and alert:
            self._alert(alert, why)

    def fail(self, bug: Exception) -> None:
        """Note that something of ours broke, by its type."""
        self._why, self._severity = f"a bug: {type(bug).__name__}", "ERROR"

    def write(self, log: Log, status: int) -> None:
        """Write the request's line, and one more for whatever the operator has to see to."""
        self._look_at_deliveries()
        fields: dict[str, Any] = {"status": status, "authenticated": bool(self.key)}
        if self.key:
            fields["key"] = self.key
        if self.event:
            fields |= {"event": self.event_id, "type": shown_type(self.event.type)}
            fields["deliveries"] = {name: str(each) for name, each in worst(self.deliveries).items()}
            fields["ms"] = {
                each.destination: each.milliseconds
                for each in self.deliveries
                if each.milliseconds is not None
            }
        if self._why:
            fields["reason"] = self._why
        log.write(self._severity, "request", trace=self._trace, **fields)
        about = {"event": self.event_id} if self.event else {}
        for severity, message, more in self._alerts:
            log.write(severity, message, trace=self._trace, **about, **more)

    def _look_at_deliveries(self) -> None:
        for each in self.deliveries:
            self._alerts += _lines(each)
        self._look_at_age()

    def _look_at_age(self) -> None:
        """Say how long a deferred event has been known, and loudly when the phone will soon stop retrying.

        Its own date does not count: an export of an old inbox is new here.
        """
        waiting = [each for each in self.deliveries if each.open]
        if not waiting:
            return
        oldest = min(waiting, key=lambda each: each.first_seen_at)
        age = round(self._clock() - oldest.first_seen_at)
        fields: dict[str, Any] = {"age_seconds": age, **_record(oldest)}
        if age > OLD:
            fields["alert"] = "event-older-than-20h"
            self._alerts.append(("ERROR", "the phone will soon stop retrying this event", fields))
        else:
            self._alerts.append(("WARNING", "the phone is asked to repeat this event", fields))

    def _alert(self, alert: str, message: str) -> None:
        self._alerts.append(("ERROR", message, {"alert": alert}))


def write_late(log: Log, event: Event, delivery: Delivery) -> None:
    """Write what became of a delivery after its request was answered, if the operator has to see to it."""
    for severity, message, fields in _lines(delivery):
        log.write(severity, f"after the answer: {message}", event=shown_id(event.id), **fields)


def _lines(delivery: Delivery) -> Iterator[Line]:
    """Yield what the operator has to know of a delivery."""
    fields = {"destination": delivery.destination, **_record(delivery)}
    for remark in delivery.remarks:
        yield "WARNING", remark, fields
    message = f"{delivery.outcome}: {delivery.reason}"
    if delivery.lost:
        yield "ERROR", f"not delivered, not kept and not repeated: {delivery.reason}", fields
    elif delivery.misconfigured:
        yield "ERROR", delivery.reason, {"alert": "misconfigured", **fields}
    elif delivery.outcome is Outcome.REFUSED:
        yield "ERROR", message, fields
    elif delivery.outcome in (Outcome.DEFERRED, Outcome.DIVERTED):
        yield "WARNING", message, fields


def _record(delivery: Delivery) -> dict[str, str]:
    """Return the field by which `undelivered` and `replay` know the event."""
    return {"ledger_key": delivery.key[:SHOWN_KEY]} if delivery.key else {}
