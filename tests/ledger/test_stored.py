"""A record comes back as it was written, and nothing else is taken for one."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relay.ledger import LedgerUnavailable
from relay.ledger.record import Progress, Record
from relay.ledger.stored import from_json, to_json
from relay.model import DeliverySpec, DeliveryState, Dispatch

names = st.text(max_size=8)
specs = st.builds(DeliverySpec, names, st.lists(names, max_size=2).map(tuple), st.booleans(), st.just("code"))
STATES = list(DeliveryState)
records = st.builds(
    Record,
    st.builds(Dispatch, names, st.floats(0, 4e9), st.lists(specs, max_size=3).map(tuple)),
    st.dictionaries(
        names, st.builds(Progress, st.sampled_from(STATES), st.integers(0), names, by=st.just(("x",)))
    ),
    names,
    st.floats(0, 4e9),
    st.floats(0, 4e9),
    st.none() | st.binary(max_size=9),
)


@given(records)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    assert from_json(to_json(record), record.raw) == record


def plain(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with the members that a record has, more or less."""
    return st.dictionaries(st.sampled_from(["debt", "progress", "owed", "type", "family"]), values)


@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner) | plain(inner)))
def test_what_is_no_record_is_said(value: Any) -> None:
    for text in (json.dumps(value), str(value)):
        with suppress(LedgerUnavailable):
            from_json(text, None)
            assert set(value) >= {"debt", "progress"}
