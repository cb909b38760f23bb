"""A candidate in its surroundings: the telling words on both sides, and how it is joined to them."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from relay.otp.candidates import Candidate
from relay.otp.kinds import COPULA, LABEL, LINE, PLAIN, SENTENCE, SHOP, SPOIL, STRONG, WARNED
from relay.otp.marks import Marks, Span, has_digit

NEXT = 14
"""Characters within which a word speaks of nothing but the number beside it."""
NEAR = 60
"""Characters from a number to words of the same matter, and the farthest after it that may speak of it."""
ENDED = 3.0
"""Points that a word loses for each end of a sentence between it and the number."""
_BREAKS = {SENTENCE: ENDED, LINE: 1.0}
_FAR = 140
"""Characters from a number to the farthest word before it that may speak of it."""
_MOST = 24
"""Marks that are looked at on each side: a bound on what a stranger costs."""
_NAMING = frozenset({LABEL, SPOIL, SHOP, STRONG, PLAIN, WARNED})
_JOINT = 2
"""Characters between a number and the little word or sign that joins it."""
_INDENT = 4
"""Spaces about a number that has a line of its own."""
_SIGNS_BEFORE = (*":=>«“\u2018\"'「【[(<-",)
_SIGNS_AFTER = (*'-=()»”」】]„“"<',)
_PURPOSES = tuple(
    map(" {} ".format, ("to", "for", "pour", "para", "per", "zum", "zur", "voor", "для", "için", "untuk"))
)
"""Little words between a number and what it is for."""
_HEAD = 26
"""Characters of a name before the number that a message begins with."""
_COMMA = re.compile("[,;\u3001\u060c](?![0-9])")

Way = tuple[str, int, float, int]
"""A word near the number: its kind, the characters between, points lost to breaks, where it ends."""


class Place:
    """Where a candidate stands: the words on both sides, nearest first, and how it is joined to them."""

    __slots__ = ("after", "before", "code", "end", "is_linked", "is_signed", "start", "text")

    def __init__(self, candidate: Candidate, text: str, marks: Marks) -> None:
        self.start, self.end, self.code = candidate
        self.text = text
        at = bisect_left(marks.spans, (self.start,))
        before, after = slice(max(0, at - _MOST), at), slice(at, at + _MOST)
        self.before = _ways(marks.kinds[before][::-1], marks.spans[before][::-1], self.start, onward=False)
        self.after = _ways(marks.kinds[after], marks.spans[after], self.end, onward=True)
        self.is_signed = self._is_signed()
        self.is_linked = self.is_signed or self._is_joined()

    def is_own(self, way: Way) -> bool:
        """Tell whether a word before is of the same sentence and no other number stands between."""
        return way[2] < ENDED and not has_digit(self.text, way[3], self.start)

    def is_parted(self, start: int, end: int) -> bool:
        """Tell whether a comma or the like stands in a part of the text."""
        return _COMMA.search(self.text, start, end) is not None

    def owner(self) -> str:
        """Return the kind of the word that the number directly belongs to, or nothing."""
        for way in self.before:
            kind, gap, lost, _ = way
            if gap > NEXT or lost >= ENDED:
                break
            if kind in _NAMING:
                return kind if self.is_own(way) else ""
        return ""

    def is_followed(self) -> bool:
        """Tell whether a sign joins the number to what stands after it."""
        return self.text[self.end : self.end + _JOINT].removeprefix(" ").startswith(_SIGNS_AFTER)

    def is_purposed(self) -> bool:
        """Tell whether a little word says that the number is for what follows: `481516 to log in`."""
        return self.text.startswith(_PURPOSES, self.end)

    def is_heading(self) -> bool:
        """Tell whether the message begins with the number, or with a name and the number."""
        return self.start <= _HEAD and _name().fullmatch(self.text, 0, self.start) is not None

    def is_alone(self) -> bool:
        """Tell whether the number has a line of its own and more lines follow."""
        if not self.text[self.end : self.end + _INDENT].lstrip(" ").startswith("\n"):
            return False
        before = self.text[max(0, self.start - _INDENT) : self.start].rstrip(" ")
        return before.endswith("\n") or (self.start <= _INDENT and not before)

    def is_keyed(self) -> bool:
        """Tell whether the number ends with the key that a door wants."""
        return self.text.startswith("#", self.end)

    def is_sent_to(self) -> bool:
        """Tell whether the word before the number is the one before a number that one texts."""
        return _to().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def _is_signed(self) -> bool:
        """Tell whether a sign joins the number to what stands before it."""
        before = self.text[max(0, self.start - _JOINT - 1) : self.start]
        return before.removesuffix("\n").rstrip(" ").endswith(_SIGNS_BEFORE)

    def _is_joined(self) -> bool:
        """Tell whether a little word joins the number to what stands before it."""
        return bool(self.before) and self.before[0][0] == COPULA and self.before[0][1] <= _JOINT


def _ways(kinds: Iterable[str], spans: Iterable[Span], edge: int, *, onward: bool) -> list[Way]:
    """Return the words that are near enough to an edge of the number, nearest first."""
    ways, lost, far = [], 0.0, NEAR if onward else _FAR
    for kind, (start, end) in zip(kinds, spans, strict=True):
        gap = start - edge if onward else edge - end
        if gap > far:
            break
        if kind in _BREAKS:
            lost += _BREAKS[kind]
        ways.append((kind, gap, lost, end))
    return ways


@cache
def _name() -> re.Pattern[str]:
    return re.compile("[^0-9.?\n]{0,24}(?:[:>\\])!,-]|\u3011) ?|\\W{0,4}")


@cache
def _to() -> re.Pattern[str]:
    words = "to al au an na на do на la naar till til στο إلى الى به ke kepada đến den"
    return re.compile(rf"\b(?:{'|'.join(words.split())}) $", re.IGNORECASE)
