"""Many patterns with `*` at once, in a time that hardly grows with their number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class _Pattern(NamedTuple):
    order: int
    text: str
    middle: Sequence[str]


class Patterns:
    """Patterns, sorted by what they begin and end with; each `*` stands for anything, or nothing.

    What stands between two `*` is looked for once, from left to right: no pattern, and no text, can
    make a look-up long.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._shapes: dict[tuple[int, int], dict[tuple[str, str], list[_Pattern]]] = defaultdict(dict)
        for order, pattern in enumerate(patterns):
            start, *middle, end = pattern.split("*")
            ends = self._shapes[len(start), len(end)]
            ends.setdefault((start, end), []).append(_Pattern(order, pattern, middle))

    def matching(self, text: str) -> list[str]:
        """Return the patterns that describe the whole text, in their order."""
        found: list[_Pattern] = []
        for (start, end), ends in self._shapes.items():
            stop = len(text) - end
            if stop >= start:
                candidates = ends.get((text[:start], text[stop:]), ())
                found += [each for each in candidates if _holds(text[start:stop], each.middle)]
        return [each.text for each in sorted(found)]


def covers(pattern: str, text: str) -> bool:
    """Return whether a pattern, or a word without any `*`, describes the text."""
    return pattern == text if "*" not in pattern else bool(Patterns([pattern]).matching(text))


def _holds(text: str, pieces: Sequence[str]) -> bool:
    """Whether the pieces stand in the text one after another."""
    at = 0
    for piece in pieces:
        at = text.find(piece, at) + len(piece)
        if at < len(piece):
            return False
    return True
