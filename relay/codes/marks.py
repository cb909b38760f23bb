"""The words of a text that tell what a number near them is."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from relay.codes.lexicon import SPOILING, lexicon

_ABBREVIATED = 3
"""Letters of a word whose full stop ends no sentence: `Ref.`, `no.`"""
_BESIDE = 8
"""Characters between a word for a code and one that makes it another kind of code."""
SENTENCE, LINE, WARNED = ".", "/", "c"
"""Kinds of marks that are no words: the end of a sentence, of a line, a code in a warning."""


class Mark(NamedTuple):
    """A word at `start` to before `end`, and its kind: a letter of the lexicon's."""

    start: int
    end: int
    kind: str


def marks(text: str) -> list[Mark]:
    """Return the telling words of a plain text, in order, with the ends of its sentences."""
    return _warned(_spoiled(list(_scan(text)), text), text)


def _scan(text: str) -> Iterator[Mark]:
    """Yield every telling word; a word that tells something only after another is looked up with it."""
    known = lexicon()
    before, ended = "", -1
    for found in _pieces().finditer(text.lower()):
        piece, (start, end) = found[0], found.span()
        if found.lastgroup == "unspaced":
            yield from (Mark(start + a, start + b, kind) for a, b, kind in known.inside(piece))
        elif found.lastgroup == "stop":
            yield from _stop(text, start, 0 if ended < start else len(before))
        else:
            kind = known.pair(before, piece) if start - ended == 1 else ""
            if kind := kind or known.kind(piece):
                yield Mark(start, end, kind)
            before, ended = piece, end


def _stop(text: str, at: int, word: int) -> Iterator[Mark]:
    """Yield the end of a line or a sentence; `word` is the length of the word that it touches."""
    if text[at] == "\n":
        yield Mark(at, at + 1, LINE)
    elif text[at] != "." or not _abbreviates(text[at + 1 : at + 3], word):
        yield Mark(at, at + 1, SENTENCE)


def _abbreviates(follows: str, word: int) -> bool:
    """Tell whether a full stop after a short word only shortens it, or stands inside a name of the net."""
    if follows[:1] not in ("", " ", "\n"):
        return True
    return 0 < word <= _ABBREVIATED and not (follows[1:].isalpha() and not follows[1:].islower())


def _spoiled(found: list[Mark], text: str) -> list[Mark]:
    """Turn a code beside a word of shops, letters or machines into what that word says."""
    turned = list(found)
    for place, (one, other) in enumerate(pairwise(found)):
        if other.start - one.end > _BESIDE or has_digit(text, one.end, other.start):
            continue
        if one.kind in SPOILING and other.kind == "C":
            turned[place + 1] = other._replace(kind=one.kind)
        elif one.kind == "C" and (other.kind in SPOILING or (other.kind == "N" and other.start - one.end == 1)):
            turned[place] = one._replace(kind=other.kind)
    return turned


def _warned(found: list[Mark], text: str) -> list[Mark]:
    """Mark the codes that a sentence warns of: many name one and tell none."""
    told: list[Mark] = []
    for ends, sentence in groupby(found, key=lambda mark: mark.kind in (SENTENCE, LINE)):
        part = list(sentence)
        warnings = [] if ends else [mark for mark in part if mark.kind == "W"]
        told += [mark._replace(kind=WARNED) if _is_warned(mark, warnings, text) else mark for mark in part]
    return told


def _is_warned(mark: Mark, warnings: list[Mark], text: str) -> bool:
    """Tell whether a word for a code comes after a warning, or before one and tells no number."""
    if mark.kind not in "CS" or not warnings:
        return False
    return warnings[0].start < mark.start or not has_digit(text, mark.end, warnings[0].start)


def has_digit(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a plain text holds a digit."""
    return _digit().search(text, start, end) is not None


@cache
def _digit() -> re.Pattern[str]:
    return re.compile("[0-9]")


@cache
def _pieces() -> re.Pattern[str]:
    """Match a run of a script without spaces, a word of another, or what ends a sentence."""
    unspaced = "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3040-\ud7ff\uf900-\ufaff"
    stops = ".!?;\n\u2026\u3002\u061f\u061b\u0964"
    signs = "\\x00-\\x40\\x5b-\\x60\\x7b-\\xa9\\xab-\\xb4\\xb6-\\xb9\\xbb-\\xbf\u060c\u0965\u2000-\u206f\u2190-\u2bff\u3000-\u303f"
    signs += "\U0001f000-\U0001faff"
    return re.compile(f"(?P<unspaced>[{unspaced}][{unspaced} ]*)|(?P<spaced>2fa|[^{signs}{stops}{unspaced}]+)|(?P<stop>[{stops}])")
