"""The runs of a text that could be a code: no amount, date, time, phone number or card's tail."""

import re
from collections.abc import Iterator

from relay.otp.quantities import is_counted, is_hour, is_quantity

_SHORTEST, _LONGEST, _LONGEST_MIXED = 3, 10, 12
"""Characters of a code; one with letters has one more at least, and may have more."""
_GROUPS = frozenset({(3, 3), (4, 4), (3, 3, 3), *((1,) * size for size in range(4, 9))})
"""Lengths of the groups that one code is written in."""
_SPACED = _GROUPS | {(2, 2, 2)}
"""The same with spaces between: with hyphens, pairs are a date."""
_PHONE = 9
"""Digits from which unequal groups are a phone's or an account's; so are more than two groups."""
_NAME = 4
"""Letters that may name the sender before a code, as in `G-481516`: they are not typed."""
_NAMED = range(4, 9)
"""Digits of a code that stands with a name."""
_BEFORE_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
_TOKEN = re.compile("[0-9][0-9A-Za-z-]*")

Candidate = tuple[int, int, str]
"""Where a run starts and ends, and what would be typed."""
_Token = tuple[int, int, str]


def candidates(text: str) -> Iterator[Candidate]:
    """Yield the runs that could be codes, in order; `text` is plain and without links."""
    for row in _rows(text):
        if len(row) == 1 and len(row[0][2]) < _SHORTEST:
            continue
        for found in _each(row) if len(row) == 1 or not row[0][2].isdecimal() else _together(row):
            if not is_quantity(text, found[0], found[1]):
                yield found


def _rows(text: str) -> Iterator[list[_Token]]:
    """Yield the tokens together that stand one space apart, numbers apart from those with letters."""
    row: list[_Token] = []
    for token in _tokens(text):
        if row and not _goes_on(text, row[-1], token):
            yield row
            row = []
        row.append(token)
    if row:
        yield row


def _goes_on(text: str, token: _Token, other: _Token) -> bool:
    near = other[0] - token[1] == 1 and text[token[1]] == " "
    return near and token[2].isdecimal() == other[2].isdecimal()


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the runs of ASCII letters, digits and hyphens that hold a digit."""
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        while start and text[start - 1] in _BEFORE_DIGITS:
            start -= 1
        word = text[start:end].rstrip("-")
        end, word = start + len(word), word.lstrip("-")
        yield end - len(word), end, word


def _together(row: list[_Token]) -> Iterator[Candidate]:
    """Yield equal groups as one code; many groups, or long ones, are a phone's or an account's."""
    sizes = tuple(len(word) for _, _, word in row)
    if sizes in _SPACED:
        yield row[0][0], row[-1][1], "".join(word for _, _, word in row)
    elif len(row) == 2 and sum(sizes) < _PHONE:  # noqa: PLR2004 - two numbers that happen to meet
        yield from _each(row)


def _each(row: list[_Token]) -> Iterator[Candidate]:
    return filter(None, map(_alone, row))


def _alone(token: _Token) -> Candidate | None:
    """Return what would be typed of a single token, if it can be a code."""
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
    if _is_named(first, rest):
        return start + len(first) + 1, end, rest
    if _is_named(rest, first):
        return start, start + len(first), first
    fits = _SHORTEST < len(code) <= _LONGEST_MIXED and not is_counted(code)
    return (start, end, code) if fits else None


def _is_named(name: str, digits: str) -> bool:
    """Tell whether a token is a sender's name and a code; `XX-4471` is a masked number."""
    fits = len(digits) in _NAMED and digits.isdecimal()
    return fits and name.isalpha() and len(name) <= _NAME and not set(name) <= set("xX")
