"""Which phones are silent, alone or together, and which are back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from relay.watch import wording
from relay.watch.hearing import heard_seconds
from relay.watch.phone import Phone
from relay.watch.rules import Rules
from relay.watch.sighting import IN, PLUG
from relay.watch.state import Condition, Conditions, Finding, State

SILENT = "silent"
"""The kind of this condition."""
PROVEN = 3600.0
"""Seconds over which a phone that is not in `[devices]` must have pinged before its silence counts."""
SHOWN = 12
"""Characters of a phone's key that are in the id of a finding."""
_SEVERAL = 2

Phones = Mapping[str, Phone]


@dataclass(frozen=True, slots=True)
class _Silence:
    """A phone's silence: `overdue` is by how many seconds it is too long, negative if it is not."""

    key: str
    phone: Phone
    overdue: float
    before: Condition | None


def judge_silence(state: State, phones: Phones, now: float, rules: Rules) -> tuple[State, list[Finding]]:
    """Return the state with the phones that are silent now, and what is to be reported of it."""
    all_of_them = [
        _Silence(key, phone, _overdue(state, phone, now, rules), state.conditions.get(key, {}).get(SILENT))
        for key, phone in phones.items()
        if _is_judged(phone, rules)
    ]
    returned = [each for each in all_of_them if each.before and each.phone.heard != each.before.since]
    state, backs = _report_returned(state, returned)
    state, silent = _report_silent(state, [each for each in all_of_them if each not in returned], now, rules)
    return state, backs + silent


def is_silent(state: State, key: str, phone: Phone, now: float, rules: Rules) -> bool:
    """Return whether a phone is silent, reported or not: nothing else of it is reported meanwhile."""
    return SILENT in state.conditions.get(key, {}) or _overdue(state, phone, now, rules) >= 0


def _is_judged(phone: Phone, rules: Rules) -> bool:
    """Return whether a phone is one that pings; an unknown one must have done so for a while."""
    proven = min(PROVEN, rules.limits(phone.name).silence)
    return bool(phone.pinged) and (phone.is_configured or phone.pinged - phone.first >= proven)


def _overdue(state: State, phone: Phone, now: float, rules: Rules) -> float:
    """Return by how many seconds a phone's silence is too long.

    It may have been heard a little later than its note says, which is not written at each ping.
    """
    return heard_seconds(state, phone.heard, now) - rules.write_every(phone.name) - _limit(phone, rules)


def _limit(phone: Phone, rules: Rules) -> float:
    """Return how long a phone may be silent: one that may be asleep for longer.

    A single ping that says that it is charged may be an old one.
    """
    limits = rules.limits(phone.name)
    is_charged = phone.steady(PLUG, rules.write_every(phone.name)) == IN
    return limits.silence if is_charged or phone.charging is None else limits.unplugged


def _report_returned(state: State, returned: list[_Silence]) -> tuple[State, list[Finding]]:
    findings = list(_returned_together(state, returned)) or [_returned(each) for each in returned]
    for each in returned:
        state = without_condition(state, each.key, SILENT)
        state = replace(state, fresh={**state.fresh, each.key: _return_of(each)})
    return state, findings


def _returned_together(state: State, returned: list[_Silence]) -> Iterator[Finding]:
    """Yield one finding if all that fell silent together are back."""
    groups = {each.before.detail for each in returned if each.before}
    group = groups.pop() if len(groups) == 1 else ""
    silent = sum(
        SILENT in kinds and kinds[SILENT].detail == group for kinds in state.conditions.values() if group
    )
    if group and silent == len(returned) >= _SEVERAL:
        first = min(returned, key=_return_of)
        title = wording.all_back(len(returned), max(map(_seconds_away, returned)))
        yield Finding(f"back.{group}", title, "", f"{group} {SILENT}", _return_of(first), is_end=True)


def _returned(each: _Silence) -> Finding:
    title = wording.back(each.phone.name, _seconds_away(each))
    since = each.before.since if each.before else 0.0
    return Finding(
        f"back.{each.key[:SHOWN]}.{since:.0f}",
        title,
        "",
        f"{each.key} {SILENT}",
        _return_of(each),
        is_end=True,
    )


def _return_of(each: _Silence) -> float:
    """Return when a phone was heard again."""
    since = each.before.since if each.before else 0.0
    return each.phone.returned if each.phone.returned > since else each.phone.heard


def _seconds_away(each: _Silence) -> float:
    return _return_of(each) - (each.before.since if each.before else 0.0)


def _report_silent(
    state: State, heard_or_not: list[_Silence], now: float, rules: Rules
) -> tuple[State, list[Finding]]:
    unreported = [each for each in heard_or_not if not each.before]
    due = [each for each in unreported if each.overdue >= 0]
    is_together = len(unreported) >= _SEVERAL and _are_near(unreported, rules)
    if not due or (is_together and _may_wait(due, unreported, rules)):
        return state, []
    is_all = is_together and len(due) == len(unreported)
    group = f"all.{min(each.phone.heard for each in due):.0f}" if is_all else ""
    for each in due:
        state = with_condition(state, each.key, SILENT, Condition(each.phone.heard, now, group))
    if is_all:
        return state, [_all_silent(due, group, len(heard_or_not), now, rules)]
    return state, [_silent(each, now, rules) for each in due]


def _may_wait(due: list[_Silence], unreported: list[_Silence], rules: Rules) -> bool:
    """Return whether the phones that are not silent yet are about to be, so that one message says all."""
    longest = max(each.overdue for each in due)
    patience = min(rules.together(each.phone.name) for each in due)
    missing = [each for each in unreported if each.overdue < 0]
    return (
        bool(missing) and longest < patience and all(each.overdue >= longest - patience for each in missing)
    )


def _are_near(some: list[_Silence], rules: Rules) -> bool:
    """Return whether phones were last heard at about the same time, as far as their notes say."""
    phones = [each.phone for each in some]
    moments = [each.heard for each in phones]
    tolerance = min(rules.together(each.name) + rules.write_every(each.name) for each in phones)
    return max(moments) - min(moments) <= tolerance


def _all_silent(due: list[_Silence], group: str, judged: int, now: float, rules: Rules) -> Finding:
    heard = min(each.phone.heard for each in due)
    since = wording.clock(heard, now, rules.zone)
    title = wording.all_silent(len(due), since, others=len(due) < judged)
    text = "\n".join(f"{each.phone.name}: {wording.last_words(each.phone) or 'no details'}" for each in due)
    return Finding(f"silent.{group}", title, text, f"{group} {SILENT}", now, is_urgent=True)


def _silent(each: _Silence, now: float, rules: Rules) -> Finding:
    phone = each.phone
    title = wording.silent(phone, now - phone.heard)
    text = f"Last heard {wording.at(phone.heard, rules.zone)}."
    id_ = f"silent.{each.key[:SHOWN]}.{phone.heard:.0f}"
    return Finding(id_, title, text, f"{each.key} {SILENT}", now, is_urgent=True)


def with_condition(state: State, key: str, kind: str, condition: Condition) -> State:
    """Return the state with a condition of a phone."""
    kinds: Conditions = {**state.conditions.get(key, {}), kind: condition}
    return replace(state, conditions={**state.conditions, key: kinds})


def without_condition(state: State, key: str, kind: str) -> State:
    """Return the state without a condition of a phone."""
    if kind not in state.conditions.get(key, {}):
        return state
    kinds = {name: each for name, each in state.conditions.get(key, {}).items() if name != kind}
    others = {name: each for name, each in state.conditions.items() if name != key}
    return replace(state, conditions={**others, **({key: kinds} if kinds else {})})
