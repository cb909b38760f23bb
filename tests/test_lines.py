"""Lines made of strangers' text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.lines import LONGEST_LINE, clean_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("My\r\nBank\u2028\x0b\x85now", "My Bank now"),
        ("\x00My\x1bBank\ud800", "MyBank"),
        ("\u202eknaByM\u202c \u2066x\u2069", "knaByM x"),
        ("👩\u200d👧 بنك", "👩\u200d👧 بنك"),
        ("  a   b  ", "a b"),
        ("x" * LONGEST_LINE, "x" * LONGEST_LINE),
    ],
)
def test_a_text_becomes_one_line_without_control_characters(text: str, line: str) -> None:
    assert clean_line(text) == line


@given(st.text(max_size=3 * LONGEST_LINE), st.integers(1, LONGEST_LINE))
def test_a_line_has_a_limit(text: str, limit: int) -> None:
    line = clean_line(text, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
