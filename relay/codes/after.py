"""What the words after a number say of it: `481516 is your code`."""

import re
from functools import cache

from relay.codes.kinds import ACT, CODES, COPULA, ENTER, PLAIN, STRONG, WARN, WARNED
from relay.codes.place import NEXT, Place, Way

_WORTH = {STRONG: 10.0, PLAIN: 8.0}
"""Points for a word for a code."""
_RATE, _FOLLOWED, _COMMA, _SPARED = 0.08, 1.0, 4.0, 2.0
_ENTERED, _PROVED, _SECRET = 4.6, 3.0, 5.0
_FAR, _BESIDE = 60, 5
"""Characters from a number to words that may speak of it, and to a word that joins it to them."""


def told_after(place: Place) -> float:
    """Return the points of the word after the number that says most."""
    heads = place.is_heading()
    joined, spared, most = _FOLLOWED if place.is_followed() else -2 * _FOLLOWED, 0.0, 0.0
    for way in place.ways_after(_FAR):
        kind = way.mark.kind
        if kind == COPULA and way.gap <= _BESIDE:
            joined, spared = _FOLLOWED, _SPARED
        elif kind in CODES and not _is_owned(way):
            most = max(most, _worth(way, joined, heads=heads) - max(0.0, way.lost - spared))
        else:
            most = max(most, _hint(way, heads=heads, joined=joined > 0))
    return most


def _worth(way: Way, joined: float, *, heads: bool) -> float:
    """Return what a word for a code is worth at its distance, more if it touches the number."""
    touching = not way.text[way.start : way.end].strip()
    apart = -_COMMA if way.is_parted() and not heads else joined
    return _WORTH[way.mark.kind] + (_FOLLOWED if touching else apart) - way.gap * _RATE


def _hint(way: Way, *, heads: bool, joined: bool) -> float:
    """Return what a word is worth that names no code, as in `481516, enter it`."""
    kind = way.mark.kind
    if kind == ENTER and way.gap <= NEXT and way.is_whole() and (heads or not way.is_parted()):
        return _ENTERED - way.lost
    if kind == ACT and heads and joined and not way.lost:
        return _PROVED
    if heads and kind in (WARN, WARNED):
        return _SECRET
    return _SECRET - 1 - way.lost / 3 if kind == WARNED else 0.0


def _is_owned(way: Way) -> bool:
    """Tell whether a word for a code speaks of a number after it."""
    return _owns().match(way.text, way.mark.end) is not None


@cache
def _owns() -> re.Pattern[str]:
    return re.compile("[^\\w\n.,;\u3001]{0,3}(?:(?:is|es|est|ist|\u00e9|\u00e8|jest) )?[0-9]{3}")
