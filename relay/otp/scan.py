"""The keywords in a text, and the ends of its sentences and lines."""

import re
from collections.abc import Iterator
from functools import cache

from relay.otp.kinds import ENDS, LABEL, STRONG, WARNING
from relay.otp.lexicon import look_up, look_up_pair

_LONGEST_ABBREVIATION = 3
"""Letters of a word whose full stop may not end a sentence: `Ref.`, `no.`"""
_WORD_OR_STOP = re.compile("[a-z]+|[.!?;\n]")
_TANS = frozenset({"TAN", "Tan"})
_DIGITS = frozenset("0123456789")
_SEPARABLE = ("번호", "코드")
"""Korean nouns that are written with or without a space before them."""
_UNSPACED = (("\u0e00", "\u109f"), ("\u1100", "\u11ff"), ("\u1780", "\u17ff"), ("\u2e80", "\U0010ffff"))
"""Scripts without spaces: Thai to Burmese, old Korean letters, Khmer, the Chinese ones and all above."""

Span = tuple[int, int]
"""Where a word starts and ends."""


class Keywords:
    """Keywords and the ends of sentences and lines, in order: where each starts and ends, and its kind."""

    __slots__ = ("kinds", "spans")

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.kinds: list[str] = []


def has_digit(text: str, start: int, end: int) -> bool:
    """Return whether a part of a normalized text contains a digit."""
    return not _DIGITS.isdisjoint(text[start:end])


def scan(text: str) -> Keywords:
    """Find every keyword; one that only counts after another word is looked up together with it."""
    lower = text.lower().replace("2fa", "mfa")
    is_spaced = lower.isascii() or max(lower) < _UNSPACED[0][0]
    found, previous, is_first = Keywords(), None, False
    spans, kinds = found.spans, found.kinds
    for match in _words_and_stops(lower):
        word = match[0]
        if not is_spaced and _is_unspaced(word):
            _scan_unspaced(found, word, match.start())
            continue
        kind, may_be_first = look_up(word)
        if kind in ENDS:
            if word == "?" and kinds[-1:] == [WARNING] and spans[-1][1] == match.start():
                spans.pop()
                kinds.pop()  # `Questions?`
            is_label = kinds[-1:] == [LABEL] and spans[-1][1] == match.start()
            if word == "." and not _ends_sentence(text, match.start(), previous, is_label=is_label):
                continue
        else:
            if is_first and previous and match.start() - previous.end() == 1:
                kind = look_up_pair(previous[0], word) or kind
            if not kind and word.endswith("tan") and _is_tan(text[match.start() : match.end()]):
                kind = STRONG
            previous, is_first = match, may_be_first
        if kind:
            spans.append(match.span())
            kinds.append(kind)
    return found


def _is_tan(word: str) -> bool:
    """Return whether this is a bank's `TAN` or `photoTAN`; `tan` is an everyday word in Spanish."""
    return word in _TANS or (word.endswith("TAN") and not word.isupper())


def _words_and_stops(lower: str) -> Iterator[re.Match[str]]:
    """Find the runs of letters and the ends of sentences; no character changes its position."""
    if lower.isascii():
        return _WORD_OR_STOP.finditer(lower)
    for word in _SEPARABLE:
        lower = lower.replace(f" {word}", f"{word} ")
    return _any_word_or_stop().finditer(_digit_or_underscore().sub(" ", lower))


def _is_unspaced(word: str) -> bool:
    """Return whether a run of letters is of a script that puts no spaces between words."""
    top = max(word)
    return any(first <= top <= last for first, last in _UNSPACED)


def _scan_unspaced(found: Keywords, run: str, offset: int) -> None:
    """Add the keywords in a run of letters without spaces."""
    from relay.otp.unspaced import find_words  # noqa: PLC0415 - most texts are of other scripts

    for start, end, kind in find_words(run):
        found.spans.append((offset + start, offset + end))
        found.kinds.append(kind)


def _ends_sentence(text: str, index: int, previous: re.Match[str] | None, *, is_label: bool) -> bool:
    """Return whether a full stop ends no abbreviation and no date, and is not inside a number or a name."""
    follows = text[index + 1 : index + 3]
    if not follows.startswith((" ", "\n")) and follows:
        return False
    if text[index - 1 : index] in _DIGITS and follows[1:].islower():
        return False
    if not previous or previous.end() != index:
        return True
    if is_label and follows[1:] in _DIGITS:
        return False
    if len(previous[0]) > _LONGEST_ABBREVIATION:
        return True
    return follows[1:].isalpha() and not follows[1:].islower()


@cache
def _any_word_or_stop() -> re.Pattern[str]:
    """Match a run of letters, with marks that are not letters themselves, or the end of a sentence."""
    marked = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    marked += "\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u103e\u135d-\u135f\u17b4-\u17d3"
    return re.compile(f"[\\w{marked}]+|[.!?;\n]")


@cache
def _digit_or_underscore() -> re.Pattern[str]:
    return re.compile("[0-9_]")
