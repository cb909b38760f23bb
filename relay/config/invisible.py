"""Characters in a secret that nobody sees, and that are copied along with it."""

import unicodedata

from relay.config.problems import option_error

_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc"})
"""The categories of spaces, line ends, marks and control characters; a space of ASCII is visible enough."""


def refuse_invisible(secret: str, what: str = "it") -> None:
    """Refuse a secret with a no-break space, a zero-width space or the like; `what` names it in a list.

    Raises:
        PydanticCustomError: there is one; nothing of the secret is quoted.
    """
    if problem := describe_invisible(secret, what):
        raise option_error(problem)


def describe_invisible(secret: str, what: str = "it") -> str:
    """Return which invisible character a secret contains, and what to do; empty if it contains none."""
    found = next((each for each in secret if not each.isascii() and _is_invisible(each)), "")
    if not found:
        return ""
    name = f"{unicodedata.name(found, 'control character').lower()} (U+{ord(found):04X})"
    return f"{what} contains a {name}, which nobody sees: copy it again, or delete what is not part of it"


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE
