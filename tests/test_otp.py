"""Finding one-time codes: measured on messages, and checked against its promises for any text."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import relay.otp
from relay.otp import READ_LIMIT, find_code
from tests.otp_corpus import OPEN_PARTS, OWN_PARTS, SEALED_PART, Share, as_typed, is_held_out, measure, read

OWN = [case for part in OWN_PARTS for case in read(part)]
SEALED_AND_OPEN = read(SEALED_PART)
PARTS = {
    f"{SEALED_PART}, open half": [case for case in SEALED_AND_OPEN if not is_held_out(case)],
    **{part: read(part) for part in OPEN_PARTS},
    "by the hand that tuned it": OWN,
}
"""The messages that may be looked at; no test measures the sealed half."""
FLOOR = 0.97


# The messages


@pytest.mark.parametrize("part", PARTS)
def test_precision_and_recall_are_above_the_floor(part: str) -> None:
    figures = measure(PARTS[part])
    print(f"\n| {part} {figures}")  # noqa: T201 - the figures are why this is run
    assert min(figures.precision.value, figures.recall.value) >= FLOOR


def test_the_corpus_is_large_and_has_no_duplicates() -> None:
    by_others = SEALED_AND_OPEN + [case for part in OPEN_PARTS for case in read(part)]
    cases = OWN + by_others
    assert len({case.text for case in cases}) == len(cases)
    for part, least in ((OWN, 900), (by_others, 600), (SEALED_AND_OPEN, 200)):
        assert sum(case.code is not None for case in part) >= least
        assert sum(case.code is None for case in part) >= least
    assert len({case.language for case in by_others}) >= 45
    assert len({case.language for case in SEALED_AND_OPEN}) >= 45
    assert len({case.service for case in by_others if case.service}) == 20


def test_every_code_of_the_best_known_services_is_found() -> None:
    figures = measure(case for part in OPEN_PARTS for case in read(part) if case.service)
    assert figures.codes >= 50
    assert min(figures.precision.value, figures.recall.value) >= 0.99


def test_the_documentation_quotes_the_figures(root: Path) -> None:
    text = (root / "docs" / "codes.md").read_text(encoding="utf-8")
    for part, cases in PARTS.items():
        assert f"| {part} {measure(cases)}" in text


def test_the_documentation_quotes_the_last_look_at_the_sealed_messages(root: Path) -> None:
    looks = re.findall(r"^\| look \d .*", (root / "tests/corpus/README.md").read_text("utf-8"), re.MULTILINE)
    assert 1 <= len(looks) <= 3
    _, _, *figures = looks[-1].strip("|").split("|")
    text = (root / "docs" / "codes.md").read_text(encoding="utf-8")
    assert f"| {SEALED_PART}, sealed half |{'|'.join(figures[:4])}|" in text


def test_an_interval_holds_for_few_and_for_extreme_shares() -> None:
    assert str(Share(10, 10)) == "1.000 (0.722-1.000)"
    assert str(Share(1, 4)) == "0.250 (0.046-0.699)"
    assert str(Share(0, 0)) == "1.000 (0.000-1.000)"


def test_a_label_in_other_digits_is_the_same_code() -> None:
    assert as_typed("٤٨١-٥١٦ A") == "481516A"


# Case by case


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your code is 481 516", "481516"),
        ("Your code is 481-516.", "481516"),
        ("Passcode: 4 8 1 5 1 6", "481516"),
        ("G-481516 is your verification code", "481516"),
        ("ABCD-481516 is your one-time password", "481516"),
        ("Your access code: X7K-9QP", "X7K9QP"),
        ("Your access code: x7k9qp", "x7k9qp"),
        ("رمز التحقق ٤٨١٥١٦", "481516"),
        ("आपका ओटीपी ४८१५१६ है", "481516"),
        ("認証番号は４８１５１６です", "481516"),
        ("Your code is 4\u200b8\u200b1\u200b5\u200b1\u200b6", "481516"),
        ("Votre cle\u0301 : 481516", "481516"),
        ("KODUNUZ: 481516", "481516"),
        ("ŞİFRENİZ 481516", "481516"),
        ("Your code is *481516*", "481516"),
        ("Your code\n\n481516\n\nDo not share it", "481516"),
        ("<#> Your code is 481516\nFA+9qCX9VSu", "481516"),
        ("481516 is your code\n\n4sgLq1p5sV6", "481516"),
        ("Whatever 9999 this says\n@example.com #481516", "481516"),
        ("Whatever this says\n@example.com #481516 @embedded.example", "481516"),
        ("Whatever this says\n@example.com #A1B2C3", "A1B2C3"),
        ("Sign in at https://example.com/code/918273 with 481516", "481516"),
        ("Code 481516, call +49 171 555 0123 for help", "481516"),
        ("Do not share code 481516 with anyone", "481516"),
        ("Never share your code. 481516 is your code.", "481516"),
        ("OTP for INR 12,450.00 on card XX4471 at 14:35 on 12-05-25 is 481516", "481516"),
        ("验证码481516,10分钟内有效", "481516"),
        ("Your security number is 481516", "481516"),
        ("The padlock opens with 4815", "4815"),
        ("Hello! 481516 to log in. Never share it", "481516"),
        ("Tell the driver 4815", "4815"),
        ("Tell the driver 1930", "1930"),
        ("Say 4815 to the man with the parcels", "4815"),
        ("Enter 48 15 16", "481516"),
        ("Press 481-5162 to sign", "4815162"),
        ("The code of the door is 4-81-75", "48175"),
        ("Locker 12: 4815", "4815"),
        ("Come in with 4815 at the gate", "4815"),
        ("Enter your phone number and 481516", "481516"),
        ("Dear customer, 481516 is your code", "481516"),
        ("Mutasd a 4815-öt a pultnál", "4815"),
        ("Kod: 481516, kl. 5. mai", "481516"),
    ],
)
def test_a_code_is_returned_as_a_user_types_it(text: str, code: str) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "481516",
        "see you at 1930, bring 2500",
        "Your code was sent by post on 12.05.2025 at 14:30",
        "Your code expires in 1440 minutes",
        "Use your code to get 2500 points",
        "Your code costs 1234 €, or $ 1234, or 1234 грн, or NT$1234, or 1234元, or 1.234,56 zł",
        "Your PIN was changed for card *4471 and card ending in 4472, ..4473, XX4474",
        "Your code is at https://example.com/481516 or example.com/481516 or www.example.com?c=481516",
        "Questions about your code? Call 0800 555 0123 or (020) 7946 0155 or +14815162342",
        "Never share your code. Order 481516, parcel no. 481517, ticket #481518",
        "Promo code 481516, coupon code SAVE2025, 481517 is your voucher code",
        "Zip code 94107, error code 48151, country code 48151",
        "Code of conduct 2025, dress code from 1930",
        "Your password changed in May 2025",
        "Enter 100% of your code, 481516% sure",
        "FA+9qCX9VSu",
        "Enter your passcode:\n4sgLq1p5sV6",
        "Your login code: https://example.com/?481516",
        "For a code: (020) 7946 0155",
        "Your PIN for ..48151",
        "Code for XX-44712",
        "Your code is 48",
        "Your code is 48151623421",
        "Your code: A1B",
        "Your code: A1B2C3D4E5F6G",
        "Text CODE to 48151",
        "me@481516.example and 481516@code.example",
        "Pick up by 1745 please, staff check your password",
        "Enter by code at the desk, open 0900-1700",
        "Paid 89.00 EUR by card. Authorisation 481516",
        "Your social security number 481516",
        "Hi all, 2500 runners never gave up",
        "Tell him 3450 is fine, or tell him 1930",
        "Guest Wi-Fi: PINE, password: pine4815",
        "Error with code 48151",
        "Text: HELP to 48151",
        "Purchase 18.20, card *4471. Authorisation code 481516",
        "Purchase 18.20 at 10:22. Code 481516",
        "Your 6-digit code is on its way",
        "The number entered 481516 is too low",
    ],
)
def test_other_numbers_are_not_codes(text: str) -> None:
    assert find_code(text) is None


@pytest.mark.parametrize(
    ("sender", "text", "code"),
    [
        ("481516", "Code 481516", None),
        ("48151", "Your code: 481-51", None),
        ("+1 (650) 481-5162", "Your code 4815162", None),
        ("+16504815162", "Your code 481516", "481516"),
        ("X7K9QP", "Your access code: X7K-9QP", None),
        ("481516", "Hello\n@example.com #481516", None),
        ("481516", "Reply to 481516. Your code is 2342", "2342"),
        ("٤٨١٥١٦", "Code 481516", None),
    ],
)
def test_the_sender_is_never_the_code(sender: str, text: str, code: str | None) -> None:
    assert find_code(text, sender) == code


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert find_code(" " * 3980 + "Code 481516") == "481516"
    assert find_code(" " * 4000 + "Code 481516") is None


# Properties of any text

WORDS = st.sampled_from(
    [
        *(
            "code",
            "OTP",
            "PIN",
            "is",
            "your",
            "never share",
            "use",
            "enter",
            "order",
            "card",
            "minutes",
            "грн",
            "元",
        ),
        *(
            "验证码",
            "код",
            "رمز",
            "कोड",
            "รหัส",
            "コード",
            "인증번호",
            ":",
            ".",
            ",",
            "-",
            "#",
            "*",
            "@",
            "$",
            "€",
            "%",
        ),
        *(
            "481516",
            "481 516",
            "481-516",
            "G-481516",
            "X7K-9QP",
            "1234",
            "12:30",
            "12.05.2025",
            "٤٨١٥",
            "2025",
        ),
        *("+49171", "\n", "FA+9qCX9VSu", "@example.com", "https://example.com/4815"),
    ]
)
TEXTS = st.one_of(
    st.text(), st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join)
)


def typed(text: str) -> Iterator[str]:
    """Yield every character as a user would type it, computed in another way than the finder does."""
    for character in unicodedata.normalize("NFKC", text):
        digit = unicodedata.decimal(character, None)
        yield character if digit is None else str(digit)


@given(TEXTS, st.one_of(st.just(""), st.text(max_size=15), WORDS))
@example("Your code is 481516", "481516")
@example("code \ud800 481516 \x00", "\udfff")
@example("\n@a.b #481516", "")
def test_a_code_is_in_the_text_and_is_not_the_sender(text: str, sender: str) -> None:
    code = find_code(text, sender)
    if code is None:
        return
    rest = typed(text)
    assert re.fullmatch("[0-9A-Za-z]{3,12}", code)
    assert any(character.isdecimal() for character in code)
    assert all(character in rest for character in code)
    assert code != sender


@given(TEXTS)
def test_invisible_characters_do_not_change_the_result(text: str) -> None:
    visible = "".join(text.split("\u200b"))
    assert find_code("\u200b".join(visible)) == find_code(visible)


# The cost of a text by a stranger

HOSTILE = {
    "digits": "1",
    "groups": "1 ",
    "hyphens": "1-",
    "points": "1.",
    "letters": "a",
    "words before a digit": "abc-" * 50 + "1 ",
    "letters and digits": "a1",
    "spaces": " ",
    "words": "otp ",
    "warnings": "never share your code ",
    "codes": "code 1234 ",
    "lines": "\n1234\n",
    "links": "https://",
    "half links": ".aa/",
    "chinese": "验证码1234",
    "thai": "รหัส 1234 ",
    "brackets": "(1) ",
    "marks": "e\u0301",
    "signs": "@a.b #",
}


def steps(text: str) -> int:
    """Count the lines of the finder that run for a text."""
    count, folder = 0, str(Path(relay.otp.__file__).parent)

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(folder):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find_code(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_no_faster_than_the_text(name: str) -> None:
    find_code("Your code is 481516, код")  # fills the caches
    short, long = (("code 77 " + HOSTILE[name] * size)[:size] for size in (READ_LIMIT // 4, READ_LIMIT))
    assert steps(long) <= 6 * steps(short) + 200
    assert steps(long) <= 40 * READ_LIMIT


@pytest.mark.parametrize("name", HOSTILE)
def test_text_beyond_the_limit_costs_nothing(name: str) -> None:
    text = "code 77 " + HOSTILE[name] * 100_000
    find_code(text)
    assert steps(text[:100_000]) == steps(text[:READ_LIMIT])


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("481516 is your MyBank code. It expires in 10 minutes. Never share it. Number 12.", 80),
        ("Your parcel comes on 12.05.2025 between 14:00 and 16:30, for 12,50 EUR. See you!", 60),
        ("Nothing here but words, and no more than that", 0),
    ],
)
def test_a_message_takes_few_calls(text: str, most: int) -> None:
    find_code(text)  # fills the caches
    assert calls(text) <= most


def calls(text: str) -> int:
    """Count the function calls that the finder makes."""
    count = 0

    def profile(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event == "call" and frame.f_code is not find_code.__code__

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        find_code(text)
    finally:
        sys.setprofile(before)
    return count


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", value
            elif returns_pattern(value) and value.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", value()


def returns_pattern(value: Any) -> bool:
    return inspect.isroutine(value) and inspect.signature(value).return_annotation == re.Pattern[str]


def modules() -> list[ModuleType]:
    names = (found.name for found in pkgutil.iter_modules(relay.otp.__path__))
    return [relay.otp, *(importlib.import_module(f"relay.otp.{name}") for name in names)]


def repeats(parsed: Any, *, inside: bool = False) -> bool:
    """Return whether a parsed pattern repeats something that itself repeats."""
    for operator, argument in parsed:
        many = str(operator) in {"MAX_REPEAT", "MIN_REPEAT"} and argument[1] > 1
        if many and inside:
            return True
        parts = argument if isinstance(argument, (tuple, list)) else ()
        for part in parts:
            nested = part if isinstance(part, list) else [part]
            for each in nested:
                if hasattr(each, "data") and repeats(each.data, inside=inside or many):
                    return True
    return False


def test_no_pattern_can_hang() -> None:
    """A repetition inside a repetition can make a pattern slow on hostile text."""
    parse = re._parser.parse  # type: ignore[attr-defined]  # the standard library's own parser
    found = dict(patterns())
    assert len(found) >= 10
    assert all(repeats(parse(hangs).data) for hangs in ("(a+)+", "(?:a|b*){2,}", "(?:x(?:y|a+))*"))
    assert not [name for name, pattern in found.items() if repeats(parse(pattern.pattern).data)]


def test_a_text_without_a_digit_loads_nothing() -> None:
    script = (
        "import sys, relay.otp; relay.otp.find_code('no digit');"
        "print(*[name for name in sys.modules if name.startswith(('relay.otp.', 're2', 'phonenumbers'))])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == []
