"""Into how many SMS a phone divides a text."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Characters of two septets. https://www.3gpp.org/dynareport/23038.htm"""
_SEPTETS, _SEPTETS_OF_PART = 160, 153
_UNITS, _UNITS_OF_PART = 70, 67
"""UTF-16 units of a text with any other character, alone and as a part of several."""


def count_parts(text: str) -> int:
    """Return the number of SMS that a text takes; a pair that one part cannot hold goes into the next."""
    if not {*text} - _BASIC - _EXTENDED:
        sizes, alone, part = [1 + (each in _EXTENDED) for each in text], _SEPTETS, _SEPTETS_OF_PART
    else:
        sizes, alone, part = [1 + (each > "\uffff") for each in text], _UNITS, _UNITS_OF_PART
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return parts
