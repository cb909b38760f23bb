"""Which candidate the words about it call a code: points for what speaks for it, less by distance."""

from collections.abc import Sequence

from relay.otp.candidates import Candidate
from relay.otp.kinds import ACT, ASKER, CODES, ENTER, MONTH, SHOP, TEXTED, UNIT, WARNED
from relay.otp.marks import Marks
from relay.otp.place import ENDED, NEAR, Place
from relay.otp.told import DENIED, told_after, told_before

ENOUGH = 4.6
"""Points above which a candidate is a code: midway between codes and other numbers where it was tuned."""

_PROVING, _SHOP, _TEXTED, _COUNTED, _YEAR = 1.5, -4.0, -6.0, -8.0, -1.5
_ALONE, _KEYED, _ONLY = 3.0, 2.0, 3.0
_SIZES = {4: 0.0, 5: 0.5, 6: 1.0, 7: 0.5, 8: 0.5}
_ODD, _MIXED, _WORDY = -3.0, -2.5, -4.5
_PROVABLE = CODES | {WARNED, ASKER}
_FEW = 2
"""Digits below which a code with letters is rather a word."""
_TOUCHING = 4
"""Characters from a number to words that touch it."""
_YEARS = ("19", "20")


def nearest(found: Sequence[Candidate], marks: Marks, text: str) -> Candidate | None:
    """Return the candidate that the words speak most for, if they say enough."""
    best, most = None, ENOUGH
    for candidate in found:
        points = _points(Place(candidate, text, marks), only=len(found) == 1)
        if points > most:
            best, most = candidate, points
    return best


def _points(place: Place, *, only: bool) -> float:
    owner = place.owner()
    told = max(told_before(place), told_after(place) - DENIED.get(owner, 0.0))
    if only and not owner and place.is_linked:
        told = max(told, _ONLY + any(kind in CODES for kind, gap, _, _ in place.before if gap <= NEAR))
    told += _ALONE * place.is_alone() + _KEYED * place.is_keyed()
    return told + _shape(place.code) + _about(place) + _dated(place)


def _about(place: Place) -> float:
    """Return what the wider neighbourhood says: something to prove, a shop, a short number, a measure."""
    near = {kind for kind, gap, _, _ in (*place.before, *place.after) if gap <= NEAR}
    points = _SHOP if SHOP in near else 0.0
    if ACT in near or (ENTER in near and not near.isdisjoint(_PROVABLE)):
        points += _PROVING
    if TEXTED in near and place.is_sent_to() and _is_texted(place):
        points += _TEXTED
    if place.after and place.after[0][0] == UNIT and place.after[0][1] <= 1:
        points += _COUNTED
    return points


def _is_texted(place: Place) -> bool:
    """Tell whether the sentence says before the number that one sends something."""
    return any(kind == TEXTED and lost < ENDED and gap <= NEAR for kind, gap, lost, _ in place.before)


def _dated(place: Place) -> float:
    """Return what stands against a number that looks like a year."""
    code = place.code
    if not (code.startswith(_YEARS) and code.isdecimal() and len(code) == 4):  # noqa: PLR2004 - a year's digits
        return 0.0
    touching = (kind for kind, gap, _, _ in (*place.before, *place.after) if gap <= _TOUCHING)
    return _COUNTED if MONTH in touching else _YEAR


def _shape(code: str) -> float:
    """Return what the look of a code is worth: most are six digits; one with letters has to be told clearly.

    A word with a number (`SUMMER25`) is rather a shop's, two letters with one a flight's.
    """
    if code.isdecimal():
        return _SIZES.get(len(code), _ODD)
    wordy = code.rstrip("0123456789").isalpha() or code != code.upper()
    return _WORDY if wordy or sum(map(str.isdecimal, code)) < _FEW else _MIXED
