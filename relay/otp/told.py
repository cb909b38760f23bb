"""What the words before and after a number say of it: `your code is 481516`, `481516 is your code`."""

import re
from functools import cache

from relay.otp.kinds import (
    ACT,
    ASKER,
    CODES,
    COPULA,
    ENTER,
    LABEL,
    PLAIN,
    SHOP,
    SPOIL,
    STRONG,
    WARN,
    WARNED,
)
from relay.otp.place import ENDED, NEAR, NEXT, Place, Way

DENIED = {LABEL: 6.0, SPOIL: 10.0, SHOP: 10.0}
"""Points lost to a nearer word that the number belongs to."""
_BEFORE = {STRONG: 10.0, PLAIN: 8.0, ENTER: 4.6, ACT: 3.4, WARNED: 3.0}
"""Points for a word of each kind before the number."""
_RATE = {STRONG: 0.1, PLAIN: 0.15, ENTER: 0.08, ACT: 0.06, WARNED: 0.15}
"""Points that it loses for each character between."""
_REACH = {ENTER: 24, ACT: 0}
"""Characters within which a word before speaks of the number without being joined to it."""
_LINKED, _RATE_LINKED, _COMMA, _SECRET = 2.0, 0.06, 3.0, 5.0
_WIDE, _TOUCHING, _SIGN = 40, 4, 2
"""Characters from a word to a number that it just reaches, that it touches, with a sign between."""

_RATE_AFTER, _FOLLOWED, _PARTED, _SPARED = 0.08, 1.0, 4.0, 2.0
_HINTING = frozenset({ENTER, ACT, WARN, WARNED})
_ENTERED, _PROVED = 4.6, 3.0
_BESIDE = 5
"""Characters from a number to a word after it that joins it to others."""


def told_before(place: Place) -> float:
    """Return the points of the word before the number that says most."""
    denied = most = 0.0
    for way in place.before:
        kind = way[0]
        if kind in _BEFORE:
            most = max(most, _worth_before(place, way) - denied)
        elif kind in DENIED and way[1] <= NEXT and place.is_own(way):
            denied += DENIED[kind] / (2 if place.is_signed and kind == LABEL else 1)
        elif kind == WARN and _is_told(place, way):
            most = max(most, _SECRET)
    return most


def _worth_before(place: Place, way: Way) -> float:
    """Return what a word is worth at its distance, more if it is joined to the number."""
    kind, gap, lost, end = way
    parted = gap > _SIGN and place.is_parted(end, place.start)
    joined = place.is_linked and lost < ENDED and (place.is_signed or not parted)
    if kind in _REACH and not (gap <= (_WIDE if joined else _REACH[kind]) and place.is_own(way)):
        return 0.0
    if kind == WARNED and (gap <= _TOUCHING or (joined and place.is_own(way))):
        worth = _BEFORE[PLAIN]
    else:
        worth = _BEFORE[kind]
    if joined:
        return worth + _LINKED - gap * _RATE_LINKED - lost
    return worth - _COMMA * parted - gap * _RATE[kind] - lost


def _is_told(place: Place, way: Way) -> bool:
    """Tell whether a word of warnings speaks of this number: `tell nobody: 4815`, `tell the driver 4815`."""
    if place.is_signed and way[1] <= _SIGN:
        return True
    if way[1] > _REACH[ENTER] or not place.is_own(way):
        return False
    return any(kind == ASKER and gap <= NEAR for kind, gap, _, _ in (*place.before, *place.after))


def told_after(place: Place) -> float:
    """Return the points of the word after the number that says most."""
    heads = place.is_heading()
    joined, spared, most = _FOLLOWED if place.is_followed() else -2 * _FOLLOWED, 0.0, 0.0
    for way in place.after:
        kind, gap, lost, end = way
        if kind == COPULA and gap <= _BESIDE:
            joined, spared = _FOLLOWED, _SPARED
        elif kind in CODES and not _owns().match(place.text, end):
            most = max(most, _worth_after(place, way, joined, heads=heads) - max(0.0, lost - spared))
        elif kind in _HINTING:
            most = max(most, _hint(place, way, heads=heads, joined=joined > 0))
    return most


def _worth_after(place: Place, way: Way, joined: float, *, heads: bool) -> float:
    """Return what a word for a code is worth at its distance, more if it touches the number."""
    kind, gap, _, _ = way
    start = place.end + gap
    if not place.text[place.end : start].strip():
        joined = _FOLLOWED
    elif not heads and place.is_parted(place.end, start):
        joined = -_PARTED
    return _BEFORE[kind] + joined - gap * _RATE_AFTER


def _hint(place: Place, way: Way, *, heads: bool, joined: bool) -> float:
    """Return what a word is worth that names no code, as in `481516, enter it`."""
    kind, gap, lost, _ = way
    if kind == ACT:
        return _PROVED if heads and not lost and (joined or place.is_purposed()) else 0.0
    start = place.end + gap
    if kind == ENTER:
        near = gap <= _REACH[ENTER] if heads else gap <= NEXT and not place.is_parted(place.end, start)
        return _ENTERED - lost if near and lost < ENDED else 0.0
    if heads and (lost or gap <= _BESIDE or place.is_parted(place.end, start)):
        return _SECRET
    return _SECRET - 1 - lost / 3 if kind == WARNED else 0.0


@cache
def _owns() -> re.Pattern[str]:
    """Match what joins a word for a code to a number after it."""
    return re.compile("[^\\w\n.,;\u3001]{0,3}(?:(?:is|es|est|ist|\u00e9|\u00e8|jest) )?[0-9]{3}")
