"""Which routes take an event, and why the others do not."""

from collections.abc import Iterator
from dataclasses import dataclass

from relay.events import Event
from relay.model import DeliverySpec
from relay.routing import Router


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a route takes an event, and if not, why. `index` is its position in the file, from 0."""

    index: int
    reasons: tuple[str, ...] = ()
    """Why it does not take the event; empty if it does."""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict of each route that was tried, and the resulting deliveries."""

    verdicts: tuple[Verdict, ...]
    deliveries: tuple[DeliverySpec, ...]

    @property
    def matched(self) -> tuple[int, ...]:
        """The indexes of the routes that take the event."""
        return tuple(each.index for each in self.verdicts if not each.reasons)

    def lines(self) -> Iterator[str]:
        """Yield the explanation line by line; it names senders, so it is for the operator only."""
        for each in self.verdicts:
            yield f"routes[{each.index}]: {_format_verdict(each)}"
        if not self.matched:
            yield f"no route matches; default {'applies' if self.deliveries else 'does not apply'}"
        yield f"it goes to {', '.join(map(_format_delivery, self.deliveries)) or 'no destination'}"


def explain_routing(router: Router, event: Event, now: float) -> Explanation:
    """Explain where an event goes that is first seen now (Unix seconds)."""
    return Explanation(tuple(_judge_routes(router, event, now)), router.dispatch(event, now).deliveries)


def _judge_routes(router: Router, event: Event, now: float) -> Iterator[Verdict]:
    if router.compiled is None:
        return
    facts = router.compiled.facts(event, now)
    for rule in router.rules:
        reasons = [each.explain_mismatch(facts) for each in rule.conditions if not each.holds(facts)]
        if not rule.is_for(event.type):
            hint = "" if rule.route.events else ", which the route does not name"
            reasons.insert(0, f"events: it is {event.type}{hint}")
        yield Verdict(rule.position, tuple(reasons), rule.route.continues)
        if not reasons and not rule.route.continues:
            return


def _format_verdict(verdict: Verdict) -> str:
    if verdict.reasons:
        return "no; " + "; ".join(verdict.reasons)
    return "yes, and later routes are tried too" if verdict.continues else "yes"


def _format_delivery(spec: DeliverySpec) -> str:
    effects = [
        "silent" if spec.silent else "",
        f"content {spec.content}" if spec.content != "full" else "",
        f"template {spec.template}" if spec.template else "",
        f"else {' or '.join(spec.fallback)}" if spec.fallback else "",
    ]
    details = ", ".join(filter(None, effects))
    return f"{spec.destination} ({details})" if details else spec.destination
