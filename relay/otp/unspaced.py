"""Keywords in scripts written without spaces, found inside a run of letters.

Those of no kind only look like keywords: `二维码` (an image to scan) is not `码` (code).
"""

from collections.abc import Iterator
from functools import cache
from itertools import takewhile

from relay.otp.lexicon import look_up, read_kinds, read_lines

_NOTHING = "none"
"""What the table calls the kind of a word that only looks like a keyword."""

Words = list[tuple[str, str]]
"""Words with the same first letter, the longest first, and their kinds."""


def find_words(run: str) -> Iterator[tuple[int, int, str]]:
    """Yield where the keywords of a run of letters start and end, and their kinds; ASCII is one word."""
    start = 0
    while start < len(run):
        if run[start].isascii():
            word = "".join(takewhile(str.isascii, run[start:]))
            kind, _ = look_up(word)
        else:
            words = _lines().get(run[start], ())
            if isinstance(words, str):
                words = _read(run[start])
            word, kind = next(
                (each for each in words if run.startswith(each[0], start)), (run[start], _NOTHING)
            )
        if kind and kind != _NOTHING:
            yield start, start + len(word), kind
        start += len(word)


def _read(letter: str) -> Words:
    """Return the words with a first letter that the index has."""
    line = _lines()[letter]
    if isinstance(line, str):
        line = sorted(read_kinds(line).items(), key=lambda each: len(each[0]), reverse=True)
        _lines()[letter] = line
    return line


@cache
def _lines() -> dict[str, Words | str]:
    """Return the words by their first letter, as lines of the index until a text needs them."""
    return {**read_lines("unspaced")}
