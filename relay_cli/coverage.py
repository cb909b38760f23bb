"""Routes that can never match."""

from collections.abc import Iterator
from typing import Any

from relay.events import CALLS, INBOUND, TYPES
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
_PHONE_EVENTS = frozenset({"system:ping", "app:started"})


def find_unreachable(router: Router) -> Iterator[str]:
    """Yield a sentence for each route that no event can reach, and one if no event can reach `default`."""
    for index, rule in enumerate(router.rules):
        earlier = next((each for each in router.rules[:index] if _includes_rule(each, rule)), None)
        if not _can_match(rule):
            yield f"routes[{index}] can never match: no event meets all its conditions"
        elif earlier:
            taken_by = f"routes[{earlier.position}]"
            yield f"routes[{index}] can never match: {taken_by} already takes all of its events"
    for rule in router.rules:
        if rule.route.continues and not rule.conditions and all(map(rule.is_for, INBOUND)):
            yield f"default is never used: routes[{rule.position}] takes all received messages"


def _can_match(rule: Rule) -> bool:
    texts = [each.wanted for each in rule.conditions if isinstance(each, Text)]
    refused = [each.wanted for each in rule.conditions if isinstance(each, NotText)]
    if any(text <= refusal for text in texts for refusal in refused):
        return False
    types = [each for each in TYPES if rule.is_for(each)]
    types += [each for each in _other_types(rule) if "*" not in each]
    return any(all(_can_be_met(each, event_type) for each in rule.conditions) for event_type in types)


def _can_be_met(condition: Condition[Any], event_type: str) -> bool:
    """Return whether events of a type can meet a condition."""
    if isinstance(condition, Health):
        return event_type == "system:ping"
    if isinstance(condition, HasCode) and condition.wanted:
        return event_type in INBOUND or event_type not in TYPES
    if isinstance(condition, HasAttachment) and condition.wanted:
        return event_type.startswith("mms:") or event_type not in TYPES
    if isinstance(condition, Text) and event_type in CALLS:
        return False
    return event_type not in _PHONE_EVENTS or not isinstance(condition, Senders | Recipients | Text | Sims)


def _includes_rule(earlier: Rule, later: Rule) -> bool:
    """Return whether the earlier route takes every event that the later one would match."""
    if earlier.route.continues or not _includes_types(earlier, later):
        return False
    return all(any(_implied(each, other) for other in later.conditions) for each in earlier.conditions)


def _includes_types(earlier: Rule, later: Rule) -> bool:
    if not all(earlier.is_for(each) for each in TYPES if later.is_for(each)):
        return False
    return all(any(covers(wide, each) for wide in _other_types(earlier)) for each in _other_types(later))


def _other_types(rule: Rule) -> list[str]:
    """Return the types and patterns that a route names beyond the types that exist today."""
    if rule.route.events is None:
        return [] if rule.route.health else ["*"]
    return [each for each in rule.route.events if each not in TYPES]


def _implied(condition: Condition[Any], other: Condition[Any]) -> bool:
    """Return whether a condition holds whenever the other one does."""
    match condition, other:
        case (Senders(wide), Senders(narrow)) | (Recipients(wide), Recipients(narrow)):
            return all(any(covers(each, party) for each in wide) for party in narrow)
        case Sims((numbers, named)), Sims((others, others_named)):
            return bool(numbers >= others and named >= others_named)
        case NotText(wide), NotText(narrow):
            return bool(wide <= narrow)
        case When(wide), When(narrow):
            return _includes_week(wide, narrow)
        case (HasCode(wide), HasCode(narrow)) | (HasAttachment(wide), HasAttachment(narrow)):
            return bool(wide == narrow)
    return type(condition) is type(other) and bool(condition.wanted >= other.wanted)


def _includes_week(wide: Schedule, narrow: Schedule) -> bool:
    return wide.zone == narrow.zone and all(wide.includes(*at) for at in _WEEK if narrow.includes(*at))
