"""A candidate in its surroundings: the telling words on both sides, and how it is joined to them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from relay.codes.candidates import Candidate
from relay.codes.marks import LINE, SENTENCE, Mark, has_digit

NEXT = 14
"""Characters within which a word speaks of nothing but the number beside it."""
BREAK = {SENTENCE: 3.0, LINE: 1.0}
"""Points that a word loses for each end of a sentence or a line between it and the number."""
_JOINT = 2
"""Characters between a number and the little word that joins it."""
_INDENT = 4
"""Spaces about a number that has a line of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a candidate stands; the marks on both sides come nearest first."""

    candidate: Candidate
    text: str
    before: Sequence[Mark]
    after: Sequence[Mark]

    def is_signed(self) -> bool:
        """Tell whether a sign joins the number to what stands before it."""
        start = self.candidate.start
        return _signs_before().search(self.text[max(0, start - 4) : start]) is not None

    def is_linked(self) -> bool:
        """Tell whether a sign or a little word joins the number to what stands before it."""
        near = bool(self.before) and self.candidate.start - self.before[0].end <= _JOINT
        return (near and self.before[0].kind == "K") or self.is_signed()

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
        after = self.text[end : end + _INDENT].lstrip(" ")
        return after.startswith("\n") and (before.endswith("\n") or start <= _INDENT > len(before) == 0)

    def is_keyed(self) -> bool:
        """Tell whether the number ends with the key that a door wants."""
        return self.text.startswith("#", self.candidate.end)

    def owner(self) -> str:
        """Return the kind of the word that the number directly belongs to, or nothing."""
        start = self.candidate.start
        for mark in self.before:
            if mark.kind == SENTENCE or start - mark.end > NEXT:
                break
            if mark.kind in "NXDSCc":
                return "" if has_digit(self.text, mark.end, start) else mark.kind
        return ""

    def ways_before(self, far: int) -> "Iterator[Way]":
        """Yield the words before the number up to `far` characters away, nearest first."""
        lost, start = 0.0, self.candidate.start
        for mark in self.before:
            if start - mark.end > far:
                return
            lost += BREAK.get(mark.kind, 0.0)
            yield Way(self.text, mark, mark.end, start, lost)

    def ways_after(self, far: int) -> "Iterator[Way]":
        """Yield the words after the number up to `far` characters away, nearest first."""
        lost, end = 0.0, self.candidate.end
        for mark in self.after:
            if mark.start - end > far:
                return
            lost += BREAK.get(mark.kind, 0.0)
            yield Way(self.text, mark, end, mark.start, lost)


@dataclass(frozen=True, slots=True)
class Way:
    """What lies between a word and the number: the text from `start` to `end`, and points `lost` to breaks."""

    text: str
    mark: Mark
    start: int
    end: int
    lost: float

    @property
    def kind(self) -> str:
        """The kind of the word."""
        return self.mark.kind

    @property
    def gap(self) -> int:
        """Characters between the word and the number."""
        return self.end - self.start

    @property
    def whole(self) -> bool:
        """Whether no sentence ends between them."""
        return self.lost < BREAK[SENTENCE]

    def is_own(self) -> bool:
        """Tell whether they are of one sentence and no other number stands between them."""
        return self.whole and not has_digit(self.text, self.start, self.end)

    def has_comma(self) -> bool:
        """Tell whether a comma or the like parts them."""
        return _comma().search(self.text, self.start, self.end) is not None


@cache
def _signs_before() -> re.Pattern[str]:
    return re.compile("[:=>\u00ab\u201c\u2018\"'\u300c\u3010\\[(<-] {0,2}$")


@cache
def _signs_after() -> re.Pattern[str]:
    return re.compile(" ?[-=()\u00bb\u201d\u300d\u3011\\]\u201e\"<]")


@cache
def _names() -> re.Pattern[str]:
    return re.compile("[^0-9.!?\\n]{0,24}(?:[:>\\])-]|\u3011) ?|\\W{0,4}")


@cache
def _comma() -> re.Pattern[str]:
    return re.compile("[,;\u3001\u060c](?![0-9])")
