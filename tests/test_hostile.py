"""The cost of hostile bodies: work and memory that do not grow with them."""

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
"""Function calls, including those of C functions, that any body may take."""


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
    take(body(form, 1000), ("full",))  # fills the caches

    assert calls(lambda: take(raw, ("full",))) < CALLS


def test_nested_names_are_not_written_out_for_each_value() -> None:
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


def test_only_a_limited_run_of_marks_is_normalized(monkeypatch: pytest.MonkeyPatch) -> None:
    marks, longest, normalize = "\u0315\u0300" * MIB, 0, unicodedata.normalize

    def counted(form: Any, text: str) -> str:
        nonlocal longest
        longest = max(longest, len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    incoming = event(sender="a" + marks, message="code 481516 a" + marks, subject=marks)
    code_of(incoming)

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
def test_delimiters_inside_a_text_are_not_counted(text: str) -> None:
    long = text * MAX_VALUES

    assert (
        parse(json.dumps({"event": "sms:received", "payload": {"message": long}}).encode()).payload.text
        == long
    )


@pytest.mark.parametrize("noise", [b",", b'"', b'",', b'\\",', b"[", b"\\"])
def test_delimiters_in_invalid_json_are_counted_too(noise: bytes) -> None:
    has_too_many_values(noise * MAX_VALUES * 5)

    with pytest.raises(NotAnEvent):
        parse(noise * MAX_VALUES * 5)


def test_the_largest_batch_of_the_app_is_far_below_the_bound() -> None:
    message = {f"field{number}": "a, b" for number in range(20)}
    raw = json.dumps({"event": "sms:batch:received", "payload": {"messages": [message] * 100}}).encode()

    assert raw.count(b",") + raw.count(b"{") < MAX_VALUES / 10


# What is kept


def test_a_long_id_is_shortened_and_stays_distinct() -> None:
    one, two = (parse(json.dumps({"event": "x" * 9000, "id": "i" * 9000 + end}).encode()) for end in "ab")

    assert one.type == "x" * LONGEST_NAME
    assert len(one.id) == len(two.id) == 64
    assert one.id != two.id
    assert parse(json.dumps({"event": "x:y", "id": "i" * LONGEST_NAME}).encode()).id == "i" * LONGEST_NAME


def test_a_label_is_cut() -> None:
    incoming = event(sender="x" * MAX_LABEL + "y", subject="x" * MAX_LABEL)

    assert incoming.payload.sender == "x" * MAX_LABEL + "…"
    assert incoming.payload.subject == "x" * MAX_LABEL


def test_a_line_of_invisible_characters_takes_few_calls() -> None:
    assert calls(lambda: clean_line("\u202e" * 10**6, MAX_LABEL)) < 30


def test_data_beyond_the_limit_is_shown_as_it_came() -> None:
    data = "QUJD" * 25_000

    assert text_of(event("sms:data-received", data=data)) == "ABC" * 25_000
    assert text_of(event("sms:data-received", data=data + "QUJD")) == data + "QUJD"


def cache_sizes() -> dict[str, int]:
    """Return the size of each of our caches."""
    gc.collect()
    caches = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
    return {
        f"{each.__module__}.{each.__qualname__}": each.cache_info().currsize for each in caches if ours(each)
    }


def ours(cache: Any) -> bool:
    return str(cache.__module__).startswith(("relay", "forwarders"))


def word(number: int) -> str:
    """Return a word of letters for a number."""
    return "".join(chr(97 + int(digit)) for digit in str(number))


def test_no_cache_keeps_what_strangers_write() -> None:
    def bodies(first: int) -> list[bytes]:
        payloads = [
            {"sender": f"(202) 555-{number}", "message": f"{word(number)} code {number}"}
            for number in range(first, first + 50)
        ]
        return [json.dumps({"event": "sms:received", "payload": each}).encode() for each in payloads]

    for raw in bodies(1000):
        take(raw)
    before = cache_sizes()
    for raw in bodies(2000):
        take(raw)

    assert before
    assert cache_sizes() == before


def test_the_limits_are_documented() -> None:
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
