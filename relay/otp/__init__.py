"""Find the one-time code in a message by the words near each number."""

import re
from collections.abc import Callable
from functools import cache

READ_LIMIT = 4000
"""Characters that are read of a text: far more than any code needs; it bounds what a stranger can cost."""


def find_code(text: str, sender: str = "") -> str | None:
    """Return the one-time code in a text as a user would type it: ASCII, no spaces, no hyphens.

    None if the text has no code, or if nothing says that a number is one. `sender` is never returned.
    """
    if not _code_like().search(text, 0, READ_LIMIT):
        return None
    return _search()(text[:READ_LIMIT], sender)


@cache
def _search() -> Callable[[str, str], str | None]:
    from relay.otp.search import search  # noqa: PLC0415 - many processes never see a text with a code

    return search


@cache
def _code_like() -> re.Pattern[str]:
    """Match a digit, or capital letters that can be a code of letters only."""
    return re.compile("\\d|[:\uff1a\n] ?[A-Z]{4}")
