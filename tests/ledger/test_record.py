"""The rules of a record, whatever keeps it."""

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.ledger.record import (
    LEASE,
    OPEN_FOR,
    SETTLED_FOR,
    Busy,
    Claim,
    Done,
    Granted,
    Progress,
    Record,
    Settlement,
)
from relay.ledger.rules import claim, settle
from relay.model import DeliverySpec, DeliveryState, Dispatch

KEY = "5e" * 32
NOW = 1_800_000_000.0
NAMES = ("family", "work", "log")
DEBT = Dispatch("sms:received", NOW, tuple(DeliverySpec(name) for name in NAMES))
BODY = b"the body"


def progress_of(owner: str) -> st.SearchStrategy[Progress]:
    """Return what an owner's attempt can report of a destination that its configuration has."""
    delivered = st.just(Progress(DeliveryState.DELIVERED, by=(owner,)))
    states = st.sampled_from([DeliveryState.OPEN, DeliveryState.REFUSED, DeliveryState.DIVERTED])
    plans = st.sampled_from(["", "a plan", "another"])
    others = st.builds(Progress, states, st.integers(0, 4), plans, reason=st.text(max_size=5))
    return delivered | others


@st.composite
def settlements(draw: st.DrawFn) -> list[Settlement]:
    """Draw what several attempts at one event report, each of its own destinations."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        owner = f"owner {number}"
        outcomes = draw(st.dictionaries(st.sampled_from([*NAMES, "a fallback"]), progress_of(owner)))
        found.append(Settlement(owner, DEBT, outcomes, BODY))
    return found


def granted(answer: Claim) -> Record:
    assert isinstance(answer, Granted)
    return answer.record


def recorded(reports: Any) -> Record:
    """Record what several attempts report, the body being kept already."""
    record = dataclasses.replace(granted(claim(KEY, None, DEBT, "someone", NOW)), raw=BODY)
    for report in reports:
        record = settle(record, report, NOW)
    return record


def facts(record: Record) -> dict[str, Any]:
    """Return what must not depend on the order in which attempts report."""
    names = {*NAMES, *record.progress}
    return {name: (record.of(name).state, frozenset(record.of(name).by)) for name in names}


@given(settlements())
def test_the_order_of_reports_decides_nothing(reports: list[Settlement]) -> None:
    orders = [facts(recorded(order)) for order in itertools.permutations(reports)]
    assert all(each == orders[0] for each in orders)


@given(settlements(), st.data())
def test_a_report_that_comes_twice_changes_nothing(reports: list[Settlement], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(reports)))
    assert facts(recorded([*reports, *again])) == facts(recorded(reports))
    record = recorded(reports)
    assert settle(record, reports[-1], NOW) == record


@given(settlements())
def test_an_acceptance_is_never_undone(reports: list[Settlement]) -> None:
    accepted = {
        name
        for report in reports
        for name, each in report.outcomes.items()
        if each.state is DeliveryState.DELIVERED
    }
    record = recorded(reports)
    assert {name for name in record.progress if record.of(name).state is DeliveryState.DELIVERED} == accepted
    owners = sum(len(each.by) for each in record.progress.values())
    assert record.doubles == owners - len(accepted)


@given(st.lists(st.integers(0, 9), min_size=1), st.permutations(["a plan", "", "a plan"]))
def test_accepted_posts_of_one_plan_are_never_uncounted(counts: list[int], plans: list[str]) -> None:
    record, most = recorded([]), 0
    for count, plan in zip(counts, itertools.cycle(plans), strict=False):
        late = Progress(DeliveryState.OPEN, count if plan else 0, plan)
        record = settle(record, Settlement("x", DEBT, {"family": late}), NOW)
        most = max(most, count if plan else 0)
    assert record.of("family").posts == most


def test_another_plan_starts_over() -> None:
    record = recorded([Settlement("x", DEBT, {"family": Progress(posts=3, plan="a plan")})])
    late = Settlement("y", DEBT, {"family": Progress(posts=1, plan="another")})
    assert settle(record, late, NOW).of("family") == Progress(posts=1, plan="another")


def test_a_record_does_not_show_its_body() -> None:
    assert "body" not in repr(Record(DEBT, raw=BODY))


def test_what_is_owed_to_nobody_is_not_recorded_but_what_was_owed_is_found() -> None:
    nothing = Dispatch("sms:received", NOW, ())
    assert isinstance(claim(KEY, None, nothing, "x", NOW), Done)
    earlier = settle(granted(claim(KEY, None, DEBT, "x", NOW)), Settlement("x", DEBT, {}), NOW)
    assert granted(claim(KEY, earlier, nothing, "y", NOW)).dispatch == DEBT


def test_a_lease_is_held_against_others_until_it_ends() -> None:
    record = granted(claim(KEY, None, DEBT, "first", NOW))
    assert claim(KEY, record, DEBT, "second", NOW + LEASE - 1) == Busy(NOW + LEASE, KEY)
    assert granted(claim(KEY, record, DEBT, "second", NOW + LEASE)).owner == "second"


def test_a_lease_of_a_clock_that_was_ahead_holds_nobody_up() -> None:
    record = granted(claim(KEY, None, DEBT, "first", NOW + 3 * 3600))
    assert granted(claim(KEY, record, DEBT, "second", NOW)).owner == "second"


def test_a_refusal_is_final_only_where_the_body_is_kept() -> None:
    refused = dict.fromkeys(NAMES, Progress(DeliveryState.REFUSED))
    record = granted(claim(KEY, None, DEBT, "x", NOW))
    assert DeliveryState.OPEN in settle(record, Settlement("x", DEBT, refused), NOW).states()
    assert DeliveryState.OPEN in settle(record, Settlement("a stranger", DEBT, refused, BODY), NOW).states()
    kept = settle(record, Settlement("x", DEBT, refused, BODY), NOW)
    assert isinstance(claim(KEY, kept, DEBT, "y", NOW), Done)


@pytest.mark.parametrize("last", [DeliveryState.DELIVERED, DeliveryState.DIVERTED])
def test_a_settled_record_lives_shorter_and_without_its_body(last: DeliveryState) -> None:
    record = recorded([Settlement("x", DEBT, dict.fromkeys(NAMES, Progress(DeliveryState.REFUSED)), BODY)])
    assert (record.expires, record.raw) == (NOW + OPEN_FOR, BODY)
    states = {
        "family": Progress(last),
        "work": Progress(DeliveryState.DELIVERED),
        "log": Progress(DeliveryState.DELIVERED),
    }
    record = settle(record, Settlement("x", DEBT, states), NOW + 5)
    expected = (NOW + 5 + SETTLED_FOR, None)
    assert (record.expires, record.raw) == expected
