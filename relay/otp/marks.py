"""The words of a text that tell what a number near them is."""

import math
import re
from collections.abc import Iterator
from functools import cache

from relay.otp.kinds import CODES, ENDS, LABEL, LINE, PLAIN, SPOILING, WARN, WARNED
from relay.otp.lexicon import Kinds, said
from relay.otp.plain import folded

_ABBREVIATED = 3
"""Letters of a word whose full stop may end no sentence: `Ref.`, `no.`"""
_BESIDE = 8
"""Characters between a word for a code and one that makes it another kind of code."""
_PIECE = re.compile("[a-z]+|[.!?;\n]")
_DIGIT = re.compile("[0-9]")
_APART = ("번호", "코드")
"""Korean nouns that are written with a space before them or without."""
_UNSPACED = (("\u0e00", "\u109f"), ("\u1100", "\u11ff"), ("\u1780", "\u17ff"), ("\u2e80", "\U0010ffff"))
"""Scripts without spaces: Thai to Burmese, old Korean letters, Khmer, the Chinese ones and all above."""


Span = tuple[int, int]
"""Where a word starts and ends."""


class Marks:
    """Telling words and the ends of sentences and lines, in order: where each begins and ends, its kind."""

    __slots__ = ("kinds", "spans")

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.kinds: list[str] = []


def marks(text: str) -> Marks:
    """Return the marks of a plain text."""
    found = _scan(text)
    _spoil(found, text)
    if WARN in found.kinds:
        _warn(found, text)
    return found


def has_digit(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a plain text holds a digit."""
    return _DIGIT.search(text, start, end) is not None


def _scan(text: str) -> Marks:
    """Find every telling word; one that tells something only after another is looked up with it."""
    lower = text.lower().replace("2fa", "mfa")
    spaced = lower.isascii() or max(lower) < _UNSPACED[0][0]
    found, previous, seconds = Marks(), None, Kinds()
    spans, kinds = found.spans, found.kinds
    for piece in _pieces(lower):
        word = piece[0]
        if not spaced and _is_unspaced(word):
            _look_inside(found, word, piece.start())
            continue
        kind, following = said(word)
        if kind in ENDS:
            if word == "." and _abbreviates(text, piece.start(), previous):
                continue
        else:
            if seconds and previous and piece.start() - previous.end() == 1:
                kind = seconds.get(word) or seconds.get(folded(word)) or kind
            previous, seconds = piece, following
        if kind:
            spans.append(piece.span())
            kinds.append(kind)
    return found


def _pieces(lower: str) -> Iterator[re.Match[str]]:
    """Find the runs of letters and the ends of sentences; every character keeps its place."""
    if lower.isascii():
        return _PIECE.finditer(lower)
    for word in _APART:
        lower = lower.replace(f" {word}", f"{word} ")
    return _any_piece().finditer(_no_digits().sub(" ", lower))


def _is_unspaced(word: str) -> bool:
    """Tell whether a run of letters is of a script that puts no spaces between words."""
    top = max(word)
    return any(first <= top <= last for first, last in _UNSPACED)


def _look_inside(found: Marks, run: str, at: int) -> None:
    """Add the telling words of a run of letters without spaces."""
    from relay.otp.unspaced import inside  # noqa: PLC0415 - most texts are of other scripts

    for start, end, kind in inside(run):
        found.spans.append((at + start, at + end))
        found.kinds.append(kind)


def _abbreviates(text: str, at: int, previous: re.Match[str] | None) -> bool:
    """Tell whether a full stop shortens the word before it, or stands inside a number or a name."""
    follows = text[at + 1 : at + 3]
    if not follows.startswith((" ", "\n")) and follows:
        return True
    if not previous or previous.end() != at or len(previous[0]) > _ABBREVIATED:
        return False
    return not (follows[1:].isalpha() and not follows[1:].islower())


def _spoil(found: Marks, text: str) -> None:
    """Turn a code beside a word of shops, letters or machines into what that word says."""
    kinds = (*found.kinds, "")
    for at, kind in enumerate(kinds):
        if kind != PLAIN:
            continue
        before, after = kinds[at - 1], kinds[at + 1]
        if before in SPOILING and _gap(found, at - 1, text) <= _BESIDE:
            found.kinds[at] = before
        gap = _gap(found, at, text) if after in SPOILING or after == LABEL else math.inf
        if gap <= _BESIDE and (after != LABEL or gap == 1):
            found.kinds[at] = after


def _gap(found: Marks, at: int, text: str) -> float:
    """Return the characters between a word and the next; a number between parts them for good."""
    (_, end), (start, _) = found.spans[at : at + 2]
    return math.inf if has_digit(text, end, start) else start - end


def _warn(found: Marks, text: str) -> None:
    """Mark the codes that a sentence warns of: many name one and tell none."""
    first = 0
    for after, kind in enumerate((*found.kinds, LINE)):
        if kind in ENDS:
            if WARN in found.kinds[first:after]:
                _warn_of(found, text, first, after)
            first = after + 1


def _warn_of(found: Marks, text: str, first: int, after: int) -> None:
    """Mark a code that comes after the warning of its sentence, or before it and tells no number."""
    warning, _ = found.spans[found.kinds.index(WARN, first)]
    for at in range(first, after):
        if found.kinds[at] in CODES:
            _, end = found.spans[at]
            if end > warning or not has_digit(text, end, warning):
                found.kinds[at] = WARNED


@cache
def _any_piece() -> re.Pattern[str]:
    """Match a run of letters with the marks of their scripts that are no letters, or what ends a sentence."""
    marked = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    marked += "\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u103e\u135d-\u135f\u17b4-\u17d3"
    return re.compile(f"[\\w{marked}]+|[.!?;\n]")


@cache
def _no_digits() -> re.Pattern[str]:
    return re.compile("[0-9_]")
