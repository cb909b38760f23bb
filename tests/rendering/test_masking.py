"""Masked texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.rendering.masking import HIDDEN, mask


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("481 516", "••• •••"),
        ("G-4815, AB12CD!", "G-••••, ••••••!"),
        ("I am here", "I am h••e"),
        ("Grüße an 你的验证码", "G•••e an 你•••码"),
        ("an abc", "an a•c"),
        ("आपका पासवर्ड राम है", "आ••ा प•••••ड र•म है"),
        ("รหัสลับ", "ร•••••บ"),
        ("مُحَمَّد", "م••••••د"),
        ("", ""),
    ],
)
def test_digits_and_the_middle_of_words_are_hidden(text: str, hidden: str) -> None:
    assert mask(text) == hidden


def test_a_code_of_letters_is_hidden_entirely() -> None:
    assert mask("code XY-ABQ", "XYABQ") == f"c••e ••-{HIDDEN * 3}"


@given(st.text())
def test_a_masked_text_has_no_digit_and_the_same_length(text: str) -> None:
    hidden = mask(text)

    assert not any(map(str.isdigit, hidden))
    assert len(hidden) == len(text)
