"""What the words before a number say of it: `your code is 481516`."""

from relay.codes.kinds import ACT, ASKER, ENTER, LABEL, PLAIN, SHOP, SPOIL, STRONG, WARN, WARNED
from relay.codes.place import NEXT, Place, Way

_WORTH = {STRONG: 10.0, PLAIN: 8.0, ENTER: 4.6, ACT: 3.4, WARNED: 3.0}
"""Points for a word of each kind."""
_RATE = {STRONG: 0.1, PLAIN: 0.15, ENTER: 0.06, ACT: 0.06, WARNED: 0.15}
"""Points that it loses for each character between."""
_DENIED = {LABEL: 6.0, SPOIL: 10.0, SHOP: 10.0}
"""Points lost to a nearer word that the number belongs to."""
_REACH = {ENTER: 24, ACT: NEXT}
"""Characters within which a word speaks of the number without being joined to it."""
_LINKED, _RATE_LINKED, _COMMA, _SECRET = 2.0, 0.06, 3.0, 5.0
_FAR, _NEAR, _WIDE, _TOUCHING, _SIGN = 140, 60, 40, 4, 2
"""Characters from a number to words that may speak of it, of the same matter, just of it, only of it."""


def told_before(place: Place) -> float:
    """Return the points of the word before the number that says most."""
    signed, linked = place.is_signed(), place.is_linked()
    denied = most = 0.0
    for way in place.ways_before(_FAR):
        kind = way.mark.kind
        if kind in _DENIED and way.gap <= NEXT and way.is_own():
            denied += _DENIED[kind] / (2 if signed and kind == LABEL else 1)
        elif kind == WARN and _is_told(place, way, signed=signed):
            most = max(most, _SECRET)
        elif kind in _WORTH:
            most = max(most, _worth(way, signed=signed, linked=linked) - denied)
    return most


def _worth(way: Way, *, signed: bool, linked: bool) -> float:
    """Return what a word is worth at its distance, more if it is joined to the number."""
    kind, comma = way.mark.kind, way.gap > _SIGN and way.is_parted()
    joined = linked and way.is_whole() and (signed or not comma)
    if kind in _REACH and not (way.gap <= (_WIDE if joined else _REACH[kind]) and way.is_own()):
        return 0.0
    told = kind == WARNED and (way.gap <= _TOUCHING or (joined and way.is_own()))
    worth = _WORTH[PLAIN if told else kind] + (_LINKED if joined else -_COMMA * comma)
    return worth - way.gap * (_RATE_LINKED if joined else _RATE[kind]) - way.lost


def _is_told(place: Place, way: Way, *, signed: bool) -> bool:
    """Tell whether a word of warnings speaks of this number: `tell nobody: 4815`, `tell the driver 4815`."""
    if signed and way.gap <= _SIGN:
        return True
    if way.gap > _REACH[ENTER] or not way.is_own():
        return False
    return any(each.mark.kind == ASKER for each in (*place.ways_before(_NEAR), *place.ways_after(_NEAR)))
