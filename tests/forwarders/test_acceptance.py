"""The word by which a service accepts is found wherever its answer is cut, and nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.acceptance import has_id, is_ok, member

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=9,
)


@given(st.dictionaries(st.text(), JSON), JSON)
def test_a_member_is_found_once_it_is_whole_and_stays_found(others: dict[str, Any], value: Any) -> None:
    others.pop("word", None)
    body = json.dumps({**others, "word": {"is": value}, "last": 1}).encode()

    found = [member(body[:end], "word") for end in range(len(body) + 1)]

    first = next(end for end, each in enumerate(found) if each is not None)
    assert all(each == {"is": value} for each in found[first:])
    assert body[:first].endswith(b"}")


@given(st.lists(JSON) | st.dictionaries(st.text().filter(lambda name: name != "ok"), JSON) | st.text())
def test_what_is_no_member_is_not_found(value: Any) -> None:
    assert not is_ok(json.dumps(value).encode())
    assert not is_ok(json.dumps({"text": json.dumps({"ok": True}), "within": {"ok": True}}).encode())


@given(st.binary())
def test_no_body_is_too_strange(body: bytes) -> None:
    for start in (b"", b'{"ok":', b'{"id":', b'{"ok" "id":'):
        assert is_ok(start + body) in (True, False)
        assert has_id(start + body) in (True, False)


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        (b'{"id":"a"', True),
        (b'{"id":7}', True),
        (b'\n{ "x" : [1] , "id" : "a" }', True),
        (b'{"id":"a', False),
        (b'{"id":""}', False),
        (b'{"id":true}', False),
        (b'{"id":null}', False),
        (b'{"x":{"id":"a"}}', False),
        (b'{"x":"\\"id\\":7"}', False),
        (b'[{"id":"a"}]', False),
        (b'x{"id":"a"}', False),
        (b"\xff", False),
    ],
)
def test_an_id_is_one_of_the_whole_answer(body: bytes, accepted: bool) -> None:
    assert has_id(body) is accepted
