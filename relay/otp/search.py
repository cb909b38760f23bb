"""The steps from a text to its code."""

from itertools import islice
from operator import itemgetter

from relay.otp.candidates import Candidate, find_candidates
from relay.otp.conventions import find_bound_code, mask_links, strip_app_hash
from relay.otp.keywords import find_keywords
from relay.otp.normalization import normalize
from relay.otp.scan import Keywords
from relay.otp.scoring import THRESHOLD, score
from relay.otp.spelled import choose_word, find_stated_words, join_spelled

_MOST_CANDIDATES = 40
"""Candidates that are scored; it bounds what a stranger can cost."""
_SENDER_TAIL = 6
"""From this many digits on, a code that ends the sender's number is no coincidence."""


Findings = tuple[str, list[tuple[Candidate, float]], str | None]
"""A text without its links, its candidates with their points, and its code, if any."""


def search(text: str, sender: str) -> str | None:
    """Return the code in the text, unless it is the sender."""
    sender = "".join(filter(str.isalnum, normalize(sender))).upper()
    text = normalize(text)
    bound = find_bound_code(text)
    if bound and not _is_sender(bound, sender):
        return bound
    return weigh(text, sender)[2]


def weigh(text: str, sender: str) -> Findings:
    """Return what a normalized text has apart from a bound code, and which of it is the code."""
    text = join_spelled(strip_app_hash(text))
    masked = mask_links(text)
    found = [
        each for each in islice(find_candidates(masked), _MOST_CANDIDATES) if not _is_sender(each[2], sender)
    ]
    keywords = find_keywords(masked) if found else Keywords()
    candidates = list(zip(found, score(found, keywords, masked, text), strict=True))
    best, points = max(candidates, key=itemgetter(1), default=(None, 0.0))
    code = best[2] if best and points > THRESHOLD else _find_word(masked, sender)
    return masked, candidates, code


def _find_word(text: str, sender: str) -> str | None:
    """Return the code of letters only that a text states."""
    stated = find_stated_words(text)
    word = choose_word(stated, text, find_keywords(text)) if stated else None
    return word if word and not _is_sender(word, sender) else None


def _is_sender(code: str, sender: str) -> bool:
    """Return whether a code is the sender's name or number, or the end of the number."""
    return code.upper() == sender or (
        len(code) >= _SENDER_TAIL and sender.isdecimal() and sender.endswith(code)
    )
