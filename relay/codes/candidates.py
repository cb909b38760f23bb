"""The runs of a text that could be a code: no amount, date, time, phone number or card's tail."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple

from relay.codes.quantities import is_counted, is_quantity

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
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")


class Candidate(NamedTuple):
    """A run of the text, from `start` to before `end`, and what would be typed."""

    start: int
    end: int
    code: str


class _Token(NamedTuple):
    start: int
    end: int
    text: str


def candidates(text: str) -> Iterator[Candidate]:
    """Yield the runs that could be codes, in order; `text` is plain and without links."""
    for chain in _chains(text):
        for numeric, group in groupby(chain, key=lambda token: token.text.isdecimal()):
            row = list(group)
            found = _together(row) if numeric and len(row) > 1 else _each(row)
            yield from (each for each in found if not is_quantity(text, each.start, each.end))


def _chains(text: str) -> Iterator[list[_Token]]:
    """Yield the tokens that stand one space apart together."""
    chain: list[_Token] = []
    for token in _tokens(text):
        if chain and not (token.start - chain[-1].end == 1 and text[token.start - 1] == " "):
            yield chain
            chain = []
        chain.append(token)
    if chain:
        yield chain


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the runs of ASCII letters, digits and hyphens that hold a digit."""
    for found in _token().finditer(text):
        start, end = found.span()
        while start and text[start - 1] in _LETTERS:
            start -= 1
        word = text[start:end].lstrip("-")
        yield _Token(end - len(word), end - len(word) + len(word.rstrip("-")), word.rstrip("-"))


def _together(row: list[_Token]) -> Iterator[Candidate]:
    """Yield equal groups as one code; many groups, or long ones, are a phone's or an account's."""
    sizes = tuple(len(token.text) for token in row)
    if sizes in _SPACED:
        yield Candidate(row[0].start, row[-1].end, "".join(token.text for token in row))
    elif len(row) == 2 and sum(sizes) < _PHONE:  # noqa: PLR2004 - two numbers that happen to meet
        yield from _each(row)


def _each(row: list[_Token]) -> Iterator[Candidate]:
    return (found for token in row if (found := _alone(token)))


def _alone(token: _Token) -> Candidate | None:
    """Return what would be typed of a single token, if it can be a code."""
    first, *more = token.text.split("-")
    rest = "".join(more)
    code = first + rest
    if code.isdecimal():
        fits = _SHORTEST <= len(code) <= _LONGEST and (not more or tuple(map(len, (first, *more))) in _GROUPS)
        return Candidate(token.start, token.end, code) if fits else None
    if _is_named(first, rest):
        return Candidate(token.start + len(first) + 1, token.end, rest)
    if _is_named(rest, first):
        return Candidate(token.start, token.start + len(first), first)
    fits = _SHORTEST < len(code) <= _LONGEST_MIXED and not is_counted(code)
    return Candidate(token.start, token.end, code) if fits else None


def _is_named(name: str, digits: str) -> bool:
    """Tell whether a token is a sender's name and a code; `XX-4471` is a masked number."""
    fits = len(digits) in _NAMED and digits.isdecimal()
    return fits and name.isalpha() and len(name) <= _NAME and not set(name) <= set("xX")


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"[0-9][0-9A-Za-z-]*")
