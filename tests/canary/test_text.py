"""The text of a test and its id: recognized exactly, and nothing else is."""

import pytest

from relay.canary.text import Marks
from relay.gateway import LONGEST_ID
from relay.gateway.parts import count_parts

MARKS = Marks(b"a secret of this test")
KEY, DUE = "a key", 1782122400
TEXT, ID = MARKS.text(KEY, DUE), MARKS.sms_id(KEY, DUE)


def test_it_says_what_it_is() -> None:
    assert TEXT.startswith("sms-relay test of 2026-06-22. No answer is needed. ")


@pytest.mark.parametrize("due", [1, DUE, 4102444800, 2**37])
def test_it_is_one_sms_and_its_id_is_accepted(due: int) -> None:
    assert count_parts(MARKS.text(KEY, due)) == 1
    assert len(MARKS.text(KEY, due)) <= 160
    assert MARKS.text(KEY, due).isascii()
    assert len(MARKS.sms_id(KEY, due)) <= LONGEST_ID


def test_its_own_are_recognized() -> None:
    assert MARKS.due_of_text(KEY, TEXT) == DUE
    assert MARKS.due_of_text(KEY, f" {TEXT}\n") == DUE
    assert MARKS.due_of_id(KEY, ID) == DUE
    assert Marks(b"a secret of this test").text(KEY, DUE) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        *(TEXT[:-1], TEXT + "A", f"x {TEXT}", TEXT.lower(), TEXT.replace("-22.", "-23."), ""),
        *(TEXT.replace(f"{DUE:x}", f"{DUE + 1:x}"), TEXT.replace(f"{DUE:x}", f"0{DUE:x}")),
        *(TEXT.rpartition("-")[0], f"{TEXT} {TEXT}", "sms-relay test of ", f"{'f' * 5000}-A", "zz-A"),
        *("\ud800-", "-", "٣-A", "7fffffffffffffff-A", "ffffffffff-A", "0-A", "-5-A", "é" * 40),
        Marks(b"another secret").text(KEY, DUE),
        MARKS.text("another key", DUE),
        ID,
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert MARKS.due_of_text(KEY, text) is None


@pytest.mark.parametrize(
    "sms_id",
    [
        *(
            ID[:-1],
            ID + "A",
            ID.upper(),
            ID.replace(f"{DUE:x}", f"{DUE - 1:x}"),
            "canary-",
            "",
            "canary-zz-A",
        ),
        *(Marks(b"another secret").sms_id(KEY, DUE), MARKS.sms_id("another key", DUE), TEXT),
        ID.removeprefix("canary-"),
    ],
)
def test_no_other_id_is(sms_id: str) -> None:
    assert MARKS.due_of_id(KEY, sms_id) is None


def test_a_text_does_not_reveal_the_id() -> None:
    assert TEXT.rpartition("-")[2] != ID.rpartition("-")[2]
