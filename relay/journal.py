"""What is logged of one request: names and numbers of ours, nothing that a phone or a person wrote."""

from collections.abc import Callable, Sequence
from typing import Any

from relay.delivery import Delivery, Outcome
from relay.events import Event
from relay.logs import Log, Severity, shown_id, shown_type, trace_id

OLD = 20 * 3600.0
"""Seconds after which a deferred event is an ERROR: the phone gives up after about 45 h."""


class Entry:
    """One request, as far as it came.

    `clock` gives Unix seconds. Each line that an alert policy looks for has a field `alert`.
    """

    def __init__(self, trace_header: str, clock: Callable[[], float]) -> None:
        self.key = ""
        self.event: Event | None = None
        self.deliveries: Sequence[Delivery] = ()
        self._trace = trace_id(trace_header)
        self._clock = clock
        self._alerts: list[tuple[Severity, str, dict[str, Any]]] = []
        self._why = ""
        self._severity: Severity = "INFO"

    @property
    def event_id(self) -> str:
        """The event's id, if it can be shown, else a hash of it."""
        return shown_id(self.event.id) if self.event else ""

    def break_off(self, why: str) -> None:
        """Note that the request went no further, and that nobody can mend it."""
        self._why, self._severity = why, "WARNING"

    def refuse(self, why: str, alert: str) -> None:
        """Note that the request went no further; an alert only counts after a right key."""
        self.break_off(why)
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
            fields["deliveries"] = {each.destination: str(each.outcome) for each in self.deliveries}
            fields["ms"] = {
                each.destination: each.milliseconds
                for each in self.deliveries
                if each.milliseconds is not None
            }
        if self._why:
            fields["reason"] = self._why
        log.write(self._severity, "request", trace=self._trace, **fields)
        for severity, message, more in self._alerts:
            log.write(severity, message, trace=self._trace, **more)

    def _look_at_deliveries(self) -> None:
        for each in self.deliveries:
            for remark in each.remarks:
                self._alerts.append(("WARNING", remark, {"destination": each.destination}))
            if each.misconfigured:
                self._alert("misconfigured", each.reason, each.destination)
            elif each.outcome in (Outcome.DEFERRED, Outcome.REFUSED, Outcome.DIVERTED):
                self._note(each)
        self._look_at_age()

    def _note(self, delivery: Delivery) -> None:
        severity: Severity = "ERROR" if delivery.outcome is Outcome.REFUSED else "WARNING"
        message = f"{delivery.outcome}: {delivery.reason}"
        self._alerts.append((severity, message, {"destination": delivery.destination}))

    def _look_at_age(self) -> None:
        """Tell how old a deferred event is, and say so loudly when the phone will soon forget it."""
        waiting = [each for each in self.deliveries if each.open]
        if not waiting or self.event is None:
            return
        moment = self.event.payload.moment
        since = moment.timestamp() if moment else min(each.seen for each in waiting)
        age = round(self._clock() - since)
        fields: dict[str, Any] = {"age_seconds": age}
        if age > OLD:
            fields["alert"] = "event-older-than-20h"
            self._alerts.append(("ERROR", "the phone will soon give this event up", fields))
        else:
            self._alerts.append(("WARNING", "the phone is asked to repeat this event", fields))

    def _alert(self, alert: str, message: str, destination: str = "") -> None:
        fields = {"alert": alert} | ({"destination": destination} if destination else {})
        self._alerts.append(("ERROR", message, fields))
