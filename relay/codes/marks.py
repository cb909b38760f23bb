"""The words of a text that tell what a number near them is."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from relay.codes.kinds import CODES, LABEL, LINE, PLAIN, SENTENCE, SPOILING, WARN, WARNED
from relay.codes.lexicon import lexicon

_ABBREVIATED = 3
"""Letters of a word whose full stop may end no sentence: `Ref.`, `no.`"""
_BESIDE = 8
"""Characters between a word for a code and one that makes it another kind of code."""
_STOPS = ".!?;\n"
_APART = ("번호", "코드")
"""Korean nouns that are written with a space before them or without."""
_UNSPACED = (("\u0e00", "\u109f"), ("\u1100", "\u11ff"), ("\u1780", "\u17ff"))
"""Scripts without spaces below the Chinese ones: Thai, Lao, Burmese, old Korean letters, Khmer."""


class Mark(NamedTuple):
    """A word at `start` to before `end`, and its kind."""

    start: int
    end: int
    kind: str


def marks(text: str) -> list[Mark]:
    """Return the telling words of a plain text, in order, with the ends of its sentences and lines."""
    return _warned(_spoiled(list(_scan(text)), text), text)


def has_digit(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a plain text holds a digit."""
    return _digit().search(text, start, end) is not None


def _scan(text: str) -> Iterator[Mark]:
    """Yield every telling word; a word that tells something only after another is looked up with it."""
    known = lexicon()
    before, ended = "", -1
    for found in _found(text):
        piece, start, end = found[0], found.start(), found.end()
        if piece in _STOPS:
            yield from _stop(text, start, len(before) if ended == start else 0)
        elif _is_unspaced(piece):
            yield from (Mark(start + a, start + b, kind) for a, b, kind in known.inside(piece))
        else:
            pair = known.pair(before, piece) if start - ended == 1 else ""
            if kind := pair or known.kind(piece):
                yield Mark(start, end, kind)
            before, ended = piece, end


def _found(text: str) -> Iterator[re.Match[str]]:
    """Find the runs of letters and the ends of sentences; every character keeps its place."""
    lower = text.lower().replace("2fa", "mfa")
    if lower.isascii():
        return _ascii_pieces().finditer(lower)
    for word in _APART:
        lower = lower.replace(f" {word}", f"{word} ")
    return _pieces().finditer(lower.translate(_no_digits()))


def _is_unspaced(piece: str) -> bool:
    """Tell whether a run of letters is of a script that puts no spaces between words."""
    if piece.isascii():
        return False
    top = max(piece)
    return top >= "\u2e80" or any(first <= top <= last for first, last in _UNSPACED)


def _stop(text: str, at: int, word: int) -> Iterator[Mark]:
    """Yield the end of a line or a sentence; `word` is the length of the word that it touches."""
    if text[at] == "\n":
        yield Mark(at, at + 1, LINE)
    elif text[at] != "." or not _abbreviates(text[at + 1 : at + 3], word):
        yield Mark(at, at + 1, SENTENCE)


def _abbreviates(follows: str, word: int) -> bool:
    """Tell whether a full stop shortens the word before it, or stands inside a number or a name."""
    if not follows.startswith((" ", "\n")) and follows:
        return True
    return 0 < word <= _ABBREVIATED and not (follows[1:].isalpha() and not follows[1:].islower())


def _spoiled(found: list[Mark], text: str) -> list[Mark]:
    """Turn a code beside a word of shops, letters or machines into what that word says."""
    turned = list(found)
    for place, (one, other) in enumerate(pairwise(found)):
        gap = other.start - one.end
        if gap > _BESIDE or has_digit(text, one.end, other.start):
            continue
        if one.kind in SPOILING and other.kind == PLAIN:
            turned[place + 1] = other._replace(kind=one.kind)
        elif one.kind == PLAIN and (other.kind in SPOILING or (other.kind == LABEL and gap == 1)):
            turned[place] = one._replace(kind=other.kind)
    return turned


def _warned(found: list[Mark], text: str) -> list[Mark]:
    """Mark the codes that a sentence warns of: many name one and tell none."""
    told: list[Mark] = []
    for ends, sentence in groupby(found, key=lambda mark: mark.kind in (SENTENCE, LINE)):
        part = list(sentence)
        warning = None if ends else next((mark for mark in part if mark.kind == WARN), None)
        told += [_under(mark, warning, text) for mark in part] if warning else part
    return told


def _under(mark: Mark, warning: Mark, text: str) -> Mark:
    """Return a code as warned of that comes after a warning, or before one and tells no number."""
    tells = mark.end <= warning.start and has_digit(text, mark.end, warning.start)
    return mark if mark.kind not in CODES or tells else mark._replace(kind=WARNED)


@cache
def _digit() -> re.Pattern[str]:
    return re.compile("[0-9]")


@cache
def _ascii_pieces() -> re.Pattern[str]:
    return re.compile(f"[a-z]+|[{_STOPS}]")


@cache
def _pieces() -> re.Pattern[str]:
    """Match a run of letters with the marks of their scripts that are no letters, or what ends a sentence."""
    marked = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    marked += "\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u103e\u135d-\u135f\u17b4-\u17d3"
    return re.compile(f"[\\w{marked}]+|[{_STOPS}]")


@cache
def _no_digits() -> dict[int, str]:
    return dict.fromkeys(map(ord, "0123456789_"), " ")
