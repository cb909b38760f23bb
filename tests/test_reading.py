"""The texts of an event, and the code in them."""

import pytest

from relay.events import INBOUND, Event
from relay.reading import code_of, subject_and_text, text_of
from tests.configured import event
from tests.rendering.rendered import render, render_as


@pytest.mark.parametrize("event_type", sorted(INBOUND - {"sms:data-received"}))
@pytest.mark.parametrize(
    ("subject", "text", "code"),
    [
        (None, "Your MyBank code is 481516", "481516"),
        ("Photo", "Your MyBank code is 481516", "481516"),
        ("Your MyBank code is 481516", None, "481516"),
        ("Your MyBank code is 481516", "The picture shows how to use it", "481516"),
        ("Your MyBank code", "481516", "481516"),
        ("Your code:", "481 516", "481516"),
        ("Verification", "481516", "481516"),
        ("验证码", "481516", "481516"),
        ("Il tuo codice.", "4815", "4815"),
        ("Your login code", "Hello Bob,\n481516\nBye", "481516"),
        ("Your code is 481516", "The PIN is 2342", "2342"),
        ("x" * 4000, "Your MyBank code is 481516", "481516"),
        ("Invoice", "481516", None),
        ("Photo", "2024", None),
        ("Meeting", "1430", None),
        ("Mum", "481516", None),
        (None, "481516", None),
    ],
)
def test_a_code_is_found_in_subject_and_text(
    event_type: str, subject: str | None, text: str | None, code: str | None
) -> None:
    assert code_of(event(event_type, sender="MyBank", subject=subject, message=text)) == code


@pytest.mark.parametrize("name", ["message", "body", "text"])
def test_a_code_is_found_in_every_text_of_an_unknown_event(name: str) -> None:
    other = {"message": "hello", "body": "world", "text": "again"} | {name: "Your MyBank code is 481516"}

    assert code_of(event("rcs:received", **other)) == "481516"


@pytest.mark.parametrize("event_type", ["sms:sent", "sms:failed", "system:ping", "app:started"])
def test_what_was_not_received_has_no_code(event_type: str) -> None:
    assert code_of(event(event_type, message="Your MyBank code is 481516", subject="Code 481516")) is None


def test_the_sender_is_no_code_in_a_subject_either() -> None:
    assert code_of(event("mms:received", sender="481516", subject="Your code is 481516")) is None


def test_a_code_in_a_subject_is_hidden_where_it_must_be() -> None:
    incoming = event("mms:downloaded", sender="MyBank", subject="Your code", body="481516")

    assert render(incoming).code == render_as("code", incoming).code == "481516"
    assert "481516" not in str(render_as("masked", incoming))


@pytest.mark.parametrize(
    ("incoming", "text"),
    [
        (event("x:y", message="a", body="b", text="c"), "a\n\nb\n\nc"),
        (event("x:y", message="a", body="a"), "a"),
        (event("x:y", message=7), "7"),
        (event("x:y"), ""),
        (event("sms:received", message="a", text="c"), "a"),
    ],
)
def test_all_texts_of_an_unknown_event_are_its_text(incoming: Event, text: str) -> None:
    assert text_of(incoming) == subject_and_text(incoming) == text
