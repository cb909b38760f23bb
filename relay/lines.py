"""Strangers' text, made safe to show on one line."""

import unicodedata

LONGEST_LINE = 200
"""Code points of a title; mail programs and notifications show fewer."""
_READ_FACTOR = 4
"""Code points that are read for each one that is shown; it bounds what removed characters can cost."""


def clean_line(text: str, limit: int = LONGEST_LINE) -> str:
    """Return the text as one line of at most `limit` code points; an ellipsis replaces the rest.

    Control characters are removed, and so are those that change the direction of the text that follows. A
    forwarder receives titles and fields cleaned; it only cuts them to the units that its service counts.
    """
    read = _READ_FACTOR * limit
    head = text if len(text) <= read else text[:read] + "…"
    if not head.isprintable():
        head = head.translate({ord(each): None for each in set(head) if not _is_safe(each)})
    line = " ".join(head.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _is_safe(character: str) -> bool:
    """Return whether a character is kept: a joiner inside an emoji is, a direction override is not."""
    if character.isspace():
        return True
    if unicodedata.bidirectional(character) in _DIRECTIONS:
        return False
    return unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}


_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
