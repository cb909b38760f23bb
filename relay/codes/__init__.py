"""Find the one-time code of a message by its nearness to the words that people use for codes."""

import re

from relay.codes.candidates import candidates
from relay.codes.marks import marks
from relay.codes.nearness import nearest
from relay.codes.plain import plain
from relay.codes.written import bound_code, without_hash, without_links

READ = 4000
"""Characters that are read of a text: far more than a code comes in, and a bound on what a stranger costs."""

_DIGIT = re.compile(r"\d")


def find_code(text: str, sender: str = "") -> str | None:
    """Return the one-time code that a text tells, as it is typed: ASCII, no spaces, no hyphens.

    None if there is none, or if nothing says that a number is one. `sender` is never the answer.
    """
    if not _DIGIT.search(text, 0, READ):
        return None
    body = plain(text[:READ])
    bound = bound_code(body)
    if bound and not _is_sender(bound, sender):
        return bound
    body = without_links(without_hash(body))
    found = [each for each in candidates(body) if not _is_sender(each.code, sender)]
    best = nearest(found, marks(body), body) if found else None
    return best.code if best else None


def _is_sender(code: str, sender: str) -> bool:
    """Tell whether a code is the sender's number or name, or the end of its number."""
    name = "".join(filter(str.isalnum, plain(sender))).upper()
    return code.upper() == name or (len(code) > 5 and name.isdecimal() and name.endswith(code))
