"""Match many patterns with `*` at once, in a time that hardly grows with their number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class _Pattern(NamedTuple):
    order: int
    text: str
    middle: Sequence[str]


class Patterns:
    """Patterns, indexed by their beginning and end; each `*` matches any text, or none.

    The parts between two `*` are searched once, from left to right: no pattern and no text can make a lookup
    slow.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._by_lengths: dict[tuple[int, int], dict[tuple[str, str], list[_Pattern]]] = defaultdict(dict)
        for order, pattern in enumerate(patterns):
            start, *middle, end = pattern.split("*")
            by_ends = self._by_lengths[len(start), len(end)]
            by_ends.setdefault((start, end), []).append(_Pattern(order, pattern, middle))

    def matching(self, text: str) -> list[str]:
        """Return the patterns that match the whole text, in their order."""
        found: list[_Pattern] = []
        for (start, end), by_ends in self._by_lengths.items():
            stop = len(text) - end
            if stop >= start:
                candidates = by_ends.get((text[:start], text[stop:]), ())
                found += [each for each in candidates if _contains(text[start:stop], each.middle)]
        return [each.text for each in sorted(found)]


def covers(pattern: str, text: str) -> bool:
    """Return whether a pattern, or a word without any `*`, matches the text."""
    return pattern == text if "*" not in pattern else bool(Patterns([pattern]).matching(text))


def _contains(text: str, pieces: Sequence[str]) -> bool:
    """Return whether the pieces are in the text, one after another."""
    index = 0
    for piece in pieces:
        index = text.find(piece, index) + len(piece)
        if index < len(piece):
            return False
    return True
