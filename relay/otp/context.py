"""The context of a candidate: the keywords on both sides, and how the text joins it to them."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import cache

from relay.otp.candidates import Candidate
from relay.otp.kinds import (
    CODES,
    COPULA,
    DONE,
    JOINS,
    LABEL,
    LINE,
    NOT_ONE_TIME,
    NUMBER,
    PLACE,
    RECEIPT,
    SENTENCE,
    TELL,
    WARNED,
    WARNING,
)
from relay.otp.position import JOINT, NEXT, Position
from relay.otp.scan import Keywords, Span, has_digit

NEAR = 60
"""Characters between a number and words on the same subject, and the reach of those after it."""
SENTENCE_END = 3.0
"""Points that a word loses for each end of a sentence between it and the number."""
_PENALTIES = {SENTENCE: SENTENCE_END, LINE: 1.0}
_FAR = 140
"""Characters between a number and the farthest word before it that may refer to it."""
_MOST = 24
"""Keywords that are considered on each side; it bounds what a stranger can cost."""
_NAMING = CODES | NOT_ONE_TIME | {LABEL, NUMBER, PLACE, RECEIPT, WARNED}
_LAST = frozenset({COPULA})
_SPOKEN = DONE | {WARNING}
"""What is done with a code: `quote` warns in other sentences."""
_LATIN = "\u024f"
"""The last Latin letter: the verbs that come last are of other scripts."""
_TOUCHING = 4
"""Characters between a number and a word that touches it, with a sign or a short word between them."""

Neighbour = tuple[str, int, float, int]
"""A keyword near the number: its kind, the characters in between, its penalty for breaks, where it ends."""


class CandidateContext(Position):
    """A candidate in its text: the keywords on both sides, nearest first, and how it is joined to them."""

    __slots__ = ("after", "before", "is_linked")

    def __init__(self, candidate: Candidate, text: str, keywords: Keywords) -> None:
        super().__init__(candidate, text)
        index = bisect_left(keywords.spans, (self.start,))
        before, after = slice(max(0, index - _MOST), index), slice(index, index + _MOST)
        kinds, spans = keywords.kinds, keywords.spans
        self.before = _neighbours(kinds[before][::-1], spans[before][::-1], self.start, is_after=False)
        self.after = _neighbours(kinds[after], spans[after], self.end, is_after=True)
        self.is_linked = self.is_signed or self._touches_copula()

    def is_in_same_sentence(self, neighbour: Neighbour) -> bool:
        """Return whether a word before is in the same sentence, with no other possible code in between."""
        if neighbour[2] >= SENTENCE_END:
            return False
        return not has_digit(self.text, neighbour[3], self.start) or not self._has_number_since(neighbour[3])

    def mentions(self, kinds: Collection[str]) -> bool:
        """Return whether a word of some kinds is anywhere around the number."""
        return any(neighbour[0] in kinds for neighbour in (*self.before, *self.after))

    def follows(self, kinds: Collection[str]) -> bool:
        """Return whether a word of some kinds precedes the number in its sentence, with no number between."""
        return any(
            neighbour[0] in kinds and neighbour[1] <= NEAR and self.is_in_same_sentence(neighbour)
            for neighbour in self.before
        )

    def touches(self, kind: str) -> bool:
        """Return whether a word of this kind is right before or right after the number."""
        sides = (*self.before[:1], *self.after[:1])
        return any(neighbour[0] == kind and neighbour[1] <= 1 for neighbour in sides)

    def opens_place(self) -> bool:
        """Return whether a place that may be opened is in the sentence: `come in with 4815 at the gate`."""
        return self.precedes({PLACE}, NEAR) or self.follows({PLACE})

    def precedes(self, kinds: Collection[str], reach: int) -> bool:
        """Return whether a word of some kinds is within so many characters after the number."""
        return any(kind in kinds and gap <= reach and not penalty for kind, gap, penalty, _ in self.after)

    def is_called_a_code(self) -> bool:
        """Return whether the words next to the number call it a code: `code 908 1123`."""
        return self.is_linked or self.owner() in CODES or self.precedes(CODES, NEAR) or self._is_done_to()

    def owner(self) -> str:
        """Return the kind of the word to which the number directly belongs, or an empty string."""
        for neighbour in self.before:
            kind, gap, penalty, _ = neighbour
            if gap > NEXT or penalty >= SENTENCE_END:
                break
            if kind in _NAMING:
                return (
                    kind if self.is_in_same_sentence(neighbour) and not self.is_addressed(neighbour) else ""
                )
        return ""

    def is_done_at(self, place: Neighbour) -> bool:
        """Return whether a place before the number only says where: `enter at the door 4815`."""
        index = self.before.index(place) + 1
        if index == len(self.before):
            return False
        kind, _, penalty, end = self.before[index]
        start = self.start - place[1]
        return kind == TELL and penalty < SENTENCE_END and self.text.count(" ", end, start) > 1

    def is_addressed(self, neighbour: Neighbour) -> bool:
        """Return whether a comma separates the number from the word before it: `Dear customer, 4815`."""
        kind, _, _, end = neighbour
        return kind == LABEL and self.has_comma(end, self.start)

    def _has_number_since(self, end: int) -> bool:
        return _number().search(self.text, end, self.start) is not None

    def _is_done_to(self) -> bool:
        """Return whether a verb next to the groups says what to do with them: `enter 908 1123`."""
        is_spaced = " " in self.text[self.start : self.end]
        if is_spaced and self.precedes(DONE, _TOUCHING):
            return True
        if not self.before:
            return False
        kind, gap, _, _ = nearest = self.before[0]
        if is_spaced:
            is_spoken = kind in _SPOKEN
        else:
            is_spoken = kind == TELL and self.code.isdecimal() and self.text[self.start].isdecimal()
        return is_spoken and gap <= NEXT and self.is_in_same_sentence(nearest)

    def _touches_copula(self) -> bool:
        """Return whether a verb joins the number to the words before it; in some languages it comes last."""
        if self.before and self.before[0][0] in JOINS and self.before[0][1] <= JOINT:
            return True
        return self.text[self.end + 1 : self.end + 2] > _LATIN and self.precedes(_LAST, JOINT)


def _neighbours(kinds: Iterable[str], spans: Iterable[Span], edge: int, *, is_after: bool) -> list[Neighbour]:
    """Return the keywords that are near enough to an edge of the number, nearest first."""
    found, penalty, far = [], 0.0, NEAR if is_after else _FAR
    for kind, (start, end) in zip(kinds, spans, strict=True):
        gap = start - edge if is_after else edge - end
        if gap > far:
            break
        if kind in _PENALTIES:
            penalty += _PENALTIES[kind]
        found.append((kind, gap, penalty, end))
    return found


@cache
def _number() -> re.Pattern[str]:
    """Match what may be a code; the day and the month of a date are none."""
    return re.compile("[0-9]{3}")
