"""Keywords in scripts written without spaces, found inside a run of letters.

Those of no kind only look like keywords: `二维码` (an image to scan) is not `码` (code).
"""

from collections.abc import Iterator
from functools import cache
from itertools import takewhile

from relay.otp.lexicon import Kinds, look_up, read_section, words_by_kind

_NOTHING = "none"
"""What the file calls the kind of a word that only looks like a keyword."""


def find_words(run: str) -> Iterator[tuple[int, int, str]]:
    """Yield where the keywords of a run of letters start and end, and their kinds; ASCII is one word."""
    longest_first, kinds = _words()
    start = 0
    while start < len(run):
        if run[start].isascii():
            word = "".join(takewhile(str.isascii, run[start:]))
            kind, _ = look_up(word)
        else:
            words = longest_first.get(run[start], ())
            word = next((word for word in words if run.startswith(word, start)), run[start])
            kind = kinds.get(word, "")
        if kind:
            yield start, start + len(word), kind
        start += len(word)


@cache
def _words() -> tuple[dict[str, list[str]], Kinds]:
    """Return the words by their first letter, the longest first, and their kinds."""
    sections = words_by_kind(read_section("unspaced"))
    kinds = {word: kind for kind, words in sections.items() for word in words}
    longest_first: dict[str, list[str]] = {}
    for word in sorted(kinds, key=len, reverse=True):
        longest_first.setdefault(word[0], []).append(word)
    return longest_first, kinds | dict.fromkeys(
        (word for word, kind in kinds.items() if kind == _NOTHING), ""
    )
