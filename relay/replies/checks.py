"""Which texts are not sent, and why."""

import re
import unicodedata

from relay.replies import wording

MAX_AGE = 900.0
"""Seconds after which what was written is not sent any more: whoever wrote it has found another way."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing."""
_UNSENDABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def find_problem(text: str, parts: int, per_hour: int, age: float) -> str:
    """Return why a text is not sent; empty if it may be. `age` is in seconds."""
    if not any(map(_is_visible, text)):
        return wording.EMPTY
    if _UNSENDABLE.search(text):
        return wording.UNSENDABLE
    if age > MAX_AGE:
        return wording.late(age)
    return wording.too_long(parts, per_hour) if parts > per_hour else ""


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC" and character not in _BLANK
