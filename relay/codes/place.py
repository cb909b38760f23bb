"""A candidate in its surroundings: the telling words on both sides, and how it is joined to them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from relay.codes.candidates import Candidate
from relay.codes.kinds import COPULA, LABEL, LINE, PLAIN, SENTENCE, SHOP, SPOIL, STRONG, WARNED
from relay.codes.marks import Mark, has_digit

NEXT = 14
"""Characters within which a word speaks of nothing but the number beside it."""
_BREAKS = {SENTENCE: 3.0, LINE: 1.0}
"""Points that a word loses for each end of a sentence or a line between it and the number."""
_NAMING = frozenset({LABEL, SPOIL, SHOP, STRONG, PLAIN, WARNED})
_JOINT = 2
"""Characters between a number and the little word or sign that joins it."""
_INDENT = 4
"""Spaces about a number that has a line of its own."""


class Way(NamedTuple):
    """What lies between a word and the number: `text` from `start` to `end`, and points `lost` to breaks."""

    mark: Mark
    text: str
    start: int
    end: int
    lost: float

    @property
    def gap(self) -> int:
        """Characters between the word and the number."""
        return self.end - self.start

    def is_whole(self) -> bool:
        """Tell whether no sentence ends between them."""
        return self.lost < _BREAKS[SENTENCE]

    def is_own(self) -> bool:
        """Tell whether they are of one sentence and no other number stands between them."""
        return self.is_whole() and not has_digit(self.text, self.start, self.end)

    def is_parted(self) -> bool:
        """Tell whether a comma or the like parts them."""
        return _comma().search(self.text, self.start, self.end) is not None


class Place(NamedTuple):
    """Where a candidate stands; the marks on both sides come nearest first."""

    candidate: Candidate
    text: str
    before: Sequence[Mark]
    after: Sequence[Mark]

    def ways_before(self, far: int) -> Iterator[Way]:
        """Yield the words before the number up to `far` characters away, nearest first."""
        lost, start = 0.0, self.candidate.start
        for mark in self.before:
            if start - mark.end > far:
                return
            lost += _BREAKS.get(mark.kind, 0.0)
            yield Way(mark, self.text, mark.end, start, lost)

    def ways_after(self, far: int) -> Iterator[Way]:
        """Yield the words after the number up to `far` characters away, nearest first."""
        lost, end = 0.0, self.candidate.end
        for mark in self.after:
            if mark.start - end > far:
                return
            lost += _BREAKS.get(mark.kind, 0.0)
            yield Way(mark, self.text, end, mark.start, lost)

    def owner(self) -> str:
        """Return the kind of the word that the number directly belongs to, or nothing."""
        for way in self.ways_before(NEXT):
            if not way.is_whole():
                break
            if way.mark.kind in _NAMING:
                return way.mark.kind if way.is_own() else ""
        return ""

    def is_signed(self) -> bool:
        """Tell whether a sign joins the number to what stands before it."""
        start = self.candidate.start
        return _signs_before().search(self.text[max(0, start - _JOINT - 1) : start]) is not None

    def is_linked(self) -> bool:
        """Tell whether a sign or a little word joins the number to what stands before it."""
        near = bool(self.before) and self.candidate.start - self.before[0].end <= _JOINT
        return (near and self.before[0].kind == COPULA) or self.is_signed()

    def is_followed(self) -> bool:
        """Tell whether a sign joins the number to what stands after it."""
        return _signs_after().match(self.text, self.candidate.end) is not None

    def is_heading(self) -> bool:
        """Tell whether the message begins with the number, or with a name and the number."""
        return _names().fullmatch(self.text, 0, self.candidate.start) is not None

    def is_alone(self) -> bool:
        """Tell whether the number has a line of its own and more lines follow."""
        start, end = self.candidate.start, self.candidate.end
        before = self.text[max(0, start - _INDENT) : start].rstrip(" ")
        follows = self.text[end : end + _INDENT].lstrip(" ").startswith("\n")
        return follows and (before.endswith("\n") or (start <= _INDENT and not before))

    def is_keyed(self) -> bool:
        """Tell whether the number ends with the key that a door wants."""
        return self.text.startswith("#", self.candidate.end)

    def is_sent_to(self) -> bool:
        """Tell whether the word before the number is the one before a number that one texts."""
        start = self.candidate.start
        return _to().search(self.text, max(0, start - NEXT), start) is not None


@cache
def _signs_before() -> re.Pattern[str]:
    return re.compile("[:=>\u00ab\u201c\u2018\"'\u300c\u3010\\[(<-] {0,2}$")


@cache
def _signs_after() -> re.Pattern[str]:
    return re.compile(' ?[-=()\u00bb\u201d\u300d\u3011\\]\u201e"<]')


@cache
def _names() -> re.Pattern[str]:
    return re.compile("[^0-9.!?\n]{0,24}(?:[:>\\])-]|\u3011) ?|\\W{0,4}")


@cache
def _comma() -> re.Pattern[str]:
    return re.compile("[,;\u3001\u060c](?![0-9])")


@cache
def _to() -> re.Pattern[str]:
    words = "to al au an na на do la naar till til στο إلى الى به ke kepada đến den"
    return re.compile(rf"\b(?:{'|'.join(words.split())}) $", re.IGNORECASE)
