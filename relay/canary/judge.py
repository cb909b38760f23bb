"""What a tick makes of a test: a pure function of its journal, the phones, the state and the time."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from relay.canary import wording
from relay.canary.journal import Journal, Trip
from relay.canary.loop import Loop
from relay.canary.plan import wanted_now
from relay.watch.hearing import heard_seconds
from relay.watch.phone import GAP, Phone
from relay.watch.rules import Rules
from relay.watch.silence import SHOWN, is_silent
from relay.watch.state import Finding, LoopState, State

MISSING, UNSENT = "missing", "unsent"
"""What may be wrong: a test did not come back, or tests are not sent."""
SEVERAL = 3
"""Tests in a row that were not sent, from which it is reported."""
LONG = 26 * 3600.0
"""Seconds after which it is reported, however few tests there were: the longest day has 25 hours."""
PING = 300.0
"""Seconds before the end of the time for a test after which a phone must have been heard."""
USUAL = 300.0
"""Seconds without a sign of life that are usual: phones ping every five minutes.

A third of the time for a test, if that is shorter: what could not be posted in a silence that does not count
comes in time.
"""
LONGER = 1.5
"""How many times longer than the one before a silence must be to count."""


class Verdict(StrEnum):
    """What is known of a test by now."""

    OPEN = "open"
    BACK = "back"
    MISSING = "missing"
    UNSENT = "unsent"


class View(NamedTuple):
    """A test, as it is judged at a time (Unix seconds)."""

    loop: Loop
    trip: Trip
    state: State
    phones: Mapping[str, Phone]
    now: float
    rules: Rules
    is_next_due: bool = False

    def is_silent(self, key: str) -> bool:
        """Return whether a phone is silent anyway; one that was never heard is not."""
        phone = self.phones.get(key)
        return phone is not None and bool(phone.pinged) and self._is_silent(key, phone)

    def _is_silent(self, key: str, phone: Phone) -> bool:
        return is_silent(self.state, key, phone, self.now, self.rules)


def judge_loops(
    state: State,
    tests: Mapping[Loop, Journal],
    phones: Mapping[str, Phone],
    now: float,
    rules: Rules,
) -> tuple[State, list[Finding]]:
    """Return the state with all tests judged, and what is to be reported; those of old are forgotten."""
    findings: list[Finding] = []
    loops: dict[str, LoopState] = {}
    for loop, journal in tests.items():
        known = loops[loop.key] = state.loops.get(loop.key, LoopState())
        trip, is_next_due = journal.trip, _is_next_due(loop, journal, now, rules)
        if is_next_due and (since := _idle_since(loop, journal, state, now)):
            trip, is_next_due = Trip(-1, since, since, failed=since, reason=wording.NEVER_TRIED), False
        if trip:
            view = View(loop, trip, state, phones, now, rules, is_next_due)
            loops[loop.key], found = judge_trip(with_signs_of_life(known, view), view)
            findings += found
    return (state if loops == state.loops else replace(state, loops=loops)), findings


def _is_next_due(loop: Loop, journal: Journal, now: float, rules: Rules) -> bool:
    """Return whether a newer test is still to be sent."""
    wanted = wanted_now(loop, journal, now, rules.zone)
    return wanted is not None and (journal.trip is None or journal.trip.due != wanted)


def _idle_since(loop: Loop, journal: Journal, state: State, now: float) -> float:
    """Return since when no test was tried, though one should have been long ago; 0 if one was."""
    since = max(journal.since, journal.trip.tried if journal.trip else 0.0)
    return since if heard_seconds(state, since, now) >= loop.canary.every + LONG else 0.0


def with_signs_of_life(known: LoopState, view: View) -> LoopState:
    """Return the state with what was heard of the receiving phone since the test was sent.

    What a phone cannot post it tries again before it has waited as long again: after each silence, nothing is
    concluded for as long as the test is under way.
    """
    trip, phone, within = view.trip, view.phones.get(view.loop.receiver_key), view.loop.canary.within
    if not trip.sent or phone is None:
        return known
    usual = min(USUAL, within / 3)
    if known.due != trip.due:
        known = known._replace(due=trip.due, heard=min(trip.sent, phone.heard), gap=0.0, clear=0.0)
    if phone.heard <= known.heard:
        return known
    between = max(known.heard, min(phone.before, phone.heard))
    silence = max(between - known.heard, phone.heard - between)
    if silence > min(GAP, LONGER * max(usual, known.gap)):
        known = known._replace(clear=phone.heard + max(silence, phone.heard - trip.sent))
    return known._replace(heard=phone.heard, gap=silence)


def judge_trip(known: LoopState, view: View) -> tuple[LoopState, list[Finding]]:
    """Return the state after a test was judged, and what is to be reported of it."""
    if view.trip.due == known.back and not view.trip.returned:
        return known, []  # the journal was read before it came back
    verdict = decide(known, view)
    if verdict is Verdict.BACK:
        return _back(known, view)
    if verdict is Verdict.MISSING:
        return _missing(known, view)
    if verdict is Verdict.UNSENT:
        return _unsent(known, view)
    return known, []


def decide(known: LoopState, view: View) -> Verdict:
    """Return what is known of a test. Nobody is accused who is silent anyway, or could not be heard."""
    trip, within, loop = view.trip, view.loop.canary.within, view.loop
    if trip.returned:
        return Verdict.BACK
    if trip.sent and not trip.failed:
        is_over = heard_seconds(view.state, trip.sent, view.now) >= within
        is_heard = known.heard >= max(known.clear, trip.sent + max(within / 2, within - PING))
        is_sure = is_over and is_heard and not view.is_silent(loop.receiver_key)
        return Verdict.MISSING if is_sure else Verdict.OPEN
    is_over = bool(trip.failed) or heard_seconds(view.state, trip.asked, view.now) >= within
    return Verdict.UNSENT if is_over and not view.is_silent(loop.sender_key) else Verdict.OPEN


def _back(known: LoopState, view: View) -> tuple[LoopState, list[Finding]]:
    after = known._replace(back=view.trip.due, problem="", since=0.0, unsent=0.0, times=0)
    if known.problem == MISSING:
        title = wording.back(view.loop, view.trip, view.now, view.rules.zone)
        return after, [_finding(view, f"was-{MISSING}", title, known.since, is_end=True)]
    if known.problem == UNSENT:
        title = wording.sent(view.loop)
        return after, [_finding(view, f"was-{UNSENT}", title, known.since, is_end=True)]
    return after, []


def _missing(known: LoopState, view: View) -> tuple[LoopState, list[Finding]]:
    after = known._replace(unsent=0.0, times=0)
    if known.problem == MISSING:
        return after, []
    since, phone = view.trip.asked, view.phones.get(view.loop.receiver_key)
    receives = phone is not None and phone.message > view.trip.sent and bool(view.loop.receiver)
    words = wording.astray if receives else wording.missing
    title = words(view.loop, view.trip, view.now, view.rules.zone)
    finding = _finding(view, MISSING, title, since, wording.hint(view.trip, is_astray=receives))
    return after._replace(problem=MISSING, since=since), [finding]


def _unsent(known: LoopState, view: View) -> tuple[LoopState, list[Finding]]:
    trip = view.trip
    if known.counted != trip.due or not known.times:
        known = known._replace(unsent=known.unsent or trip.asked, times=known.times + 1, counted=trip.due)
    is_long = known.times >= SEVERAL or view.now - known.unsent >= LONG
    if known.problem or not is_long or view.is_next_due:
        return known, []
    title = wording.unsent(view.loop, trip, known.unsent, view.now, view.rules.zone)
    finding = _finding(view, UNSENT, title, known.unsent)
    return known._replace(problem=UNSENT, since=known.unsent), [finding]


def _finding(
    view: View, kind: str, title: str, since: float, text: str = "", *, is_end: bool = False
) -> Finding:
    """Return what is to be reported: the same id for the same, whoever finds it."""
    key = view.loop.key
    subject = f"{key} canary"
    return Finding(f"canary.{kind}.{key[:SHOWN]}.{since:.0f}", title, text, subject, view.now, is_end=is_end)
