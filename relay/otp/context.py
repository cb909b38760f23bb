# ruff: noqa: RUF001, SIM905 - words of many scripts, some of which look like Latin ones; split: legible
"""The context of a candidate: the keywords on both sides, and how the text joins it to them."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import cache

from relay.otp.candidates import Candidate
from relay.otp.keywords import Keywords, Span, has_digit
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
from relay.otp.lexicon import look_up

NEXT = 14
"""Characters within which a word only speaks of the number next to it."""
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
_JOINT = 2
"""Characters between a number and the short word or sign that joins it."""
_TOUCHING = 4
"""Characters between a number and a word that touches it, with a sign or a short word between them."""
_INDENT = 4
"""Spaces around a number that has a line of its own."""
_SIGNS_BEFORE = (*":=>«“\u2018\"'「【[(<-",)
_SIGNS_AFTER = (*'-=()»”」】]„“"<',)
_PURPOSES = tuple(
    map(" {} ".format, ("to", "for", "pour", "para", "per", "zum", "zur", "voor", "для", "için", "untuk"))
)
"""Short words between a number and what it is for."""
_AND = tuple(
    map(
        " {} ".format, "and und et y e en og och ja i a és și si ve dan và in ir un и й та і και و और".split()
    )
)
_LONGEST_AND = 6
"""Characters of the longest of these."""
_LONGEST_HEADING = 26
"""Characters of a name before the number with which a message begins."""
_SIGNS_AFTER_NAME = (*":>])!,-】",)
_NOT_IN_NAME = frozenset("0123456789.?\n")
_FEW_SIGNS = 4
"""Signs before the number with which a message begins."""

Neighbour = tuple[str, int, float, int]
"""A keyword near the number: its kind, the characters in between, its penalty for breaks, where it ends."""


class CandidateContext:
    """A candidate in its text: the keywords on both sides, nearest first, and how it is joined to them."""

    __slots__ = (
        "after",
        "before",
        "code",
        "doubt",
        "end",
        "is_heading",
        "is_linked",
        "is_signed",
        "start",
        "text",
    )

    def __init__(self, candidate: Candidate, text: str, keywords: Keywords) -> None:
        self.start, self.end, self.code, self.doubt = candidate
        self.text = text
        index = bisect_left(keywords.spans, (self.start,))
        before, after = slice(max(0, index - _MOST), index), slice(index, index + _MOST)
        kinds, spans = keywords.kinds, keywords.spans
        self.before = _neighbours(kinds[before][::-1], spans[before][::-1], self.start, is_after=False)
        self.after = _neighbours(kinds[after], spans[after], self.end, is_after=True)
        self.is_heading = not self.start or (self.start <= _LONGEST_HEADING and _is_name(text[: self.start]))
        """Whether the message begins with the number, or with a name and the number."""
        self.is_signed = self._is_signed()
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

    def has_comma(self, start: int, end: int) -> bool:
        """Return whether there is a comma or the like in a part of the text."""
        return _comma().search(self.text, start, end) is not None

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

    def has_sign_after(self) -> bool:
        """Return whether a sign joins the number to what follows it."""
        return self.text[self.end : self.end + _JOINT].removeprefix(" ").startswith(_SIGNS_AFTER)

    def is_done_at(self, place: Neighbour) -> bool:
        """Return whether a place before the number only says where: `enter at the door 4815`."""
        index = self.before.index(place) + 1
        if index == len(self.before):
            return False
        kind, _, penalty, end = self.before[index]
        start = self.start - place[1]
        return kind == TELL and penalty < SENTENCE_END and self.text.count(" ", end, start) > 1

    def follows_numbered_place(self) -> bool:
        """Return whether the place before the number has a number of its own: `locker 12: 4815`."""
        return _own_number().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def is_addressed(self, neighbour: Neighbour) -> bool:
        """Return whether a comma separates the number from the word before it: `Dear customer, 4815`."""
        kind, _, _, end = neighbour
        return kind == LABEL and self.has_comma(end, self.start)

    def follows_and(self) -> bool:
        """Return whether `and` separates the number from the word before it: `the phone number and 4815`."""
        return self.text[max(0, self.start - _LONGEST_AND) : self.start].endswith(_AND)

    def has_purpose_after(self) -> bool:
        """Return whether a short word says what the number is for: `481516 to log in`."""
        return self.text.startswith(_PURPOSES, self.end)

    def has_own_line(self) -> bool:
        """Return whether the number has a line of its own and more lines follow."""
        if not self.text[self.end : self.end + _INDENT].lstrip(" ").startswith("\n"):
            return False
        before = self.text[max(0, self.start - _INDENT) : self.start].rstrip(" ")
        return before.endswith("\n") or (self.start <= _INDENT and not before)

    def has_last_line(self) -> bool:
        """Return whether the number has the last line, after others."""
        before = self.text[max(0, self.start - _INDENT) : self.start].rstrip(" ")
        return before.endswith("\n") and not self.text[self.end :].strip()

    def ends_with_hash(self) -> bool:
        """Return whether the number ends with the `#` or `*` key that a door expects."""
        return self.text.startswith(("#", "*"), self.end)

    def follows_to(self) -> bool:
        """Return whether the word before the number is the one before a number to send a message to."""
        return _to().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def _has_number_since(self, end: int) -> bool:
        return _number().search(self.text, end, self.start) is not None

    def follows_keyword(self) -> bool:
        """Return whether a word in capitals may be sent to the number, where the verb comes last."""
        return _keyword().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def follows_keyword_to(self) -> bool:
        """Return whether a word in capitals is to be sent to the number: `WIN to 50505`."""
        found = _keyword_to().search(self.text, max(0, self.start - NEXT), self.start)
        return found is not None and look_up(found[1].lower())[0] not in CODES

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

    def _is_signed(self) -> bool:
        """Return whether a sign joins the number to what precedes it."""
        before = self.text[max(0, self.start - _JOINT - 1) : self.start]
        if self.doubt:
            before = before.removesuffix("-")  # of the sender's name, as in `G-481516`
        return before.removesuffix("\n").rstrip(" ").endswith(_SIGNS_BEFORE)

    def _touches_copula(self) -> bool:
        """Return whether a verb joins the number to the words before it; in some languages it comes last."""
        if self.before and self.before[0][0] in JOINS and self.before[0][1] <= _JOINT:
            return True
        return self.text[self.end + 1 : self.end + 2] > _LATIN and self.precedes(_LAST, _JOINT)


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


def _is_name(before: str) -> bool:
    """Return whether a name with a sign after it, or a few signs, are all that precedes a number."""
    name = before.removesuffix(" ")
    if name.endswith(_SIGNS_AFTER_NAME):
        return _NOT_IN_NAME.isdisjoint(name[:-1])
    return len(before) <= _FEW_SIGNS and not any(map(str.isalnum, before))


@cache
def _comma() -> re.Pattern[str]:
    return re.compile("[,;\u3001\u060c](?![0-9])")


@cache
def _keyword() -> re.Pattern[str]:
    return re.compile(r"\b(?:[A-Z]{3,}|[А-Я]{3,})\b")


@cache
def _keyword_to() -> re.Pattern[str]:
    return re.compile(r"\b([A-Z]{3,}|[А-Я]{3,}) \w{1,4} $")


@cache
def _own_number() -> re.Pattern[str]:
    return re.compile(r"(?<![0-9])[0-9]{1,3}\D{0,3}[:\uff1a-] ?$")


@cache
def _number() -> re.Pattern[str]:
    """Match what may be a code; the day and the month of a date are none."""
    return re.compile("[0-9]{3}")


@cache
def _to() -> re.Pattern[str]:
    words = "to al au an na на do на la naar till til στο إلى الى به ke kepada đến den"
    return re.compile(rf"\b(?:{'|'.join(words.split())}):? (?:no:? )?$", re.IGNORECASE)
