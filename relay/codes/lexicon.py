"""The words of `relay.codes.words`, made ready to be looked up."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from relay.codes.plain import folded, plain
from relay.codes.words import SPACED, UNSPACED

_ONLY_ACCENTED = {"mã", "é", "è", "là", "thẻ", "đơn", "không", "є", "số"}
"""Words that without their accents are words of other languages, or say too little."""
_KEY = 3
"""Letters by which beginnings and ends of words are found."""

SPOILING = ("X", "D")
"""Kinds of words that make a code beside them one of another kind."""

Kinds = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and their kinds; beginnings and ends are keyed by their first or last letters."""

    whole: Kinds
    pairs: Kinds
    begins: Mapping[str, Kinds]
    ends: Mapping[str, Kinds]
    unspaced: Kinds
    pattern: re.Pattern[str]

    def kind(self, word: str) -> str:
        """Return the kind of a lower-case word, or nothing."""
        return self.whole.get(word) or self._folded(folded(word))

    def pair(self, before: str, word: str) -> str:
        """Return the kind of two words that only together say something, or nothing."""
        return self.pairs.get(f"{before}_{word}") or self.pairs.get(f"{folded(before)}_{folded(word)}", "")

    def inside(self, run: str) -> Iterator[tuple[int, int, str]]:
        """Yield where the words of a run without spaces begin and end, and their kinds."""
        for found in self.pattern.finditer(run):
            if kind := self.unspaced[found[0]]:
                yield (*found.span(), kind)

    def _folded(self, word: str) -> str:
        if kind := self.whole.get(word):
            return kind
        begin = _first(self.begins.get(word[:_KEY], {}), word.startswith)
        end = _first(self.ends.get(word[-_KEY:], {}), lambda part: word.endswith(part) and word != part)
        return begin if begin in SPOILING else end or begin


@cache
def lexicon() -> Lexicon:
    """Return the words, made ready once."""
    entries = [(plain(word), kind) for kind, words in SPACED.items() for word in words.split()]
    unspaced = {
        word.replace("_", space): kind
        for kind, words in UNSPACED.items()
        for word in words.split()
        for space in ("", " ")
    }
    begins = [(word[:-1], kind) for word, kind in entries if word.endswith("*")]
    ends = [(word[1:], kind) for word, kind in entries if word.startswith("*")]
    plainly = [(word, kind) for word, kind in entries if "*" not in word]
    return Lexicon(
        whole=_with_folded((word, kind) for word, kind in plainly if "_" not in word),
        pairs=_with_folded((word, kind) for word, kind in plainly if "_" in word),
        begins=_keyed(begins, slice(_KEY)),
        ends=_keyed(ends, slice(-_KEY, None)),
        unspaced=unspaced,
        pattern=re.compile("|".join(sorted(unspaced, key=len, reverse=True))),
    )


def _first(kinds: Kinds, fits: Callable[[str], bool]) -> str:
    return next((kind for part, kind in kinds.items() if fits(part)), "")


def _with_folded(entries: Iterable[tuple[str, str]]) -> Kinds:
    """Return whole words as they are written, and without accents where that is no other word."""
    kinds = dict(entries)
    return {folded(word): kind for word, kind in kinds.items() if word not in _ONLY_ACCENTED} | kinds


def _keyed(entries: Iterable[tuple[str, str]], part: slice) -> Mapping[str, Kinds]:
    keyed: dict[str, dict[str, str]] = {}
    for stem, kind in sorted(entries, key=lambda entry: -len(entry[0])):
        keyed.setdefault(folded(stem)[part], {})[folded(stem)] = kind
    return keyed
