"""Which candidate is the code: points for the words around it, fewer with distance."""

from collections.abc import Sequence

from relay.otp.candidates import Candidate
from relay.otp.context import NEAR, SENTENCE_END, CandidateContext
from relay.otp.keywords import Keywords
from relay.otp.kinds import CODES, ENTER, MONTH, PROMOTION, PURPOSE, REQUESTER, TEXT_TO, UNIT, WARNED
from relay.otp.word_scores import OTHER_NUMBER, score_after, score_before

THRESHOLD = 4.6
"""Points above which a candidate is a code: midway between codes and other numbers where it was tuned."""

_PURPOSE, _PROMOTION, _TEXT_TO, _COUNTED, _YEAR = 1.5, -4.0, -6.0, -8.0, -1.5
_OWN_LINE, _DOOR_KEY, _ONLY = 3.0, 2.0, 3.0
_LENGTHS = {4: 0.0, 5: 0.5, 6: 1.0, 7: 0.5, 8: 0.5}
_UNUSUAL_LENGTH, _MIXED, _WORD_LIKE = -3.0, -2.5, -4.5
_CONFIRMS_ENTER = CODES | {WARNED, REQUESTER}
_FEW_DIGITS = 2
"""Digits below which a code with letters is more likely a word."""
_TOUCHING = 4
"""Characters between a number and a word that touches it."""
_YEARS = ("19", "20")


def best_candidate(found: Sequence[Candidate], keywords: Keywords, text: str) -> Candidate | None:
    """Return the candidate with the most points, if it has enough."""
    best, most = None, THRESHOLD
    for candidate in found:
        points = _points(CandidateContext(candidate, text, keywords), is_only=len(found) == 1)
        if points > most:
            best, most = candidate, points
    return best


def _points(context: CandidateContext, *, is_only: bool) -> float:
    owner = context.owner()
    points = max(score_before(context), score_after(context) - OTHER_NUMBER.get(owner, 0.0))
    if is_only and not owner and context.is_linked:
        near_code = any(kind in CODES for kind, gap, _, _ in context.before if gap <= NEAR)
        points = max(points, _ONLY + near_code)
    points += _OWN_LINE * context.has_own_line() + _DOOR_KEY * context.ends_with_hash()
    return points + _score_shape(context.code) + _score_surroundings(context) + _score_year(context)


def _score_surroundings(context: CandidateContext) -> float:
    """Return the points for the wider surroundings: a purpose, a promotion, a short number, a unit."""
    near = {kind for kind, gap, _, _ in (*context.before, *context.after) if gap <= NEAR}
    points = _PROMOTION if PROMOTION in near else 0.0
    if PURPOSE in near or (ENTER in near and not near.isdisjoint(_CONFIRMS_ENTER)):
        points += _PURPOSE
    if TEXT_TO in near and context.follows_to() and _is_texted_to(context):
        points += _TEXT_TO
    if context.after and context.after[0][0] == UNIT and context.after[0][1] <= 1:
        points += _COUNTED
    return points


def _is_texted_to(context: CandidateContext) -> bool:
    """Return whether the sentence before the number asks to send a message to it."""
    return any(
        kind == TEXT_TO and penalty < SENTENCE_END and gap <= NEAR for kind, gap, penalty, _ in context.before
    )


def _score_year(context: CandidateContext) -> float:
    """Return the points that a number loses because it looks like a year."""
    code = context.code
    if not (code.startswith(_YEARS) and code.isdecimal() and len(code) == 4):  # noqa: PLR2004 - a year's digits
        return 0.0
    touching = (kind for kind, gap, _, _ in (*context.before, *context.after) if gap <= _TOUCHING)
    return _COUNTED if MONTH in touching else _YEAR


def _score_shape(code: str) -> float:
    """Return the points for the look of a code: most have six digits; one with letters needs clear words.

    A word with a number (`SUMMER25`) is more likely a promotion code, two letters with one a flight.
    """
    if code.isdecimal():
        return _LENGTHS.get(len(code), _UNUSUAL_LENGTH)
    is_word_like = code.rstrip("0123456789").isalpha() or code != code.upper()
    return _WORD_LIKE if is_word_like or sum(map(str.isdecimal, code)) < _FEW_DIGITS else _MIXED
