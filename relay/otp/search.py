"""The steps from a text to its code."""

from itertools import islice

from relay.otp.candidates import find_candidates
from relay.otp.conventions import find_bound_code, mask_links, strip_app_hash
from relay.otp.keywords import find_keywords
from relay.otp.normalization import normalize
from relay.otp.scoring import best_candidate

_MOST_CANDIDATES = 40
"""Candidates that are scored; it bounds what a stranger can cost."""
_SENDER_TAIL = 6
"""From this many digits on, a code that ends the sender's number is no coincidence."""


def search(text: str, sender: str) -> str | None:
    """Return the code in the text, unless it is the sender."""
    sender = "".join(filter(str.isalnum, normalize(sender))).upper()
    text = normalize(text)
    bound = find_bound_code(text)
    if bound and not _is_sender(bound, sender):
        return bound
    text = mask_links(strip_app_hash(text))
    candidates = islice(find_candidates(text), _MOST_CANDIDATES)
    found = [each for each in candidates if not _is_sender(each[2], sender)]
    best = best_candidate(found, find_keywords(text), text) if found else None
    return best[2] if best else None


def _is_sender(code: str, sender: str) -> bool:
    """Return whether a code is the sender's name or number, or the end of the number."""
    return code.upper() == sender or (
        len(code) >= _SENDER_TAIL and sender.isdecimal() and sender.endswith(code)
    )
