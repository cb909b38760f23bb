"""What is still to be sent: in their order, until each was accepted."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from relay.watch.rules import Rules
from relay.watch.state import Finding, State

MOST = 200
"""How many findings wait at most; the oldest go."""


def with_findings(state: State, findings: Iterable[Finding], now: float, rules: Rules) -> State:
    """Return the state with more to send, and with a mark on all that is sent at this tick.

    What begins and ends while it may not be sent is not worth a message.
    """
    outbox = state.outbox
    for finding in findings:
        outbox = _with(outbox, finding)
    is_quiet = rules.is_quiet(now)
    marked = (each if is_quiet and not each.is_urgent else each._replace(is_tried=True) for each in outbox)
    return replace(state, outbox=tuple(marked)[-MOST:])


def to_send(state: State, now: float, rules: Rules) -> list[Finding]:
    """Return what is to be sent now."""
    is_quiet = rules.is_quiet(now)
    return [each for each in state.outbox if each.is_urgent or not is_quiet]


def without(state: State, accepted: Container[str]) -> State:
    """Return the state without the findings of these ids."""
    return replace(state, outbox=tuple(each for each in state.outbox if each.id not in accepted))


def _with(outbox: Sequence[Finding], finding: Finding) -> tuple[Finding, ...]:
    if any(each.id == finding.id for each in outbox):
        return tuple(outbox)
    begun = [each for each in outbox if each.subject == finding.subject and not each.is_tried]
    if finding.is_end and begun:
        return tuple(each for each in outbox if each not in begun)
    return (*outbox, finding)
