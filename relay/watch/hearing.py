"""When the relay was able to hear: silence counts only then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median_low

from relay.watch.state import Interval, State

USUAL = 300.0
"""Seconds between two ticks, until they have shown how many."""
MISSED = 3
"""How many times the usual seconds without a tick are an outage of ours."""
SHORTEST = 60.0
"""Seconds without a tick that are never an outage."""
GAPS = 5
"""How many gaps say what is usual: the middle one counts, so no outage does."""
TWICE = 30.0
"""Seconds between two ticks below which one of them was not needed, and says nothing of what is usual."""
DAY = 86400.0
"""Seconds for which a phone may wait longer after an outage: it never waits longer between two tries."""
OUTAGES = 50
"""How many outages are remembered."""


def with_tick(state: State, now: float) -> State:
    """Return the state with a tick now (Unix seconds); if none came for long, nothing was heard."""
    if not state.ticked:
        return replace(state, started=now, ticked=now)
    gap = now - state.ticked
    if gap < 0:
        return _with_clock_put_back(state, now)
    deaf = state.deaf
    if is_overdue(state, now):
        deaf = (*deaf, Interval(state.ticked, now))[-OUTAGES:]
    return replace(state, ticked=now, gaps=(*state.gaps, *([gap] if gap >= TWICE else []))[-GAPS:], deaf=deaf)


def _with_clock_put_back(state: State, now: float) -> State:
    past = tuple(each for each in state.deaf if each.end <= now)
    return replace(state, started=min(state.started, now), ticked=now, deaf=past)


def usual_gap(state: State) -> float:
    """Return the usual seconds between two ticks."""
    return median_low(state.gaps) if state.gaps else USUAL


def is_overdue(state: State, now: float) -> bool:
    """Return whether no tick has come for much longer than usual."""
    return now - state.ticked > max(SHORTEST, MISSED * usual_gap(state))


def heard_seconds(state: State, since: float, now: float) -> float:
    """Return for how many seconds since a moment a phone could have been heard.

    After an outage of ours a phone may wait about as long again before it tries.
    """
    start = max(since, state.started)
    deaf = sum(each.end - each.start for each in _within(start, now, state.deaf))
    return now - start - deaf


def _within(start: float, end: float, deaf: Sequence[Interval]) -> Iterator[Interval]:
    """Yield what of the outages, each with the wait that follows, is in an interval; nothing twice."""
    for each in deaf:
        length = each.end - each.start
        begin, until = max(each.start, start), min(each.end + min(length, DAY), end)
        if until > begin:
            yield Interval(begin, until)
            start = until
