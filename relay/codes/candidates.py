"""The runs of a text that could be a code: no link, amount, date, time, phone number or card's tail."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple

from relay.codes.quantities import is_counted, is_quantity

_BACK = 12
"""Characters before a digit that are looked at for letters of the same token."""
_SHORTEST, _LONGEST, _LONGEST_MIXED = 3, 10, 12
"""Characters of a code; one with letters may be a little longer."""
_GROUPS = {(3, 3), (4, 4), (3, 3, 3), *((1,) * size for size in range(4, 9))}
"""Lengths of the groups that one code is written in; by twos, only with spaces: else it is a date."""
_PHONE = 9
"""Digits from which two unequal groups are a phone number."""
_PREFIX, _PREFIXED = 4, range(4, 9)
"""Letters that name the sender before a code, as in `G-123456`, and the digits that are then typed."""


class Candidate(NamedTuple):
    """A run of the text, from `start` to before `end`, and what would be typed."""

    start: int
    end: int
    code: str


class _Token(NamedTuple):
    start: int
    end: int
    text: str


def candidates(text: str) -> list[Candidate]:
    """Return the runs that could be codes, in order; `text` is plain and without links."""
    rows = (row for chain in _chains(text) for row in _rows(chain))
    return [each for row in rows for each in row if not is_quantity(text, each.start, each.end)]


def _tokens(text: str) -> Iterator[_Token]:
    """Yield runs of letters, digits and hyphens with a digit in them."""
    for found in _token().finditer(text):
        start, end = found.span()
        while start and found.start() - start <= _BACK and text[start - 1] in _letters():
            start -= 1
        word = text[start:end]
        left = start + len(word) - len(word.lstrip("-"))
        if found.start() - start <= _BACK:
            yield _Token(left, start + len(word.rstrip("-")), word.strip("-"))


def _chains(text: str) -> Iterator[list[_Token]]:
    """Gather tokens that stand one space apart."""
    chain: list[_Token] = []
    for token in _tokens(text):
        if chain and not (token.start - chain[-1].end == 1 and text[token.start - 1] == " "):
            yield chain
            chain = []
        chain.append(token)
    if chain:
        yield chain


def _rows(chain: list[_Token]) -> Iterator[list[Candidate]]:
    """Yield the candidates of a chain: its groups of digits are taken together."""
    for numeric, group in groupby(chain, key=lambda token: token.text.isdecimal()):
        row = list(group)
        if numeric and len(row) > 1:
            yield _together(row)
        else:
            yield [found for token in row if (found := _alone(token))]


def _together(row: list[_Token]) -> list[Candidate]:
    """Join equal groups to one code; many groups, or long ones, are a phone's or an account's."""
    if tuple(len(token.text) for token in row) in _GROUPS | {(2, 2, 2)}:
        return [Candidate(row[0].start, row[-1].end, "".join(token.text for token in row))]
    if len(row) > 2 or sum(len(token.text) for token in row) >= _PHONE:  # noqa: PLR2004 - a pair is no list
        return []
    return [found for token in row if (found := _alone(token))]


def _alone(token: _Token) -> Candidate | None:
    """Return the candidate that a single token is, if it can be one."""
    parts = token.text.split("-")
    typed = "".join(parts)
    if typed.isdecimal():
        whole = len(parts) == 1 or tuple(map(len, parts)) in _GROUPS
        return Candidate(token.start, token.end, typed) if whole and _SHORTEST <= len(typed) <= _LONGEST else None
    if len(parts) == 2 and _names_sender(*parts):  # noqa: PLR2004 - a prefix and the code
        return Candidate(token.end - len(parts[1]), token.end, parts[1])
    if parts[0].isdecimal() and len(parts[0]) in _PREFIXED and "".join(parts[1:]).isalpha():
        return Candidate(token.start, token.start + len(parts[0]), parts[0])
    if _SHORTEST < len(typed) <= _LONGEST_MIXED and not is_counted(token.text):
        return Candidate(token.start, token.end, typed)
    return None


def _names_sender(prefix: str, digits: str) -> bool:
    masked = set(prefix) <= {"x", "X"}
    return prefix.isalpha() and len(prefix) <= _PREFIX and digits.isdecimal() and len(digits) in _PREFIXED and not masked


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"[0-9][0-9A-Za-z-]*")


@cache
def _letters() -> frozenset[str]:
    return frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
