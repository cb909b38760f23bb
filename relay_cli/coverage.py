"""Routes that can never match."""

from collections.abc import Iterator
from typing import Any

from relay.events import INBOUND, TYPES
from relay.names.patterns import covers
from relay.routing import Router
from relay.routing.conditions import (
    Condition,
    HasAttachment,
    HasCode,
    Health,
    NotText,
    Recipients,
    Schedule,
    Senders,
    Sims,
    Text,
    When,
)
from relay.routing.rules import Rule

_WEEK = [(day, minute) for day in range(7) for minute in range(24 * 60)]
_OF_THE_PHONE = frozenset({"system:ping", "app:started"})


def never_matching(router: Router) -> Iterator[str]:
    """Yield a sentence for each route that no event can reach, and for a default that none can."""
    for place, rule in enumerate(router.rules):
        before = next((each for each in router.rules[:place] if _takes_all_of(each, rule)), None)
        if not _possible(rule):
            yield f"routes[{place}] can never match: no event is as all its conditions want it"
        elif before:
            yield f"routes[{place}] can never match: routes[{before.position}] takes all of it before"
    for rule in router.rules:
        if rule.route.continues and not rule.conditions and all(map(rule.is_for, INBOUND)):
            yield f"default is never used: routes[{rule.position}] matches all that is received"


def _possible(rule: Rule) -> bool:
    texts = [each.wanted for each in rule.conditions if isinstance(each, Text)]
    refused = [each.wanted for each in rule.conditions if isinstance(each, NotText)]
    if any(text <= refusal for text in texts for refusal in refused):
        return False
    types = [each for each in TYPES if rule.is_for(each)]
    types += [each for each in _to_come(rule) if "*" not in each]
    return any(all(_can_hold(each, event_type) for each in rule.conditions) for event_type in types)


def _can_hold(condition: Condition[Any], event_type: str) -> bool:
    """Return whether events of a type have what a condition asks for."""
    if isinstance(condition, Health):
        return event_type == "system:ping"
    if isinstance(condition, HasCode) and condition.wanted:
        return event_type in INBOUND
    if isinstance(condition, HasAttachment) and condition.wanted:
        return event_type.startswith("mms:") or event_type not in TYPES
    return event_type not in _OF_THE_PHONE or not isinstance(condition, Senders | Recipients | Text | Sims)


def _takes_all_of(earlier: Rule, later: Rule) -> bool:
    """Return whether whatever the later route matches is the earlier one's already."""
    if earlier.route.continues or not _names_all_types_of(earlier, later):
        return False
    return all(any(_implied(each, other) for other in later.conditions) for each in earlier.conditions)


def _names_all_types_of(earlier: Rule, later: Rule) -> bool:
    known = all(earlier.is_for(each) for each in TYPES if later.is_for(each))
    return known and all(any(covers(ours, each) for ours in _to_come(earlier)) for each in _to_come(later))


def _to_come(rule: Rule) -> list[str]:
    """Return the names and patterns of types not known yet that a route is for."""
    if rule.route.events is None:
        return [] if rule.route.health else ["*"]
    return [each for each in rule.route.events if each not in TYPES]


def _implied(condition: Condition[Any], other: Condition[Any]) -> bool:
    """Return whether a condition holds wherever the other one does."""
    match condition, other:
        case (Senders(ours), Senders(theirs)) | (Recipients(ours), Recipients(theirs)):
            return all(any(covers(each, party) for each in ours) for party in theirs)
        case Sims((numbers, named)), Sims((others, others_named)):
            return bool(numbers >= others and named >= others_named)
        case NotText(ours), NotText(theirs):
            return bool(ours <= theirs)
        case When(ours), When(theirs):
            return _spans(ours, theirs)
        case (HasCode(ours), HasCode(theirs)) | (HasAttachment(ours), HasAttachment(theirs)):
            return bool(ours == theirs)
    return type(condition) is type(other) and bool(condition.wanted >= other.wanted)


def _spans(one: Schedule, other: Schedule) -> bool:
    return one.zone == other.zone and all(one.includes(*at) for at in _WEEK if other.includes(*at))
