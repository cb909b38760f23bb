"""Which candidate the words about it call a code: points for what speaks for it, less by distance."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from relay.codes.candidates import Candidate
from relay.codes.marks import WARNED, Mark
from relay.codes.place import NEXT, Place, Way

ENOUGH = 4.6
"""Points from which a candidate is a code: midway between codes and other numbers where it was tuned."""

_WORTH = {"S": 10.0, "C": 8.0, "E": 4.6, "A": 3.4, WARNED: 3.0}
"""Points for a word of each kind that stands before the number."""
_RATE = {"S": 0.1, "C": 0.15, "E": 0.06, "A": 0.06, WARNED: 0.15}
"""Points lost for each character between; fewer where a sign joins the number to the words before it."""
_RATE_LINKED, _RATE_AFTER = 0.06, 0.08
_REACH = {"E": 24, "A": NEXT}
"""Characters within which a word speaks of the number without being joined to it."""
_DENIED = {"N": 6.0, "X": 10.0, "D": 10.0}
"""Points lost to a word that the number belongs to."""
_LINKED, _FOLLOWED, _COMMA = 2.0, 1.0, 3.0
_PROVING, _SHOP, _TEXTED, _COUNTED, _YEAR = 1.5, -4.0, -6.0, -8.0, -1.5
_ALONE, _KEYED, _ONLY, _SECRET = 3.0, 2.0, 3.0, 5.0
_SIZE = {4: 0.0, 5: 0.5, 6: 1.0, 7: 0.5, 8: 0.5}
_DIGITS = 2
_ODD, _MIXED, _WORDY = -3.0, -2.5, -4.5

_FAR, _NEAR, _WIDE, _TOUCHING = 140, 60, 40, 4
"""Characters from a number to words that may speak of it, of the same matter, just of it, only of it."""
_MOST = 24
"""Marks that are looked at on each side: a bound on what a stranger costs."""


def nearest(found: Sequence[Candidate], signs: Sequence[Mark], text: str) -> Candidate | None:
    """Return the candidate that the words speak most for, if they say enough."""
    starts = [mark.start for mark in signs]
    best, most = None, ENOUGH
    for candidate in found:
        at = bisect_left(starts, candidate.start)
        place = Place(candidate, text, signs[max(0, at - _MOST) : at][::-1], signs[at : at + _MOST])
        points = _points(place, only=len(found) == 1)
        if points > most:
            best, most = candidate, points
    return best


def _points(place: Place, *, only: bool) -> float:
    owner = place.owner()
    told = max(_told_before(place), _told_after(place) - _DENIED.get(owner, 0.0))
    if only and not owner and place.is_linked():
        told = max(told, _ONLY + any(way.kind in "SC" for way in place.ways_before(_NEAR)))
    told += _ALONE * place.is_alone() + _KEYED * place.is_keyed()
    return told + _shape(place.candidate.code) + _about(place) + _dated(place)


def _told_before(place: Place) -> float:
    """Return what the words before say: a label or a shop's word stands against a code further off."""
    signed, linked = place.is_signed(), place.is_linked()
    denied = most = 0.0
    for way in place.ways_before(_FAR):
        if way.kind in _DENIED and way.gap <= NEXT and way.is_own():
            denied += _DENIED[way.kind] / (2 if signed and way.kind == "N" else 1)
        elif way.kind == "W" and _is_told(place, way, signed=signed):
            most = max(most, _SECRET)
        elif way.kind in _WORTH:
            most = max(most, _worth(way, signed=signed, linked=linked) - denied)
    return most


def _is_told(place: Place, way: Way, *, signed: bool) -> bool:
    """Tell whether a word of warnings speaks of this number: `tell nobody: 4815`, `tell the driver 4815`."""
    if signed and way.gap <= _TOUCHING // 2:
        return True
    asked = any(each.kind == "H" for each in (*place.ways_before(_NEAR), *place.ways_after(_NEAR)))
    return asked and way.is_own() and way.gap <= _REACH["E"]


def _worth(way: Way, *, signed: bool, linked: bool) -> float:
    """Return what a word before the number is worth."""
    comma = way.gap > _TOUCHING // 2 and way.has_comma()
    joined = linked and way.whole and (signed or not comma)
    if way.kind in _REACH and not (way.is_own() and way.gap <= (_WIDE if joined else _REACH[way.kind])):
        return 0.0
    told = way.kind == WARNED and (way.gap <= _TOUCHING or (joined and way.is_own()))
    worth = _WORTH["C" if told else way.kind] + (_LINKED if joined else -_COMMA * comma)
    return worth - way.gap * (_RATE_LINKED if joined else _RATE[way.kind]) - way.lost


def _told_after(place: Place) -> float:
    """Return what the words after say: `481516 is your code`."""
    heads, joined, spared = place.is_heading(), _FOLLOWED if place.is_followed() else -2 * _FOLLOWED, 0.0
    most = 0.0
    for way in place.ways_after(_NEAR):
        if way.kind == "K" and way.gap <= _TOUCHING + 1:
            joined, spared = _FOLLOWED, 2.0
        elif way.kind in "SC" and not _is_owned(way):
            most = max(most, _worth_after(way, joined, heads=heads) - max(0.0, way.lost - spared))
        elif way.kind == "E" and way.gap <= NEXT and way.whole and (heads or not way.has_comma()):
            most = max(most, _WORTH["E"] - way.lost)
        elif way.kind == "A" and heads and not way.lost and joined > 0:
            most = max(most, _WORTH[WARNED])
        elif way.kind == WARNED or (way.kind == "W" and heads):
            most = max(most, _SECRET if heads else _SECRET - 1 - way.lost / 3)
    return most


def _worth_after(way: Way, joined: float, *, heads: bool) -> float:
    """Return what a word for a code is worth that stands after the number."""
    touching = not way.text[way.start : way.end].strip()
    parted = -_COMMA - 1 if way.has_comma() and not heads else joined
    return _WORTH[way.kind] + (_FOLLOWED if touching else parted) - way.gap * _RATE_AFTER


def _is_owned(way: Way) -> bool:
    """Tell whether a word for a code speaks of a number after it."""
    return _owns().match(way.text, way.mark.end) is not None


def _about(place: Place) -> float:
    """Return what the wider neighbourhood says: something to prove, a shop, a short number, a measure."""
    start, end, after = place.candidate.start, place.candidate.end, place.after
    near = {mark.kind for mark in place.before if start - mark.end <= _NEAR}
    near |= {mark.kind for mark in after if mark.start - end <= _NEAR}
    proving = "A" in near or ("E" in near and not near.isdisjoint("SCcH"))
    texted = _is_sent_to(place) and any(way.kind == "T" and way.whole for way in place.ways_before(_NEAR))
    points = _PROVING * proving + _SHOP * ("D" in near) + _TEXTED * texted
    counted = bool(after) and after[0].kind == "U" and after[0].start - end <= 1
    return points + _COUNTED * counted


def _is_sent_to(place: Place) -> bool:
    """Tell whether the word before the number is the one before a number that one texts."""
    return _to().search(place.text, max(0, place.candidate.start - _TOUCHING * 2), place.candidate.start) is not None


def _dated(place: Place) -> float:
    """Return what stands against a number that looks like a year."""
    if not _year().fullmatch(place.candidate.code):
        return 0.0
    months = [mark for mark in (*place.before[:2], *place.after[:1]) if mark.kind == "M"]
    start, end = place.candidate.start, place.candidate.end
    near = any(start - mark.end <= _TOUCHING and mark.start - end <= _TOUCHING for mark in months)
    return _COUNTED if near else _YEAR


def _shape(code: str) -> float:
    """Return what the look of a code is worth: most are six digits; one with letters has to be told clearly.

    A word with a number (`SUMMER25`) is rather a shop's, two letters with one a flight's.
    """
    if code.isdecimal():
        return _SIZE.get(len(code), _ODD)
    wordy = code.rstrip("0123456789").isalpha() or code != code.upper() or sum(map(str.isdecimal, code)) < _DIGITS
    return _WORDY if wordy else _MIXED


@cache
def _owns() -> re.Pattern[str]:
    return re.compile("[^\\w\n.,;\u3001]{0,3}(?:(?:is|es|est|ist|\u00e9|\u00e8|jest) )?[0-9]{3}")


@cache
def _to() -> re.Pattern[str]:
    words = "to al au an na на do la naar till til στο إلى الى به ke kepada đến den"
    return re.compile(rf"\b(?:{'|'.join(words.split())}) $", re.IGNORECASE)


@cache
def _year() -> re.Pattern[str]:
    return re.compile("(?:19|20)[0-9]{2}")
