"""Which candidate the words about it call a code: points for what speaks for it, less by distance."""

from bisect import bisect_left
from collections.abc import Sequence

from relay.codes.after import told_after
from relay.codes.before import told_before
from relay.codes.candidates import Candidate
from relay.codes.kinds import ACT, ASKER, CODES, ENTER, LABEL, MONTH, SHOP, SPOIL, TEXTED, UNIT, WARNED
from relay.codes.marks import Mark
from relay.codes.place import Place

ENOUGH = 4.6
"""Points above which a candidate is a code: midway between codes and other numbers where it was tuned."""

_DENIED = {LABEL: 6.0, SPOIL: 10.0, SHOP: 10.0}
"""Points that words after the number lose if it belongs to a word before it."""
_PROVING, _SHOP, _TEXTED, _COUNTED, _YEAR = 1.5, -4.0, -6.0, -8.0, -1.5
_ALONE, _KEYED, _ONLY = 3.0, 2.0, 3.0
_SIZES = {4: 0.0, 5: 0.5, 6: 1.0, 7: 0.5, 8: 0.5}
_ODD, _MIXED, _WORDY = -3.0, -2.5, -4.5
_FEW = 2
"""Digits below which a code with letters is rather a word."""
_NEAR, _TOUCHING = 60, 4
"""Characters from a number to words of the same matter, and to words that touch it."""
_MOST = 24
"""Marks that are looked at on each side: a bound on what a stranger costs."""
_YEARS = ("19", "20")


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
    told = max(told_before(place), told_after(place) - _DENIED.get(owner, 0.0))
    if only and not owner and place.is_linked():
        told = max(told, _ONLY + any(way.mark.kind in CODES for way in place.ways_before(_NEAR)))
    told += _ALONE * place.is_alone() + _KEYED * place.is_keyed()
    return told + _shape(place.candidate.code) + _about(place) + _dated(place)


def _about(place: Place) -> float:
    """Return what the wider neighbourhood says: something to prove, a shop, a short number, a measure."""
    before, after = list(place.ways_before(_NEAR)), list(place.ways_after(_NEAR))
    near = {way.mark.kind for way in (*before, *after)}
    proving = ACT in near or (ENTER in near and not near.isdisjoint({*CODES, WARNED, ASKER}))
    texted = any(way.mark.kind == TEXTED and way.is_whole() for way in before) and place.is_sent_to()
    counted = bool(after) and after[0].mark.kind == UNIT and after[0].gap <= 1
    return _PROVING * proving + _SHOP * (SHOP in near) + _TEXTED * texted + _COUNTED * counted


def _dated(place: Place) -> float:
    """Return what stands against a number that looks like a year."""
    code = place.candidate.code
    if not (code.startswith(_YEARS) and code.isdecimal() and len(code) == 4):  # noqa: PLR2004 - a year's digits
        return 0.0
    ways = [*place.ways_before(_TOUCHING), *place.ways_after(_TOUCHING)]
    return _COUNTED if any(way.mark.kind == MONTH for way in ways) else _YEAR


def _shape(code: str) -> float:
    """Return what the look of a code is worth: most are six digits; one with letters has to be told clearly.

    A word with a number (`SUMMER25`) is rather a shop's, two letters with one a flight's.
    """
    if code.isdecimal():
        return _SIZES.get(len(code), _ODD)
    wordy = code.rstrip("0123456789").isalpha() or code != code.upper()
    return _WORDY if wordy or sum(map(str.isdecimal, code)) < _FEW else _MIXED
