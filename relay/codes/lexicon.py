"""The words that tell what a number is, made ready to be looked up."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from relay.codes.kinds import SPOILING
from relay.codes.others import OTHERS
from relay.codes.plain import folded, plain
from relay.codes.unspaced import UNSPACED
from relay.codes.words import WORDS

_KEY = 3
"""Letters by which beginnings and ends of words are found."""
_ONLY_ACCENTED = frozenset({"mã", "é", "è", "là", "thẻ", "đơn", "không", "số"})
"""Words that without their accents are words of other languages, or say too little."""

Kinds = Mapping[str, str]


class Lexicon(NamedTuple):
    """Words and their kinds: whole ones, pairs by their first word, beginnings and ends by their key."""

    whole: Kinds
    pairs: Mapping[str, Kinds]
    begins: Mapping[str, Kinds]
    ends: Mapping[str, Kinds]
    unspaced: Mapping[str, Kinds]

    def kind(self, word: str) -> str:
        """Return the kind of a lower-case word, or nothing."""
        return self.whole.get(word) or self._folded(folded(word))

    def pair(self, before: str, word: str) -> str:
        """Return the kind of two lower-case words that only together say something, or nothing."""
        seconds = self.pairs.get(before) or self.pairs.get(folded(before))
        return (seconds.get(word) or seconds.get(folded(word), "")) if seconds else ""

    def inside(self, run: str) -> Iterator[tuple[int, int, str]]:
        """Yield where the words of a run without spaces begin and end, and their kinds."""
        at = 0
        while at < len(run):
            word, kind = self._longest(run, at)
            if kind:
                yield at, at + len(word), kind
            at += len(word)

    def _longest(self, run: str, at: int) -> tuple[str, str]:
        """Return the longest word that fits at a place, or what stands there; ASCII letters are one word."""
        if run[at].isascii():
            word = "".join(takewhile(str.isascii, run[at:]))
            return word, self.kind(word)
        fits = (each for each in self.unspaced.get(run[at], {}).items() if run.startswith(each[0], at))
        return next(fits, (run[at], ""))

    def _folded(self, word: str) -> str:
        if kind := self.whole.get(word):
            return kind
        begin = _first(self.begins.get(word[:_KEY]), word.startswith)
        end = _first(self.ends.get(word[-_KEY:]), lambda part: word.endswith(part) and word != part)
        return begin if begin in SPOILING else end or begin


@cache
def lexicon() -> Lexicon:
    """Return the words, made ready once."""
    spaced = [(plain(word), kind) for word, kind in (*_entries(OTHERS), *_entries(WORDS))]
    whole = [(word, kind) for word, kind in spaced if "*" not in word and "_" not in word]
    return Lexicon(
        whole=_with_folded(whole),
        pairs=_paired((word, kind) for word, kind in spaced if "_" in word),
        begins=_keyed(((word[:-1], kind) for word, kind in spaced if word.endswith("*")), slice(_KEY)),
        ends=_keyed(((word[1:], kind) for word, kind in spaced if word.startswith("*")), slice(-_KEY, None)),
        unspaced=_keyed(_entries(UNSPACED), slice(1)),
    )


def _entries(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((word, kind) for kind, several in words.items() for word in several.split())


def _with_folded(entries: Iterable[tuple[str, str]]) -> Kinds:
    """Return whole words as they are written, and without accents where that is no other word."""
    kinds = dict(entries)
    return {folded(word): kind for word, kind in kinds.items() if word not in _ONLY_ACCENTED} | kinds


def _paired(entries: Iterable[tuple[str, str]]) -> Mapping[str, Kinds]:
    paired: dict[str, dict[str, str]] = {}
    for pair, kind in entries:
        for spelling in (pair, folded(pair)):
            before, word = spelling.split("_")
            paired.setdefault(before, {})[word] = kind
    return paired


def _keyed(entries: Iterable[tuple[str, str]], key: slice) -> Mapping[str, Kinds]:
    """Return parts of words by their key; the longer part comes first."""
    keyed: dict[str, dict[str, str]] = {}
    for part, kind in sorted(entries, key=lambda entry: -len(entry[0])):
        keyed.setdefault(folded(part)[key], {})[folded(part)] = kind
    return keyed


def _first(kinds: Kinds | None, fits: Callable[[str], bool]) -> str:
    return next((kind for part, kind in kinds.items() if fits(part)), "") if kinds else ""
