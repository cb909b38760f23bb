"""Times and lateness as they are shown."""

import base64

import pytest

from tests.configured import SEEN, event
from tests.rendering.rendered import HOUR, render


@pytest.mark.parametrize(
    ("late", "note"),
    [
        (-HOUR, ()),
        (299.0, ()),
        (300.0, ("Arrived 5 min late",)),
        (3 * HOUR + 38 * 60 + 59, ("Arrived 3 h 38 min late",)),
        (2 * HOUR, ("Arrived 2 h late",)),
        (51 * HOUR, ("Arrived 2 d 3 h late",)),
    ],
)
def test_a_late_event_says_so(late: float, note: tuple[str, ...]) -> None:
    assert render(event(message="x"), first_seen_at=SEEN + late).notes == note


def test_the_time_is_in_the_phones_zone_if_none_is_configured() -> None:
    message = render(event(message="x", receivedAt="2026-06-22T15:46:11+07:00"))

    assert dict(message.fields)["Time"] == "Mon 22 Jun 2026, 15:46"


def test_a_time_that_cannot_be_read_is_left_out() -> None:
    message = render(event(message="x", receivedAt="the day before"), first_seen_at=SEEN + HOUR)

    assert (message.fields, message.notes) == ((), ())


@pytest.mark.parametrize("first_seen_at", [0.0, SEEN - 48 * HOUR - 1])
def test_a_time_more_than_two_days_ahead_is_left_out(first_seen_at: float) -> None:
    message = render(event(message="x"), first_seen_at=first_seen_at)

    assert (message.fields, message.notes) == ((), ())


def test_a_time_in_1970_is_neither_shown_nor_late() -> None:
    message = render(event(message="x", receivedAt="1970-01-01T07:00:00.000+07:00"))

    assert (message.fields, message.notes) == ((), ())


def test_a_clock_that_is_two_days_ahead_is_believed() -> None:
    assert dict(render(event(message="x"), first_seen_at=SEEN - 48 * HOUR).fields) == {
        "Time": "Mon 22 Jun 2026, 12:00"
    }


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("SGVsbG8=", "Hello"),
        ("SGVs\nbG8", "Hello"),
        (base64.b64encode("Grüße 👩\u200d👧\n".encode()).decode(), "Grüße 👩\u200d👧\n"),
        ("AAEC/w==", "00 01 02 ff"),
        (base64.b64encode(b"a\0b").decode(), "61 00 62"),
        ("no base64!", "no base64!"),
        ("/w" * 2000, "/w" * 2000),
    ],
)
def test_data_is_shown_as_text_if_it_is_text_else_in_hex(data: str, text: str) -> None:
    assert render(event("sms:data-received", data=data)).text == text


def test_a_long_text_is_shown_to_its_end() -> None:
    text = "<b>&*_\u202e \u0645\u0631\u062d\u0628\u0627 👩\u200d👧\n" * 4000

    assert render(event(message=text)).text == text
