"""Codes of letters only, and codes that are spelled with spaces."""

import re
from collections.abc import Iterator
from functools import cache

from relay.otp.kinds import PLAIN, STRONG
from relay.otp.lexicon import look_up
from relay.otp.scan import Keywords

_JOINT = 3
_JOINTS = ("", "is")
"""What may be between a word for a code and the colon, and its characters with spaces."""

Stated = tuple[int, str]
"""Where the text states a word, and the word."""


def join_spelled(text: str) -> str:
    """Return the text with a code such as `H Q 7 T W 2` as one word; digits alone are read as groups."""
    return _spelled().sub(_join, text)


def find_stated_words(text: str) -> list[Stated]:
    """Return where a colon or line break states capital letters, and these: `PASSCODE: MOLTER`."""
    return [(found.start(), found[1]) for found in _stated().finditer(text)]


def choose_word(stated: list[Stated], text: str, keywords: Keywords) -> str | None:
    """Return the first of the stated words that a clear word for a code precedes.

    A word that says something, such as `EXPIRED`, is none.
    """
    ends = list(_ends_of_clear_words(keywords))
    for start, word in stated:
        is_code = any(text[end:start].strip() in _JOINTS for end in ends if start - _JOINT <= end <= start)
        if is_code and not look_up(word.lower())[0]:
            return word
    return None


def _ends_of_clear_words(keywords: Keywords) -> Iterator[int]:
    """Yield where the clear words for a code end, with the next one: `one-time password`."""
    previous, previous_end = "", 0
    for kind, (start, end) in zip(keywords.kinds, keywords.spans, strict=True):
        if kind == STRONG or (kind == PLAIN and previous == STRONG and start - previous_end == 1):
            yield end
        previous, previous_end = kind, end


def _join(found: re.Match[str]) -> str:
    code = found[0].replace(" ", "")
    return found[0] if code.isdecimal() or code.isalpha() else f" {code}"


@cache
def _spelled() -> re.Pattern[str]:
    return re.compile(r"(?: [A-Z0-9]){4,12}(?![^\s.,!])")


@cache
def _stated() -> re.Pattern[str]:
    return re.compile(r"[:\n][ \n]{0,2}([A-Z]{4,12})(?= *(?:\n|$)|[.!](?:\s|$))")
