"""Numbers in a text that could be a code: no amounts, dates, times, phone numbers or card digits."""

import re
from collections.abc import Iterator

from relay.otp.quantities import is_hour, is_quantity, is_quantity_token, starts_with_minutes

_SHORTEST, _LONGEST, _LONGEST_MIXED = 3, 10, 12
"""Characters of a code; a code with letters has at least one more, and may have more."""
_GROUPS = frozenset({(3, 3), (4, 4), (3, 3, 3), *((1,) * size for size in range(4, 9))})
"""Lengths of the groups in which one code is usually written."""
_UNUSUAL_GROUPS = frozenset(
    {
        *((2, 2), (2, 3), (3, 2), (2, 4), (4, 2), (3, 4), (4, 3), (2, 5), (5, 2), (3, 5), (5, 3)),
        *((2, 2, 2), (2, 2, 3), (2, 3, 2), (3, 2, 2), (3, 2, 3), (2, 4, 2), (5, 2, 3), (2, 2, 2, 2)),
        *((1, 1, 4), (1, 2, 2), (2, 1, 2)),
    }
)
"""Lengths of groups that are one code where a word says so, and else several numbers, a date or a range."""
_PHONE_DIGITS = 9
"""From this many digits on, two groups are a phone or account number."""
_LONGEST_MIXED_GROUP = 4
"""Characters of a group, if letters are among the groups of a code."""
_LONGEST_PREFIX = 4
"""Letters of a sender's name before a code, as in `G-481516`; users do not type them."""
_PREFIXED_DIGITS = range(4, 9)
"""Digits of a code with such a prefix."""
_BEFORE_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
_UNIT = 8
"""Characters after a number in which to look for its unit."""
_PAIR, _DAYS, _MONTHS = 2, 31, 12
"""Digits of a day or a month, and the most days and months."""
_TOKEN = re.compile("[0-9][0-9A-Za-z-]*")

Candidate = tuple[int, int, str, float]
"""Where a candidate starts and ends, what a user would type, and the points it loses where no word calls it a
code: it may as well be several numbers, or a reference."""
_SURE, _GROUPED, _DOUBTFUL = 0.0, 1.5, 3.0
_Token = tuple[int, int, str]


def find_candidates(text: str) -> Iterator[Candidate]:
    """Yield the candidates in order; `text` is normalized and without links."""
    for row in _rows(text):
        if len(row) == 1 and len(row[0][2]) < _SHORTEST:
            continue
        for found in _single(row) if len(row) == 1 else _joined(row, text):
            if not is_quantity(text, found[0], found[1]):
                yield found


def _rows(text: str) -> Iterator[list[_Token]]:
    """Yield lists of tokens that are one space apart."""
    row: list[_Token] = []
    for token in _tokens(text):
        if row and not (token[0] - row[-1][1] == 1 and text[row[-1][1]] == " "):
            yield row
            row = []
        row.append(token)
    if row:
        yield row


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the runs of ASCII letters, digits and hyphens that contain a digit."""
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        while start and text[start - 1] in _BEFORE_DIGITS:
            start -= 1
        word = text[start:end].rstrip("-")
        end, word = start + len(word), word.lstrip("-")
        yield end - len(word), end, word


def _joined(row: list[_Token], text: str) -> Iterator[Candidate]:
    """Yield groups as one code or, if they cannot be one, each by itself.

    Nothing is yielded of many groups, or of long ones: they are a phone or account number.
    """
    sizes = tuple(len(word) for _, _, word in row)
    code = "".join(word for _, _, word in row)
    if code.isdecimal():
        if sizes in _GROUPS:
            yield row[0][0], row[-1][1], code, _SURE
        elif sizes in _UNUSUAL_GROUPS and not starts_with_minutes(text[row[-1][0] : row[-1][1] + _UNIT]):
            yield row[0][0], row[-1][1], code, _GROUPED
        elif len(row) == 2 and sum(sizes) < _PHONE_DIGITS:  # noqa: PLR2004 - two numbers that happen to meet
            yield from _single(row)
    elif max(sizes) <= _LONGEST_MIXED_GROUP and len(code) <= _LONGEST_MIXED and code.isupper():
        yield row[0][0], row[-1][1], code, _GROUPED
    else:
        yield from _single(row)


def _single(row: list[_Token]) -> Iterator[Candidate]:
    return filter(None, map(_candidate, row))


def _candidate(token: _Token) -> Candidate | None:
    """Return the candidate that a single token is, if it can be a code."""
    start, end, word = token
    if word.isdecimal():
        return (start, end, word, _SURE) if _SHORTEST <= len(word) <= _LONGEST else None
    first, *more = word.split("-")
    rest = "".join(more)
    if first.isdecimal() and rest.islower() and rest.isalpha():
        return _candidate((start, start + len(first), first))  # `1476-ot`, `6-digit`
    code = first + rest
    if code.isdecimal():
        sizes = tuple(map(len, (first, *more)))
        is_usual = sizes in _GROUPS and not (is_hour(first) and is_hour(rest))
        fits = is_usual or ((sizes in _UNUSUAL_GROUPS or sizes in _GROUPS) and not _is_date(first, *more))
        return (
            (start, end, code, _SURE if is_usual else _DOUBTFUL if len(more) == 1 else _GROUPED)
            if fits
            else None
        )
    if _is_prefixed(first, rest):
        return start + len(first) + 1, end, rest, _DOUBTFUL
    if _is_prefixed(rest, first):
        return start, start + len(first), first, _DOUBTFUL
    fits = _SHORTEST < len(code) <= _LONGEST_MIXED and not is_quantity_token(code)
    return (start, end, code, _SURE) if fits else None


def _is_date(*groups: str) -> bool:
    """Return whether groups with hyphens can be a day or hours, as in `12-05-25` or `09-17`."""
    if not len(groups[0]) == len(groups[1]) == _PAIR:
        return False
    less, more = sorted((int(groups[0]), int(groups[1])))
    return more <= _DAYS and (less <= _MONTHS or len(groups) == _PAIR)


def _is_prefixed(name: str, digits: str) -> bool:
    """Return whether a token is a sender's name and a code; `XX-4471` is a masked number."""
    fits = len(digits) in _PREFIXED_DIGITS and digits.isdecimal()
    return fits and name.isalpha() and len(name) <= _LONGEST_PREFIX and not set(name) <= set("xX")
