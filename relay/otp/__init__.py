"""Find the one-time code of a message by its nearness to the words that people use for codes."""

import re
from collections.abc import Callable
from functools import cache

READ = 4000
"""Characters that are read of a text: far more than a code comes in, and a bound on what a stranger costs."""


def find_code(text: str, sender: str = "") -> str | None:
    """Return the one-time code that a text tells, as it is typed: ASCII, no spaces, no hyphens.

    None if there is none, or if nothing says that a number is one. `sender` is never the answer.
    """
    if not _digit().search(text, 0, READ):
        return None
    return _search()(text[:READ], sender)


@cache
def _search() -> Callable[[str, str], str | None]:
    from relay.otp.search import search  # noqa: PLC0415 - many starts never see a text with a digit

    return search


@cache
def _digit() -> re.Pattern[str]:
    return re.compile(r"\d")
