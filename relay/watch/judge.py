"""What a tick makes of all that is known: a pure function of the state, the phones and the time."""

from collections.abc import Mapping
from dataclasses import replace

from relay.watch.cards import judge_cards
from relay.watch.conditions import judge_conditions
from relay.watch.hearing import with_tick
from relay.watch.outbox import with_findings
from relay.watch.phone import Phone
from relay.watch.rules import Rules
from relay.watch.silence import is_silent, judge_silence
from relay.watch.state import Finding, State


def judge(state: State, phones: Mapping[str, Phone], now: float, rules: Rules) -> State:
    """Return the state after a tick now (Unix seconds), with what is to be reported in its outbox.

    The same tick twice reports nothing twice. A phone that is silent is in no other trouble meanwhile.
    """
    state = without_missing(with_tick(state, now), phones)
    state, findings = judge_silence(state, phones, now, rules)
    for key, phone in phones.items():
        if phone.pinged and not is_silent(state, key, phone, now, rules):
            state, found = _judge_heard(state, key, phone, now, rules)
            findings += found
    return with_findings(state, findings, now, rules)


def _judge_heard(
    state: State, key: str, phone: Phone, now: float, rules: Rules
) -> tuple[State, list[Finding]]:
    state, findings = judge_conditions(state, key, phone, now, rules)
    state, more = judge_cards(state, key, phone, now, rules)
    return state, findings + more


def without_missing(state: State, phones: Mapping[str, Phone]) -> State:
    """Return the state without phones of which no note is left."""
    if phones.keys() >= state.conditions.keys() | state.fresh.keys() | state.cards.keys():
        return state
    return replace(
        state,
        conditions={key: each for key, each in state.conditions.items() if key in phones},
        fresh={key: each for key, each in state.fresh.items() if key in phones},
        cards={key: each for key, each in state.cards.items() if key in phones},
    )
