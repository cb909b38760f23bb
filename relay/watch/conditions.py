"""What else can be wrong with a phone that is heard: each reported once, and once when it is over."""

from collections.abc import Callable
from typing import NamedTuple

from relay.config.watch import WatchSettings
from relay.moments import format_duration
from relay.watch import wording
from relay.watch.hearing import heard_seconds
from relay.watch.phone import Phone
from relay.watch.rules import CONFIRM, MANY_FAILURES, Rules
from relay.watch.sighting import BATTERY, FINE, LOW, MANY, NONE, SENDING
from relay.watch.silence import SHOWN, with_condition, without_condition
from relay.watch.state import Condition, Finding, State

AGAIN = 120.0
"""Seconds after which a condition is reported if it still holds: at the next tick."""
MANY_STARTS, FEW_STARTS = 6, 3
"""Starts of the app in a day that are too many, and below which they are not any more."""
MISSING = "no_sms"
"""The kind of condition in which a phone pings and receives nothing."""
HOUR, DAY = 3600.0, 86400.0


class View(NamedTuple):
    """A phone, as its conditions look at it at a time (Unix seconds)."""

    key: str
    phone: Phone
    limits: WatchSettings
    state: State
    now: float

    def condition(self, kind: str) -> Condition | None:
        """Return the condition of a kind, if it holds already."""
        return self.state.conditions.get(self.key, {}).get(kind)


class Check(NamedTuple):
    """A kind of condition, and how its beginning and its end are said."""

    kind: str
    begin: Callable[[View], str]
    end: Callable[[View], str]


def judge_conditions(
    state: State, key: str, phone: Phone, now: float, rules: Rules
) -> tuple[State, list[Finding]]:
    """Return the state with the conditions of a phone that is heard, and what is to be reported of them."""
    findings: list[Finding] = []
    view = View(key, phone, rules.limits(phone.name), state, now)
    for check, holds in CHECKS:
        after, found = apply(view, check, holds=holds(view))
        findings += found
        view = view if after is view.state else view._replace(state=after)
    return view.state, findings


def apply(view: View, check: Check, *, holds: bool | None) -> tuple[State, list[Finding]]:
    """Return the state after a check, and the finding if the condition is to be reported, or is over.

    `holds` is None if that is not known now.
    """
    state, before, now = view.state, view.condition(check.kind), view.now
    if holds and before is None:
        return with_condition(state, view.key, check.kind, Condition(now)), []
    if holds and before and not before.reported and now - before.since >= AGAIN:
        reported = before._replace(reported=now)
        return with_condition(state, view.key, check.kind, reported), [_begin(view, check, before)]
    if holds is False and before:
        over = without_condition(state, view.key, check.kind)
        return over, [_end(view, check, before)] if before.reported else []
    return state, []


def _begin(view: View, check: Check, condition: Condition) -> Finding:
    subject = f"{view.key} {check.kind}"
    return Finding(_id(view, check, "is", condition), check.begin(view), "", subject, view.now)


def _end(view: View, check: Check, condition: Condition) -> Finding:
    subject = f"{view.key} {check.kind}"
    return Finding(_id(view, check, "was", condition), check.end(view), "", subject, view.now, is_end=True)


def _id(view: View, check: Check, verb: str, condition: Condition) -> str:
    return f"{check.kind.replace(' ', '-')}.{verb}.{view.key[:SHOWN]}.{condition.since:.0f}"


def _battery_is_low(view: View) -> bool | None:
    return {LOW: True, FINE: False}.get(view.phone.steady(BATTERY, CONFIRM))


def _say_battery(view: View) -> str:
    return wording.battery(view.phone)


def _message_is_missing(view: View) -> bool | None:
    """Return whether a phone has pinged for long without receiving a message; it ends with the next one."""
    phone, before = view.phone, view.condition(MISSING)
    if before:
        return phone.message <= before.since
    since = max(phone.message, phone.first, view.state.fresh.get(view.key, 0.0))
    return bool(phone.pinged) and heard_seconds(view.state, since, view.now) >= view.limits.no_sms


def _say_message_is_missing(view: View) -> str:
    phone = view.phone
    duration = format_duration(view.now - (phone.message or phone.first))
    return f"{phone.name} pings but has received no SMS for {duration}: restart the app, or send it a test."


def _sending_fails(view: View) -> bool | None:
    """Return whether many messages could not be sent within the last hour; it ends with an hour of none."""
    own, says = _failures(view), view.phone.steady(SENDING, CONFIRM)
    if own >= MANY_FAILURES or says == MANY:
        return True
    return None if own or (SENDING in view.phone.signs and says != NONE) else False


def _failures(view: View) -> int:
    return sum(view.now - HOUR < each <= view.now for each in view.phone.failures)


def _say_sending_fails(view: View) -> str:
    count = max(_failures(view), view.phone.failed)
    return f"{view.phone.name} could not send {wording.times(count, 'message')} in the last hour."


def _app_restarts(view: View) -> bool | None:
    count = _starts(view)
    return count >= MANY_STARTS or (None if count >= FEW_STARTS else False)


def _starts(view: View) -> int:
    return sum(view.now - DAY < each <= view.now for each in view.phone.starts)


CHECKS: tuple[tuple[Check, Callable[[View], bool | None]], ...] = (
    (Check("battery", _say_battery, _say_battery), _battery_is_low),
    (
        Check(MISSING, _say_message_is_missing, lambda view: f"{view.phone.name} receives SMS again."),
        _message_is_missing,
    ),
    (
        Check(
            "sending", _say_sending_fails, lambda view: f"{view.phone.name} has no failed messages any more."
        ),
        _sending_fails,
    ),
    (
        Check(
            "starts",
            lambda view: f"{view.phone.name}'s app started {_starts(view)} times in 24 hours.",
            lambda view: f"{view.phone.name}'s app does not restart any more.",
        ),
        _app_restarts,
    ),
)
