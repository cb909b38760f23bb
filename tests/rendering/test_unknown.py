"""Events of unknown types."""

import pytest

from relay.model import Visibility
from relay.reading import LONGEST_TEXT
from tests.configured import configured, event
from tests.rendering.rendered import NAMES, render, render_as


def test_an_unknown_type_is_shown_as_its_fields() -> None:
    incoming = event(
        "call:missed",
        receivedAt=None,
        calls=[{"from": "+1 202 555 0177", "rings": 3}, {"from": None, "blocked": True}],
        note="two words",
    )

    assert render(incoming, config=configured(NAMES)).fields == (
        ("calls.0.from", "Bob"),
        ("calls.0.rings", "3"),
        ("calls.1.blocked", "yes"),
        ("note", "two words"),
    )


def test_the_texts_of_an_unknown_type_are_its_text() -> None:
    incoming = event(
        "rcs:received", receivedAt=None, message="two\nlines", body="two\nlines", text="more", read=True
    )

    assert render(incoming).text == "two\nlines\n\nmore"
    assert render(incoming).fields == (("read", "yes"),)
    assert render_as("masked", incoming).text == "t•o\nl•••s\n\nm••e"


@pytest.mark.parametrize("value", ["x" * 5000, "two\nlines", "a\r", "\u2028b"])
def test_a_long_or_multiline_value_is_shown_below_the_text(value: str) -> None:
    message = render(event("call:missed", receivedAt=None, message="Hello", note={"a": value}, rings=3))

    assert message.text == f"Hello\n\nnote.a:\n{value}"
    assert message.fields == (("rings", "3"),)


def test_a_text_field_that_holds_no_text_is_a_field() -> None:
    assert render(event("x:y", receivedAt=None, message=["a"], body=5, text="")).fields == (
        ("message.0", "a"),
        ("body", "5"),
        ("text", ""),
    )


def test_a_thousand_fields_are_shown_and_the_rest_is_counted() -> None:
    message = render(event("call:missed", receivedAt=None, calls=list(range(3000)), none=[None, [], {}]))

    assert message.fields[:2] == (("calls.0", "0"), ("calls.1", "1"))
    assert message.fields[999:] == (("calls.999", "999"), ("…", "and 2,000 more fields"))


@pytest.mark.parametrize("content", ["full", "masked"])
def test_text_beyond_the_limit_is_counted(content: Visibility) -> None:
    long = "•" * LONGEST_TEXT
    sms, unknown = event(message=long + "abc"), event("x:y", receivedAt=None, message=long, note="a\nb")

    assert render_as(content, sms).text == long + "… and 3 more characters"
    assert render_as(content, unknown).text == f"{long}\n\nnote:\n… and 3 more characters"
