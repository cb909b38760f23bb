"""The words of a text that say what a number near them is, by what is around them."""

import math
import re
from functools import cache

from relay.otp.kinds import (
    AUTHORIZATION,
    CODES,
    COPULA,
    DONE,
    ENDS,
    JOINS,
    LABEL,
    LINE,
    NETWORK,
    NOT_ONE_TIME,
    NUMBER,
    OTHER_CODE,
    PLACE,
    PLAIN,
    POSTAL,
    PURPOSE,
    RECEIPT,
    REQUESTER,
    SENTENCE,
    STRONG,
    WARNED,
    WARNING,
)
from relay.otp.scan import Keywords, has_digit, scan

_ADJACENT = 8
"""Characters between a word for a code and one that makes it another kind of code."""
_NAMES = CODES | {NUMBER}
_AMBIGUOUS = frozenset({AUTHORIZATION, POSTAL})
_AFTER_NETWORK = frozenset({SENTENCE, PLACE, REQUESTER})
"""What comes after a network, and what follows is not about it."""
_PROVED = frozenset({PURPOSE, REQUESTER, PLACE})
"""What a message says that states a code, and a receipt hardly."""
_ASKED = DONE | {WARNING}
"""What a message with a code says, and a receipt does not."""
_OF = frozenset((" ", " за ", " de ", " di ", " do ", " da ", " del ", " d'", " of "))
"""What is between a word for a code and the name of another number to which it belongs."""
_SEPARATORS = frozenset("0123456789,\u3001\u060c")


def find_keywords(text: str) -> Keywords:
    """Return the keywords of a normalized text."""
    found = scan(text)
    if not _AMBIGUOUS.isdisjoint(found.kinds) or (PLAIN in found.kinds and _ASKED.isdisjoint(found.kinds)):
        _decide_ambiguous(found, text)
    _mark_other_codes(found, text)
    if NETWORK in found.kinds:
        _mark_network_codes(found)
    if WARNING in found.kinds:
        _mark_warned_codes(found, text)
    return found


def _decide_ambiguous(found: Keywords, text: str) -> None:
    """Tell apart what some words say: a message with a code asks for something, or warns of something.

    Else `authorisation code 481516` is the number of a receipt, and `PIN code 560034` an Indian postal code.
    """
    is_asked = not _ASKED.isdisjoint(found.kinds)
    is_receipt = not is_asked and (RECEIPT in found.kinds or _masked_card().search(text) is not None)
    is_dated = not is_asked and _is_dated_payment(text)
    is_address = not is_asked and LABEL in found.kinds
    for index, kind in enumerate(found.kinds):
        if kind == AUTHORIZATION:
            is_stated = found.kinds[index + 1 : index + 2] == [COPULA]
            found.kinds[index] = OTHER_CODE if (is_receipt or is_dated) and not is_stated else PURPOSE
        elif kind == PLAIN and is_dated and _PROVED.isdisjoint(found.kinds):
            found.kinds[index] = OTHER_CODE
        elif kind == POSTAL:
            is_postal = is_address and _indian_pin().match(text, found.spans[index][1])
            found.kinds[index] = OTHER_CODE if is_postal else PLAIN


def _is_dated_payment(text: str) -> bool:
    """Return whether a text has an amount with its cents and a time of day, as receipts do."""
    return _cents().search(text) is not None and _time().search(text) is not None


def _mark_other_codes(found: Keywords, text: str) -> None:
    """Give a word for a code the kind of the word next to it, where that makes it another kind of code."""
    kinds = (*found.kinds, "")
    for index, kind in enumerate(kinds):
        if kind not in _NAMES:
            continue
        first = index - 2 if index > 1 and kinds[index - 1] in JOINS else index - 1  # `error with code 48151`
        before = kinds[first]
        if kind == STRONG and before == OTHER_CODE and _gap(found, first, index, text) == 1:
            found.kinds[index] = before
        if kind == NUMBER and before in CODES and _gap(found, first, index, text) == 1:
            found.kinds[index] = before
        if kind != PLAIN:
            continue
        after = kinds[index + 1]
        if before in NOT_ONE_TIME and _gap(found, first, index, text) <= _ADJACENT:
            found.kinds[index] = before
        gap = _gap(found, index, index + 1, text) if after in NOT_ONE_TIME or after == LABEL else math.inf
        if gap <= _ADJACENT and (after != LABEL or _is_of(found, index, text)):
            found.kinds[index] = after


def _mark_network_codes(found: Keywords) -> None:
    """Tell the words for the code of a network from others: they follow it in its sentence."""
    is_network = False
    for index, kind in enumerate(found.kinds):
        is_network = kind == NETWORK or (is_network and kind not in _AFTER_NETWORK)
        if is_network and kind in CODES:
            found.kinds[index] = OTHER_CODE


def _is_of(found: Keywords, index: int, text: str) -> bool:
    """Return whether a word for a code belongs to the label after it: `kod zlecenia`, `code de commande`."""
    (_, end), (start, _) = found.spans[index : index + 2]
    return text[end:start].lower() in _OF


def _gap(found: Keywords, first: int, second: int, text: str) -> float:
    """Return the characters between two keywords; infinite if a digit or a sign separates them.

    In `Dear client, your code` the client says nothing about the code.
    """
    (_, end), (start, _) = found.spans[first], found.spans[second]
    return start - end if _SEPARATORS.isdisjoint(text[end:start]) else math.inf


def _mark_warned_codes(found: Keywords, text: str) -> None:
    """Mark the words for codes in sentences that warn: many mention a code and state none."""
    first = 0
    for after, kind in enumerate((*found.kinds, LINE)):
        if kind in ENDS:
            if WARNING in found.kinds[first:after]:
                _mark_warned_in_sentence(found, text, first, after)
            first = after + 1


def _mark_warned_in_sentence(found: Keywords, text: str, first: int, after: int) -> None:
    """Mark a word for a code after the sentence's warning, or before it without a number in between."""
    warning, _ = found.spans[found.kinds.index(WARNING, first)]
    for index in range(first, after):
        if found.kinds[index] in CODES:
            _, end = found.spans[index]
            if end > warning or not has_digit(text, end, warning):
                found.kinds[index] = WARNED


@cache
def _cents() -> re.Pattern[str]:
    return re.compile("[0-9][.,][0-9]{2}(?![0-9.:/-])")


@cache
def _masked_card() -> re.Pattern[str]:
    return re.compile("[*xX][0-9]{4}(?![0-9])")


@cache
def _time() -> re.Pattern[str]:
    return re.compile("(?<![0-9])[0-2]?[0-9]:[0-5][0-9]|\\bkl[o.]? ?[0-2]?[0-9][.:][0-5][0-9]")


@cache
def _indian_pin() -> re.Pattern[str]:
    return re.compile(r"\W{1,3}[1-8][0-9]{2} ?[0-9]{3}(?![0-9])")
