"""Which candidate is the code: points for the words around it, fewer with distance."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from relay.otp.candidates import Candidate
from relay.otp.context import NEAR, SENTENCE_END, CandidateContext
from relay.otp.kinds import (
    CODES,
    DONE,
    MONTH,
    NUMBER,
    PLACE,
    PROMOTION,
    PURPOSE,
    REQUESTER,
    TEXT_TO,
    UNIT,
    VALIDITY,
    WARNED,
    WARNING,
    WITH,
)
from relay.otp.position import NEXT
from relay.otp.quantities import is_hour
from relay.otp.scan import Keywords
from relay.otp.word_scores import OTHER_NUMBER, score_after, score_before

THRESHOLD = 4.6
"""Points above which a candidate is a code: midway between codes and other numbers where it was tuned."""

_PURPOSE, _PROMOTION, _TEXT_TO, _COUNTED, _YEAR, _ROUND = 1.5, -4.0, -10.0, -8.0, -1.5, -1.5
_PROMOTION_CODE, _LINK = -4.0, 2.0
"""Letters in a text about prizes; a number that a link repeats."""
_OWN_LINE, _DOOR_KEY, _ONLY, _VALID, _LAST_LINE, _OPENS = 3.0, 2.0, 3.0, 4.7, 5.0, 4.8
_EPHEMERAL = frozenset({VALIDITY, UNIT})
_ANNOUNCE = CODES | {WARNED, WARNING}
"""Words after which a number that has the last line is the code."""
_ROUND_ENDS = ("00", "50")
_NAMED = CODES | {WARNED}
"""Words without which a round number is more likely an amount."""
_LENGTHS = {4: 0.0, 5: 0.5, 6: 1.0, 7: 0.5, 8: 0.5}
_UNUSUAL_LENGTH, _MIXED, _WORD_LIKE, _SLOGAN = -3.0, -0.8, -4.5, -8.0
_CONFIRMS_ENTER = CODES | {WARNED, REQUESTER, PLACE}
_FEW_DIGITS = 2
"""Digits below which a code with letters is more likely a word."""
_WORD = 3
"""Letters before the digits from which on they are more likely a word, as in `SUMMER25`."""
_SLOGAN_DIGITS = 3
"""Digits after a word in capital letters up to which it is a slogan, unless the clearest words deny it."""
_RANDOM = 3
"""Times that letters and digits take turns in what is no word, as in `x7k9qp`."""
_DIGITS = "0123456789"
_TOUCHING = 4
"""Characters between a number and a word that touches it."""
_OPENED = ("", PLACE)
"""Owners of a number that do not say that it is none: `door: 4815`."""
_LOCAL = frozenset({NUMBER, PLACE})
"""Owners of a number that a word after it can turn into a code."""
_YEAR_DIGITS = 4
_YEARS = ("195", "196", "197", "198", "199", "200", "201", "202", "203")
_ANY_YEARS = (*_YEARS, "25")
"""With those of Thailand, which are as likely codes where no month or word for a year is next to them."""


def score(found: Sequence[Candidate], keywords: Keywords, masked: str, text: str) -> list[float]:
    """Return the points of each candidate; `masked` is the text without its links."""
    scores = []
    for candidate in found:
        context = CandidateContext(candidate, masked, keywords)
        points = _points(context, is_only=len(found) == 1)
        if context.doubt and not (context.is_called_a_code() or _is_announced(context)):
            points -= context.doubt
        if not context.code.isdecimal() and (PROMOTION in keywords.kinds or "%" in masked):
            points += _PROMOTION_CODE
        if text.count(context.code) > masked.count(context.code):
            points += _LINK
        scores.append(points)
    return scores


def _points(context: CandidateContext, *, is_only: bool) -> float:
    owner = context.owner()
    if owner in _LOCAL and (context.precedes(CODES, NEXT) or context.precedes(DONE, _TOUCHING)):
        owner = ""  # `gate 4815 is the code`; in some languages the verb comes last: `at the gate 4815 enter`
    points = max(score_before(context), score_after(context) - OTHER_NUMBER.get(owner, 0.0))
    near = {kind for kind, gap, _, _ in (*context.before, *context.after) if gap <= NEAR}
    if is_only and not owner and near >= _EPHEMERAL and (context.is_heading or context.has_own_line()):
        points = max(points, _VALID)  # all that the message says of its number is how long it is valid
    if WITH in near and context.touches(WITH) and context.opens_place():
        points = max(points, _OPENS)
    if owner == PLACE and context.follows_numbered_place() and not is_hour(context.code):
        points = max(points, _OPENS)
    if is_only and owner in _OPENED and context.is_linked:
        near_code = any(kind in CODES for kind, gap, _, _ in context.before if gap <= NEAR)
        points = max(points, _ONLY + near_code)
    if context.before and _is_announced(context):
        points = max(points, _LAST_LINE)
    elif context.has_own_line():
        points += _OWN_LINE
    points += _DOOR_KEY * context.ends_with_hash()
    may_be_year = len(context.code) == _YEAR_DIGITS and owner != NUMBER
    year = _score_year(context) if may_be_year else 0.0
    amount = _ROUND if context.code.endswith(_ROUND_ENDS) and not context.mentions(_NAMED) else 0.0
    return points + _score_shape(context.code) + _score_surroundings(context, near) + year + amount


def _is_announced(context: CandidateContext) -> bool:
    """Return whether the number has the last line, after words that announce a code."""
    return context.has_last_line() and any(kind in _ANNOUNCE for kind, _, _, _ in context.before)


def _score_surroundings(context: CandidateContext, near: Collection[str]) -> float:
    """Return the points for the wider surroundings: a purpose, a promotion, a short number, a unit."""
    points = _PROMOTION if PROMOTION in near else 0.0
    if PURPOSE in near or (not DONE.isdisjoint(near) and context.mentions(_CONFIRMS_ENTER)):
        points += _PURPOSE
    if (
        context.before
        and (_is_texted_to(context, near) or context.follows_keyword_to())
        and context.follows_to()
    ):
        points += _TEXT_TO
    if TEXT_TO in near and context.precedes({TEXT_TO}, NEXT) and context.follows_keyword():
        points += _TEXT_TO
    if context.after and context.after[0][0] == UNIT and context.after[0][1] <= 1:
        points += _COUNTED
    return points


def _is_texted_to(context: CandidateContext, near: Collection[str]) -> bool:
    """Return whether the sentence before the number asks to send a message to it."""
    return TEXT_TO in near and any(
        kind == TEXT_TO and penalty < SENTENCE_END and gap <= NEAR for kind, gap, penalty, _ in context.before
    )


def _score_year(context: CandidateContext) -> float:
    """Return the points that a number loses because it looks like a year."""
    code = context.code
    if not (code.startswith(_ANY_YEARS) and code.isdecimal()):
        return 0.0
    if any(kind == MONTH and gap <= _TOUCHING for kind, gap, _, _ in (*context.before, *context.after)):
        return _COUNTED
    return _YEAR if code.startswith(_YEARS) else 0.0


def _score_shape(code: str) -> float:
    """Return the points for the look of a code: most have six digits; one with letters needs clear words.

    A word with a number (`SUMMER25`) is more likely a promotion code, two letters with one a flight.
    """
    if code.isdecimal():
        return _LENGTHS.get(len(code), _UNUSUAL_LENGTH)
    head = code.rstrip(_DIGITS)
    letters = len(head) if head.isalpha() else 0
    if letters >= _WORD and code.isupper() and len(code) - letters <= _SLOGAN_DIGITS:
        return _SLOGAN
    digits = sum(map(str.isdecimal, code))
    is_random = code.isupper() or _changes(code) >= _RANDOM
    return _MIXED if is_random and digits >= _FEW_DIGITS and letters < _WORD else _WORD_LIKE


def _changes(code: str) -> int:
    """Return how often letters and digits take turns."""
    return sum(one.isdecimal() != other.isdecimal() for one, other in pairwise(code))
