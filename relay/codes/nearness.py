"""Which candidate the words about it call a code: points for what speaks for it, less by distance."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from relay.codes.candidates import Candidate
from relay.codes.marks import LINE, SENTENCE, WARNED, Mark, has_digit

ENOUGH = 4.6
"""Points from which a candidate is a code."""
_WORTH = {"S": 10.0, "C": 8.0, "E": 4.6, "A": 3.4, WARNED: 3.0}
_BREAK = {SENTENCE: 3.0, LINE: 1.0}
_DENIED = {"N": 6.0, "X": 10.0, "D": 10.0}
_RATE = {"S": 0.1, "C": 0.15, "E": 0.06, "A": 0.06, WARNED: 0.15}
_RATE_JOINED = 0.06
_SIZE = {4: 0.0, 5: 0.5, 6: 1.0, 7: 0.5, 8: 0.5}
_JOINED, _ODD, _MIXED, _WORDY, _COUNTED, _COMMA, _ALONE, _LONE = 2.0, -3.0, -2.5, -4.5, -8.0, 4.0, 3.0, 3.0

_FAR, _NEAR, _WIDE, _NEXT, _TOUCHING = 140, 60, 40, 14, 4
"""Characters from a candidate to words that may speak of it, of the same matter, just of it, only of it."""
_MOST = 24
"""Marks that are looked at on each side: a bound on what a stranger costs."""


def nearest(found: Sequence[Candidate], signs: Sequence[Mark], text: str) -> Candidate | None:
    """Return the candidate that the words speak most for, if they say enough."""
    starts = [mark.start for mark in signs]
    best, most = None, ENOUGH
    for candidate in found:
        place = bisect_left(starts, candidate.start)
        points = _points(candidate, signs[max(0, place - _MOST) : place][::-1], signs[place : place + _MOST], text, alone=len(found) == 1)
        if points > most:
            best, most = candidate, points
    return best


def _points(
    candidate: Candidate, before: Sequence[Mark], after: Sequence[Mark], text: str, *, alone: bool
) -> float:
    owner = _owner(candidate, before, text)
    lone = _LONE if alone and not owner and _is_joined(candidate, before, text) else 0.0
    told = max(lone, _told_after(candidate, after, text) - _DENIED.get(owner, 0.0))
    told = max(told, _told_before(candidate, before, text))
    told += _ALONE * _is_alone(candidate, text)
    return told + _shape(candidate.code) + _about(candidate, before, after) + _dated(candidate, before, after)


def _owner(candidate: Candidate, before: Sequence[Mark], text: str) -> str:
    """Return the kind of the word that the number directly belongs to, or nothing."""
    for mark in before:
        if mark.kind == SENTENCE or candidate.start - mark.end > _NEXT:
            return ""
        if mark.kind in "NXDSC" or mark.kind == WARNED:
            return "" if has_digit(text, mark.end, candidate.start) else mark.kind
    return ""


def _told_before(candidate: Candidate, before: Sequence[Mark], text: str) -> float:
    """Return what the words before say: a label or a shop's word stands against a code further off."""
    linked = _is_joined(candidate, before, text)
    lost = most = 0.0
    for mark in before:
        gap = candidate.start - mark.end
        if gap > _FAR:
            break
        digits = has_digit(text, mark.end, candidate.start)
        own = lost < _BREAK[SENTENCE] and not digits
        joined = linked and lost < _BREAK[SENTENCE]
        lost += _BREAK.get(mark.kind, 0.0)
        if own and gap <= _NEXT:
            lost += _DENIED.get(mark.kind, 0.0)
        fades = gap * (_RATE_JOINED if joined else _RATE[mark.kind]) - _JOINED * joined if mark.kind in _RATE else 0
        if not joined and gap > 2 and _comma().search(text, mark.end, candidate.start):
            fades += _COMMA
        if mark.kind in "SC" or (own and mark.kind in "EA" and gap <= (_WIDE if joined else _NEXT)):
            most = max(most, _WORTH[mark.kind] - fades - lost)
        elif mark.kind == WARNED:
            worth = _WORTH["C"] if gap <= _TOUCHING or (own and joined) else _WORTH[WARNED]
            most = max(most, worth - fades - lost)
    return most


def _told_after(candidate: Candidate, after: Sequence[Mark], text: str) -> float:
    """Return what the words after say: `481516 is your code`."""
    joined = 1.0 if _joins_after().match(text, candidate.end) else -2.0
    heads = _heads().fullmatch(text, 0, candidate.start) is not None
    lost = most = 0.0
    for mark in after:
        gap = mark.start - candidate.end
        if gap > _NEAR:
            break
        lost += _BREAK.get(mark.kind, 0.0)
        comma = _comma().search(text, candidate.end, mark.start)
        if mark.kind == "K" and gap <= _TOUCHING + 1:
            joined, lost = 1.0, max(0.0, lost - 2)
        elif mark.kind in "SC" and not _is_owned(mark, text):
            touching = 1.0 if not text[candidate.end : mark.start].strip() else joined
            most = max(most, _WORTH[mark.kind] + (-_COMMA if comma else touching) - gap * 0.08 - lost)
        elif mark.kind == "E" and gap <= _NEXT and lost < _BREAK[SENTENCE] and not comma:
            most = max(most, _WORTH["E"] - lost)
        elif mark.kind == "A" and heads and not lost and joined > 0:
            most = max(most, 3.0)
        elif mark.kind == WARNED or (mark.kind == "W" and heads):
            most = max(most, 5.0 if heads else 4.0 - lost / 3)
    return most


def _about(candidate: Candidate, before: Sequence[Mark], after: Sequence[Mark]) -> float:
    """Return what the wider neighbourhood says: something to prove, a shop, a measure."""
    near = {mark.kind for mark in before if candidate.start - mark.end <= _NEAR}
    near |= {mark.kind for mark in after if mark.start - candidate.end <= _NEAR}
    points = 1.5 * ("A" in near or ("E" in near and not near.isdisjoint("SCcH"))) - 4.0 * ("D" in near)
    if after and after[0].kind == "U" and after[0].start - candidate.end <= 1:
        points += _COUNTED
    return points


def _dated(candidate: Candidate, before: Sequence[Mark], after: Sequence[Mark]) -> float:
    """Return what stands against a number that looks like a year."""
    if not _year().fullmatch(candidate.code):
        return 0.0
    months = [mark for mark in (*before[:2], *after[:1]) if mark.kind == "M"]
    close = any(candidate.start - mark.end <= 5 and mark.start - candidate.end <= 5 for mark in months)
    return _COUNTED if close else -1.5


def _shape(code: str) -> float:
    """Return what the look of a code is worth: most are six digits; one with letters has to be told clearly.

    A word with a number (`SUMMER25`) is rather a shop's, two letters with one a flight's.
    """
    if code.isdecimal():
        return _SIZE.get(len(code), _ODD)
    wordy = code.rstrip("0123456789").isalpha() or code != code.upper()
    return _WORDY if wordy else _MIXED


def _is_joined(candidate: Candidate, before: Sequence[Mark], text: str) -> bool:
    """Tell whether a sign or a little word joins the candidate to what stands before it."""
    if before and before[0].kind == "K" and candidate.start - before[0].end <= 2:
        return True
    return _joins_before().search(text[max(0, candidate.start - 4) : candidate.start]) is not None


def _is_alone(candidate: Candidate, text: str) -> bool:
    """Tell whether the candidate has a line of its own among others."""
    before = text[max(0, candidate.start - 4) : candidate.start].rstrip(" ")
    after = text[candidate.end : candidate.end + 4].lstrip(" ")
    return after.startswith("\n") and (before.endswith("\n") or candidate.start - len(before) == 0)


def _is_owned(mark: Mark, text: str) -> bool:
    """Tell whether a word for a code speaks of the number after it."""
    return _owns().match(text, mark.end) is not None


@cache
def _joins_before() -> re.Pattern[str]:
    return re.compile("[:=>\u00ab\u201c\u2018\"'\u300c\u3010\\[(-] {0,2}$")


@cache
def _joins_after() -> re.Pattern[str]:
    return re.compile(" ?[-=)\u00bb\u201d\u300d\u3011\\]\u201e\"]")


@cache
def _comma() -> re.Pattern[str]:
    return re.compile("[,;\u3001\u060c]")


@cache
def _heads() -> re.Pattern[str]:
    """Match what stands before a code that a message begins with: nothing, or a name."""
    return re.compile("[^0-9.!?\\n]{0,24}(?:[:>\\])-]|\u3011) ?|\\W{0,4}")


@cache
def _owns() -> re.Pattern[str]:
    return re.compile("[^\\w\n.]{0,3}(?:(?:is|es|est|ist|\u00e9|\u00e8|jest) )?[0-9]")


@cache
def _year() -> re.Pattern[str]:
    return re.compile("(?:19|20)[0-9]{2}")
