"""Mask a text so that only its shape is left."""

import re

HIDDEN = "•"
_WORD = re.compile(r"(?:\w|[^\x00-\x7f\s])+")
"""Some scripts write vowels as marks, which `\\w` does not match: the pieces would be too short to mask."""


def mask(text: str, code: str | None = None) -> str:
    """Hide all digits and the middle of each word; words with a digit, or of the code, are hidden whole."""
    return _WORD.sub(lambda word: _mask_word(word[0], code or ""), text)


def _mask_word(word: str, code: str) -> str:
    if any(map(str.isdigit, word)) or word.casefold() in code.casefold():
        return HIDDEN * len(word)
    return word if len(word) <= 2 else word[0] + HIDDEN * (len(word) - 2) + word[-1]  # noqa: PLR2004  (no middle)
