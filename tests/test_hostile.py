"""What a body costs that is none of the phone's: work and memory that do not grow with it."""

import functools
import gc
import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relay.events import MAX_NESTING, NotAnEvent, batches, parse, payloads
from relay.events.bounds import MAX_LABEL, MAX_VALUES, has_too_many_values
from relay.events.parsing import LONGEST_NAME
from relay.lines import clean_line
from relay.otp import READ_LIMIT
from relay.reading import LONGEST_TEXT, code_of, text_of
from tests.configured import event
from tests.hostile import FORMS, body, deep_keys, take

MIB = 2**20
CALLS = 120_000
"""Calls of functions, those written in C included, that one body may take, whatever is in it."""


def calls(work: Callable[[], object]) -> int:
    """Count the calls that some work makes."""
    count = 0

    def profile(_frame: Any, kind: str, _argument: Any) -> None:
        nonlocal count
        count += kind in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("form", FORMS)
def test_the_work_on_a_body_does_not_grow_with_it(form: str) -> None:
    raw = body(form, MIB)
    take(body(form, 1000), ("full",))  # what is made once

    assert calls(lambda: take(raw, ("full",))) < CALLS


def test_names_inside_of_each_other_are_not_written_out_for_each_value() -> None:
    assert calls(lambda: take(deep_keys(MIB), ("full",))) < 4 * CALLS  # through 90 levels each


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_no_body_of_the_largest_size_takes_much_memory() -> None:
    root = Path(__file__).parent.parent
    words = [sys.executable, "-m", "tests.hostile", "16"]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(FORMS) + 2
    assert "lists: the body has too many values" in done.stdout
    assert "long text: 1 events" in done.stdout


def test_no_run_of_marks_is_put_in_order_that_is_longer_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    marks, longest, normalize = "\u0315\u0300" * MIB, 0, unicodedata.normalize

    def counted(form: Any, text: str) -> str:
        nonlocal longest
        longest = max(longest, len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    said = event(sender="a" + marks, message="code 481516 a" + marks, subject=marks)
    code_of(said)

    assert 0 < longest <= MAX_LABEL


# What is counted


@pytest.mark.parametrize("unit", ["0", "[]", '"a"', "null"])
def test_values_are_counted_before_they_are_built(unit: str) -> None:
    few, many = (
        b'{"event":"x:y","payload":[' + b",".join([unit.encode()] * n) + b"]}" for n in (40_000, MAX_VALUES)
    )

    assert parse(few).type == "x:y"
    with pytest.raises(NotAnEvent, match="too many values"):
        parse(many)


@pytest.mark.parametrize("text", ["[{,", '",', "\\,", '\\",', '\\\\",', "é,"])
def test_what_is_in_a_text_is_not_counted(text: str) -> None:
    long = text * MAX_VALUES

    assert (
        parse(json.dumps({"event": "sms:received", "payload": {"message": long}}).encode()).payload.text
        == long
    )


@pytest.mark.parametrize("noise", [b",", b'"', b'",', b'\\",', b"[", b"\\"])
def test_what_is_no_json_is_counted_too(noise: bytes) -> None:
    has_too_many_values(noise * MAX_VALUES * 5)

    with pytest.raises(NotAnEvent):
        parse(noise * MAX_VALUES * 5)


def test_the_largest_batch_of_the_app_is_far_below_the_bound() -> None:
    message = {f"field{number}": "a, b" for number in range(20)}
    raw = json.dumps({"event": "sms:batch:received", "payload": {"messages": [message] * 100}}).encode()

    assert raw.count(b",") + raw.count(b"{") < MAX_VALUES / 10


# What is kept


def test_a_name_is_bounded_and_still_tells_events_apart() -> None:
    one, two = (parse(json.dumps({"event": "x" * 9000, "id": "i" * 9000 + end}).encode()) for end in "ab")

    assert one.type == "x" * LONGEST_NAME
    assert len(one.id) == len(two.id) == 64
    assert one.id != two.id
    assert parse(json.dumps({"event": "x:y", "id": "i" * LONGEST_NAME}).encode()).id == "i" * LONGEST_NAME


def test_a_label_is_bounded() -> None:
    said = event(sender="x" * MAX_LABEL + "y", subject="x" * MAX_LABEL)

    assert said.payload.sender == "x" * MAX_LABEL + "…"
    assert said.payload.subject == "x" * MAX_LABEL


def test_a_line_of_what_is_not_seen_is_read_once_for_each_character() -> None:
    assert calls(lambda: clean_line("\u202e" * 10**6, MAX_LABEL)) < 30


def test_data_beyond_a_bound_are_shown_as_they_came() -> None:
    data = "QUJD" * 25_000

    assert text_of(event("sms:data-received", data=data)) == "ABC" * 25_000
    assert text_of(event("sms:data-received", data=data + "QUJD")) == data + "QUJD"


def remembered() -> dict[str, int]:
    """Return how much each cache of ours holds."""
    gc.collect()
    caches = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
    return {
        f"{each.__module__}.{each.__qualname__}": each.cache_info().currsize for each in caches if ours(each)
    }


def ours(cache: Any) -> bool:
    return str(cache.__module__).startswith(("relay", "forwarders"))


def word(number: int) -> str:
    """Return a word of letters that stands for a number."""
    return "".join(chr(97 + int(digit)) for digit in str(number))


def test_nothing_that_strangers_write_outlives_its_event_in_a_cache() -> None:
    def bodies(first: int) -> list[bytes]:
        payloads = [
            {"sender": f"(202) 555-{number}", "message": f"{word(number)} code {number}"}
            for number in range(first, first + 50)
        ]
        return [json.dumps({"event": "sms:received", "payload": each}).encode() for each in payloads]

    for raw in bodies(1000):
        take(raw)
    before = remembered()
    for raw in bodies(2000):
        take(raw)

    assert before
    assert remembered() == before


def test_the_bounds_are_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "security.md").read_text()
    section = page.partition("## Hostile bodies")[2].partition("\n## ")[0]
    bounds = [
        MAX_VALUES,
        MAX_NESTING,
        MAX_LABEL,
        LONGEST_NAME,
        LONGEST_TEXT,
        payloads.MAX_ITEMS,
        batches.MAX_MESSAGES,
        READ_LIMIT,
    ]

    for bound in bounds:
        assert f"{bound:,}" in section
