"""The way from a text to its code."""

from itertools import islice

from relay.otp.candidates import candidates
from relay.otp.marks import marks
from relay.otp.nearness import nearest
from relay.otp.plain import plain
from relay.otp.written import bound_code, without_hash, without_links

_MOST = 40
"""Runs that are weighed of a text: a bound on what a stranger costs."""
_TELLING = 6
"""Digits from which the end of the sender's number is the sender, and no chance."""


def search(text: str, sender: str) -> str | None:
    """Return the code in the text, unless it is the sender."""
    own = "".join(filter(str.isalnum, plain(sender))).upper()
    body = plain(text)
    bound = bound_code(body)
    if bound and not _is_sender(bound, own):
        return bound
    body = without_links(without_hash(body))
    found = [each for each in islice(candidates(body), _MOST) if not _is_sender(each[2], own)]
    best = nearest(found, marks(body), body) if found else None
    return best[2] if best else None


def _is_sender(code: str, own: str) -> bool:
    """Tell whether a code is the sender's name or number, or the end of the number."""
    return code.upper() == own or (len(code) >= _TELLING and own.isdecimal() and own.endswith(code))
