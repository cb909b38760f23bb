"""Why an event goes where it goes, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from relay.events import Event
from relay.model import DeliverySpec
from relay.routing import Router


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a route took an event, and if not, why not. `place` is its place in the file, from 0."""

    place: int
    why_not: tuple[str, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each route said that was tried, and what the event owes in the end."""

    verdicts: tuple[Verdict, ...]
    deliveries: tuple[DeliverySpec, ...]

    @property
    def matched(self) -> tuple[int, ...]:
        """The places of the routes that took the event."""
        return tuple(each.place for each in self.verdicts if not each.why_not)

    def lines(self) -> Iterator[str]:
        """Yield the whole story, for the operator only: it names senders."""
        for each in self.verdicts:
            yield f"routes[{each.place}]: {_told(each)}"
        if not self.matched:
            yield f"no route matches, and {'the' if self.deliveries else 'no'} default takes it"
        yield f"it goes to {', '.join(map(_described, self.deliveries)) or 'nobody'}"


def explain(router: Router, event: Event, now: float) -> Explanation:
    """Explain where an event goes that is first seen now (Unix seconds)."""
    return Explanation(tuple(_verdicts(router, event, now)), router.dispatch(event, now).deliveries)


def _verdicts(router: Router, event: Event, now: float) -> Iterator[Verdict]:
    if router.compiled is None:
        return
    facts = router.compiled.facts(event, now)
    for rule in router.rules:
        reasons = [each.explain_mismatch(facts) for each in rule.conditions if not each.holds(facts)]
        if not rule.is_for(event.type):
            unasked = "" if rule.route.events else ", and the route does not name that"
            reasons.insert(0, f"events: it is {event.type}{unasked}")
        yield Verdict(rule.position, tuple(reasons), rule.route.continues)
        if not reasons and not rule.route.continues:
            return


def _told(verdict: Verdict) -> str:
    if verdict.why_not:
        return "no; " + "; ".join(verdict.why_not)
    return "yes, and later ones are tried as well" if verdict.goes_on else "yes"


def _described(spec: DeliverySpec) -> str:
    effects = [
        "silent" if spec.silent else "",
        f"content {spec.content}" if spec.content != "full" else "",
        f"template {spec.template}" if spec.template else "",
        f"else {' or '.join(spec.fallback)}" if spec.fallback else "",
    ]
    told = ", ".join(filter(None, effects))
    return f"{spec.destination} ({told})" if told else spec.destination
