"""One line out of what a stranger wrote."""

import unicodedata

LONGEST = 200
"""Code points of a title; mail programs and notifications show fewer."""
_READ = 4
"""Code points that are read for each one that is shown: what is left out must not cost much."""


def one_line(text: str, limit: int = LONGEST) -> str:
    """Return the text as one line of at most `limit` code points, an ellipsis standing for the rest.

    Control characters are left out, and so are those that would turn the direction of what follows.
    """
    read = _READ * limit
    head = text if len(text) <= read else text[:read] + "…"
    if not head.isprintable():
        head = head.translate({ord(each): None for each in set(head) if not _stays(each)})
    line = " ".join(head.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _stays(character: str) -> bool:
    """Whether it stays: a joiner inside an emoji does, an override of the direction does not."""
    if character.isspace():
        return True
    if unicodedata.bidirectional(character) in _DIRECTIONS:
        return False
    return unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}


_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
