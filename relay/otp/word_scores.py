"""Points for the words before and after a number: `your code is 481516`, `481516 is your code`."""

import re
from functools import cache

from relay.otp.context import NEAR, SENTENCE_END, CandidateContext, Neighbour
from relay.otp.kinds import (
    CODES,
    COPULA,
    DONE,
    ENTER,
    LABEL,
    NUMBER,
    OTHER_CODE,
    PLACE,
    PLAIN,
    PROMOTION,
    PURPOSE,
    RECEIPT,
    REQUESTER,
    STRONG,
    TELL,
    WARNED,
    WARNING,
    WITH,
)
from relay.otp.position import NEXT
from relay.otp.quantities import is_hour

OTHER_NUMBER = {LABEL: 6.0, NUMBER: 6.0, PLACE: 6.0, RECEIPT: 6.0, OTHER_CODE: 10.0, PROMOTION: 10.0}
"""Points lost to a nearer word that says that the number is not a one-time code."""
_SHARED = frozenset({LABEL, NUMBER})
"""Words that can stand between a word for a code and the code."""
_OWNED = frozenset({PLACE, RECEIPT})
"""Words that say what a code is for, if a word for a code precedes them."""
_BEFORE = {STRONG: 10.0, PLAIN: 8.0, TELL: 6.1, ENTER: 4.6, PURPOSE: 3.4, WARNED: 3.0}
"""Points for a word of each kind before the number."""
_RATE = {STRONG: 0.1, PLAIN: 0.15, TELL: 0.05, ENTER: 0.04, PURPOSE: 0.06, WARNED: 0.15}
"""Points lost for each character in between."""
_ASKED_BY = frozenset({REQUESTER, PLACE})
"""Words without which `tell him 1930` tells the time."""
_REACH = {ENTER: 40, TELL: 40, PURPOSE: 0}
"""Characters within which a word before refers to the number without being joined to it."""
_LINKED, _RATE_LINKED, _COMMA, _STATED_SECRET = 2.0, 0.06, 3.0, 5.0
_LINKED_REACH, _TOUCHING, _SIGN = 40, 4, 2
"""Characters from a word to a number that it just reaches, that it touches, with a sign between them."""

_RATE_AFTER, _FOLLOWED, _SEPARATED, _SPARED = 0.08, 1.0, 4.0, 2.0
_HINTS = DONE | {PURPOSE, WARNING, WARNED}
_ENTERED, _PROVED = {ENTER: 4.6, TELL: 5.6}, 3.0
_AFTER = {ENTER: 28, TELL: 36}
"""Characters within which a verb after a number refers to it."""
_COPULA_REACH = 5
"""Characters from a number to a word after it that joins it to others."""


def score_before(context: CandidateContext) -> float:
    """Return the points of the best word before the number."""
    denied = most = 0.0
    for neighbour in context.before:
        kind = neighbour[0]
        if kind in _BEFORE:
            most = max(most, _score_word_before(context, neighbour) - denied)
        elif (
            kind in OTHER_NUMBER
            and neighbour[1] <= NEXT
            and context.is_in_same_sentence(neighbour)
            and not (kind in _SHARED and (context.follows_and() or context.is_addressed(neighbour)))
        ):
            denied += _score_other_number(context, neighbour)
        elif kind == WARNING and _warning_states_number(context, neighbour):
            most = max(most, _STATED_SECRET - denied)
    return most


def _score_other_number(context: CandidateContext, neighbour: Neighbour) -> float:
    """Return the points lost to a word that names the number, fewer if a word before it may own the number.

    `The code of your account is 481516`, `tell the driver the number 4815` and `door code 4815` state a code.
    """
    kind = neighbour[0]
    if kind == NUMBER and context.follows(DONE | {PURPOSE}):
        return 0.0
    if kind in _OWNED and (context.is_linked or context.follows(CODES) or context.is_done_at(neighbour)):
        return 0.0
    return OTHER_NUMBER[kind] / (2 if context.is_linked and kind in _SHARED else 1)


def _score_word_before(context: CandidateContext, neighbour: Neighbour) -> float:
    """Return the points of a word at its distance, more if it is joined to the number."""
    kind, gap, penalty, end = neighbour
    separated = gap > _SIGN and context.has_comma(end, context.start)
    joined = context.is_linked and penalty < SENTENCE_END and (context.is_signed or not separated)
    reach = _LINKED_REACH if joined else _REACH.get(kind, 0)
    if kind in _REACH and not (gap <= reach and context.is_in_same_sentence(neighbour)):
        return 0.0
    if kind == WARNED and (gap <= _TOUCHING or (joined and context.is_in_same_sentence(neighbour))):
        points = _BEFORE[PLAIN]
    elif kind == TELL and is_hour(context.code) and not context.mentions(_ASKED_BY):
        points = _BEFORE[ENTER]  # `tell him 1930`
    else:
        points = _BEFORE[kind]
    if joined:
        return points + _LINKED - gap * _RATE_LINKED - penalty
    comma = _COMMA * separated / (3 if context.is_linked else 1)
    return points - comma - gap * _RATE[kind] - penalty


def _warning_states_number(context: CandidateContext, neighbour: Neighbour) -> bool:
    """Return whether a warning states this number: `tell nobody: 4815`, `tell the driver 4815`."""
    if context.is_signed and neighbour[1] <= _SIGN:
        return True
    if neighbour[1] > _AFTER[ENTER] or not context.is_in_same_sentence(neighbour):
        return False
    return any(kind == REQUESTER and gap <= NEAR for kind, gap, _, _ in (*context.before, *context.after))


def score_after(context: CandidateContext) -> float:
    """Return the points of the best word after the number."""
    is_heading = context.is_heading
    joined, spared, most = _FOLLOWED if context.has_sign_after() else -2 * _FOLLOWED, 0.0, 0.0
    for neighbour in context.after:
        kind, gap, penalty, end = neighbour
        if kind == COPULA and gap <= _COPULA_REACH:
            joined, spared = _FOLLOWED, _SPARED
        elif kind in CODES and not _names_next_number().match(context.text, end):
            points = _score_word_after(context, neighbour, joined, is_heading=is_heading)
            most = max(most, points - max(0.0, penalty - spared))
        elif kind in _HINTS and (kind not in DONE or is_heading or not _number_follows(context.text, end)):
            most = max(most, _score_hint(context, neighbour, is_heading=is_heading, joined=joined > 0))
    return most


def _score_word_after(
    context: CandidateContext, neighbour: Neighbour, joined: float, *, is_heading: bool
) -> float:
    """Return the points of a word for a code at its distance, more if it touches the number."""
    kind, gap, _, _ = neighbour
    start = context.end + gap
    if not context.text[context.end : start].strip():
        joined = _FOLLOWED
    elif not is_heading and context.has_comma(context.end, start):
        joined = -_SEPARATED
    return _BEFORE[kind] + joined - gap * _RATE_AFTER


def _score_hint(context: CandidateContext, neighbour: Neighbour, *, is_heading: bool, joined: bool) -> float:
    """Return the points of a word that does not name a code, as in `481516, enter it`."""
    kind, gap, penalty, _ = neighbour
    if kind == PURPOSE and gap <= NEXT and penalty < SENTENCE_END and context.touches(WITH):
        return _ENTERED[ENTER]  # in some languages the verb comes last: `with 4815 confirm`
    if kind == PURPOSE:
        return _PROVED if is_heading and not penalty and (joined or context.has_purpose_after()) else 0.0
    start = context.end + gap
    if kind in DONE:
        is_near = gap <= _AFTER[kind] and (is_heading or not context.has_comma(context.end, start))
        points = _ENTERED[ENTER if is_hour(context.code) else kind]
        return points - penalty if is_near and penalty < SENTENCE_END else 0.0
    if is_heading and (penalty or gap <= _COPULA_REACH or context.has_comma(context.end, start)):
        return _STATED_SECRET
    return _STATED_SECRET - 1 - penalty / 3 if kind == WARNED else 0.0


def _number_follows(text: str, end: int) -> bool:
    """Return whether a verb may speak of a number after it."""
    return _next_number().match(text, end) is not None


@cache
def _next_number() -> re.Pattern[str]:
    return re.compile("[^.,!?;\n0-9]{0,13}[0-9]")


@cache
def _names_next_number() -> re.Pattern[str]:
    """Match what joins a word for a code to the number after it."""
    return re.compile("[^\\w\n.,;\u3001]{0,3}(?:(?:is|es|est|ist|\u00e9|\u00e8|jest) )?[0-9]{3}")
