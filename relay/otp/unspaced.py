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
            words = _words()[run[start]]
            word, kind = next(
                (each for each in words if run.startswith(each[0], start)), (run[start], _NOTHING)
            )
        if kind and kind != _NOTHING:
            yield start, start + len(word), kind
        start += len(word)


class _Words(dict[str, Words]):
    """Words by their first letter; a line of the index is read when a text first has the letter."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = read_lines("unspaced")

    def __missing__(self, letter: str) -> Words:
        if letter not in self._lines:
            return []
        words = sorted(read_kinds(self._lines[letter]).items(), key=lambda each: len(each[0]), reverse=True)
        self[letter] = words
        return words


@cache
def _words() -> _Words:
    return _Words()
