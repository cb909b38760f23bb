"""Numbers in a text that could be a code: no amounts, dates, times, phone numbers or card digits."""

import re
from collections.abc import Iterator

from relay.otp.quantities import is_hour, is_quantity, is_quantity_token

_SHORTEST, _LONGEST, _LONGEST_MIXED = 3, 10, 12
"""Characters of a code; a code with letters has at least one more, and may have more."""
_GROUPS = frozenset({(3, 3), (4, 4), (3, 3, 3), *((1,) * size for size in range(4, 9))})
"""Lengths of the groups in which one code is written."""
_SPACED_GROUPS = _GROUPS | {(2, 2, 2)}
"""The same with spaces in between: with hyphens, pairs are a date."""
_PHONE_DIGITS = 9
"""From this many digits on, groups of unequal length are a phone or account number, as are three or more."""
_LONGEST_PREFIX = 4
"""Letters of a sender's name before a code, as in `G-481516`; users do not type them."""
_PREFIXED_DIGITS = range(4, 9)
"""Digits of a code with such a prefix."""
_BEFORE_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
_TOKEN = re.compile("[0-9][0-9A-Za-z-]*")

Candidate = tuple[int, int, str]
"""Where a candidate starts and ends, and what a user would type."""
_Token = tuple[int, int, str]


def find_candidates(text: str) -> Iterator[Candidate]:
    """Yield the candidates in order; `text` is normalized and without links."""
    for row in _rows(text):
        if len(row) == 1 and len(row[0][2]) < _SHORTEST:
            continue
        for found in _single(row) if len(row) == 1 or not row[0][2].isdecimal() else _joined(row):
            if not is_quantity(text, found[0], found[1]):
                yield found


def _rows(text: str) -> Iterator[list[_Token]]:
    """Yield lists of tokens that are one space apart; numbers and tokens with letters are not mixed."""
    row: list[_Token] = []
    for token in _tokens(text):
        if row and not _is_adjacent(text, row[-1], token):
            yield row
            row = []
        row.append(token)
    if row:
        yield row


def _is_adjacent(text: str, token: _Token, other: _Token) -> bool:
    near = other[0] - token[1] == 1 and text[token[1]] == " "
    return near and token[2].isdecimal() == other[2].isdecimal()


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the runs of ASCII letters, digits and hyphens that contain a digit."""
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        while start and text[start - 1] in _BEFORE_DIGITS:
            start -= 1
        word = text[start:end].rstrip("-")
        end, word = start + len(word), word.lstrip("-")
        yield end - len(word), end, word


def _joined(row: list[_Token]) -> Iterator[Candidate]:
    """Yield groups of equal length as one code; many groups, or long ones, are a phone or account number."""
    sizes = tuple(len(word) for _, _, word in row)
    if sizes in _SPACED_GROUPS:
        yield row[0][0], row[-1][1], "".join(word for _, _, word in row)
    elif len(row) == 2 and sum(sizes) < _PHONE_DIGITS:  # noqa: PLR2004 - two numbers that happen to meet
        yield from _single(row)


def _single(row: list[_Token]) -> Iterator[Candidate]:
    return filter(None, map(_candidate, row))


def _candidate(token: _Token) -> Candidate | None:
    """Return the candidate that a single token is, if it can be a code."""
    start, end, word = token
    if word.isdecimal():
        return token if _SHORTEST <= len(word) <= _LONGEST else None
    first, *more = word.split("-")
    rest = "".join(more)
    code = first + rest
    if code.isdecimal():
        fits = len(code) <= _LONGEST and tuple(map(len, (first, *more))) in _GROUPS
        fits = fits and not (is_hour(first) and is_hour(rest))
        return (start, end, code) if fits else None
    if _is_prefixed(first, rest):
        return start + len(first) + 1, end, rest
    if _is_prefixed(rest, first):
        return start, start + len(first), first
    fits = _SHORTEST < len(code) <= _LONGEST_MIXED and not is_quantity_token(code)
    return (start, end, code) if fits else None


def _is_prefixed(name: str, digits: str) -> bool:
    """Return whether a token is a sender's name and a code; `XX-4471` is a masked number."""
    fits = len(digits) in _PREFIXED_DIGITS and digits.isdecimal()
    return fits and name.isalpha() and len(name) <= _LONGEST_PREFIX and not set(name) <= set("xX")
