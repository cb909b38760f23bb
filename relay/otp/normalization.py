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
_ACCENTED = (*range(0xC0, 0x250), *range(0x386, 0x3CF), *range(0x1E00, 0x2000))
"""Latin and Greek letters with marks that people leave out."""
_ARABIC_VOWELS = (*range(0x64B, 0x653), 0x640)


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
    bare = _unaccented()
    for letter in bare.keys() & set(words):
        words = words.replace(letter, bare[letter])
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


@cache
def _unaccented() -> dict[str, str]:
    letters = "".join(map(chr, _ACCENTED))
    apart = unicodedata.normalize("NFD", " ".join(letters)).split(" ")
    bare = {letter: parts[0] for letter, parts in zip(letters, apart, strict=True)}
    bare |= zip("łđøıßæœ", "ldoisao", strict=True)
    bare |= zip("ёأإآىيكة", "еاااییکه", strict=True)
    return bare | dict.fromkeys(map(chr, _ARABIC_VOWELS), "")
