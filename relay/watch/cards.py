"""Whether a phone's SIM cards are those that it had."""

from collections.abc import Mapping
from dataclasses import replace

from relay.watch.conditions import Check, View, apply
from relay.watch.phone import Card, Phone
from relay.watch.rules import Rules
from relay.watch.silence import without_condition
from relay.watch.state import Finding, State

IDENTITIES = ("iccid", "number", "carrier")
"""What tells one card from another, the surest first: Android hides the first since version 10."""
GONE_FOR = 7 * 86400.0
"""Seconds after which a card that is gone is not missed any more."""

CONTRADICTED = 86400.0
"""Seconds after which no list is expected any more that contradicts the latest one."""
SIM = "sim "
"""What the kinds of these conditions begin with."""

Cards = Mapping[str, Card]


def judge_cards(
    state: State, key: str, phone: Phone, now: float, rules: Rules
) -> tuple[State, list[Finding]]:
    """Return the state with the SIM cards of a phone, and what is to be reported of them.

    An empty list says nothing: the app may not be allowed to read the cards. A change counts once two lists
    in a row agree, or after a day: the first list after a boot can lack a card, and old ones arrive late.
    """
    is_settled = not any(kind.startswith(SIM) for kind in state.conditions.get(key, {}))
    if not phone.cards or (is_settled and phone.cards == state.cards.get(key)):
        return state, []
    findings: list[Finding] = []
    for number in state.cards.get(key, {}):
        view = View(key, phone, rules.limits(phone.name), state, now)
        state, missing = _judge_missing(view, number, _name(phone, number, rules))
        state, other = _judge_other(view._replace(state=state), number, _name(phone, number, rules))
        findings += missing + other
    return _with_cards(state, key, {**phone.cards, **state.cards.get(key, {})}), findings


def _judge_missing(view: View, number: str, name: str) -> tuple[State, list[Finding]]:
    check = Check(f"{SIM}{number}", lambda _: f"{name} is gone.", lambda _: f"{name} is back.")
    state, findings = apply(view, check, holds=_is_missing(view, number))
    condition = state.conditions.get(view.key, {}).get(check.kind)
    if condition and condition.reported and view.now - condition.reported > GONE_FOR:
        cards = {each: card for each, card in state.cards[view.key].items() if each != number}
        state = _with_cards(without_condition(state, view.key, check.kind), view.key, cards)
    return state, findings


def _judge_other(view: View, number: str, name: str) -> tuple[State, list[Finding]]:
    """Judge whether a card is another one; once that is reported, it is the one to be expected."""
    known, current = view.state.cards.get(view.key, {}).get(number), view.phone.cards.get(number)
    if known is None or current is None:
        return view.state, []
    check = Check(f"{SIM}{number} other", lambda _: f"{name} is another card.", lambda _: "")
    before = view.phone.cards_before.get(number, known)
    is_other = is_another(known, current) and (_is_sure(view) or is_another(known, before))
    state, findings = apply(view, check, holds=is_other)
    if findings or not is_another(known, current):
        card = current if is_other else {**known, **current}
        state = without_condition(state, view.key, check.kind)
        state = _with_cards(state, view.key, {**state.cards[view.key], number: card})
    return state, findings


def _is_missing(view: View, number: str) -> bool | None:
    """Return whether a card is missing; None if that is not sure."""
    is_missing, was_missing = number not in view.phone.cards, number not in view.phone.cards_before
    return is_missing if is_missing == was_missing or _is_sure(view) else None


def _is_sure(view: View) -> bool:
    """Return whether the latest list has not been contradicted for long."""
    return view.now - view.phone.listed >= CONTRADICTED


def is_another(known: Card, current: Card) -> bool:
    """Return whether a card is another one, by the surest identity that is known of both."""
    for name in IDENTITIES:
        if name in known and name in current:
            return known[name] != current[name]
    return False


def _name(phone: Phone, number: str, rules: Rules) -> str:
    device = rules.devices.get(phone.name) if phone.is_configured else None
    own = device.sims.get(int(number)) if device else None
    return f"{phone.name}: SIM {number}{f' ({own})' if own else ''}"


def _with_cards(state: State, key: str, cards: Cards) -> State:
    return state if state.cards.get(key) == cards else replace(state, cards={**state.cards, key: cards})
