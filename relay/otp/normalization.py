# ruff: noqa: RUF001 - letters of other scripts are meant
"""Texts in the characters that the other steps expect: ASCII digits, plain spaces, nothing invisible."""

import unicodedata
from functools import cache

_ZEROS = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810,
)  # fmt: skip
"""The zeros of the scripts whose digits occur in messages."""
_INVISIBLE = (0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
              0x20E3, *range(0xFE00, 0xFE10), 0xFEFF)  # fmt: skip
_SPACES = (0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_DASHES = (*range(0x2010, 0x2016), 0x2212)
_MARKS = frozenset(map(chr, (*range(0x300, 0x370), 0x640, *range(0x64B, 0x656))))
"""Accents of Latin, Greek and Cyrillic letters and the signs of Arabic ones, which people leave out."""
_PLAIN = dict(zip("łđøıßæœىيكة", "ldoisaoییکه", strict=True))
"""What people write for a letter of another form."""


def normalize(text: str) -> str:
    """Return the text with the digits of every script as ASCII digits, and without invisible characters.

    Each character becomes one or none, in the same order; the lower case of the result has its length.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(map(_replacements().get, text, text))


def strip_accents(words: str) -> str:
    """Return lower-case words without the accents and letter forms that people leave out."""
    if words.isascii():
        return words
    words = unicodedata.normalize("NFD", words)
    letters = set(words)
    for mark in letters & _MARKS:
        words = words.replace(mark, "")
    for letter in letters & _PLAIN.keys():
        words = words.replace(letter, _PLAIN[letter])
    return words


@cache
def _replacements() -> dict[str, str]:
    table = {chr(zero + n): str(n) for zero in _ZEROS for n in range(10)}
    for points, replacement in ((_INVISIBLE, ""), (_SPACES, " "), (_DASHES, "-")):
        table |= dict.fromkeys(map(chr, points), replacement)
    table |= {chr(0xFEE0 + n): chr(n) for n in range(0x21, 0x7F)}  # the wide forms of ASCII
    table["\uff0c"] = "\u3001"  # a comma that is never inside a number
    table |= zip("。।؟؛", "!!?;", strict=True)
    table["\u0130"] = "I"  # the only letter whose lower case is longer
    return table
