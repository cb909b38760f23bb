"""The keywords of all languages, prepared for lookup."""

from collections.abc import Mapping
from functools import cache

from relay.otp.kinds import LINE, NOT_ONE_TIME, SENTENCE
from relay.otp.normalization import strip_accents

_KEY = 3
"""Letters by which prefixes and suffixes are indexed."""
_ONLY_ACCENTED = ("mã", "é", "è", "là", "thẻ", "đơn", "không", "số", "gõ", "đọc")
"""Words that without their accents are words of other languages, or say too little."""

_GREEK = "\u0370"
"""The first letter that is not Latin."""

Kinds = dict[str, str]
_NONE: Kinds = {}
_STOPS = {**dict.fromkeys(".!?;", SENTENCE), "\n": LINE}


class _Lexicon:
    """Words and their kinds: whole words, pairs by their first word, prefixes and suffixes by their key."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.pairs: dict[str, Kinds] = {}
        self.prefixes: dict[str, Kinds] = {}
        self.suffixes: dict[str, Kinds] = {}
        as_written, unaccented = Kinds(), Kinds()
        for kind, text in words.items():
            written, bare = text.split(), strip_accents(text).split()
            as_written |= dict.fromkeys(written, kind)
            unaccented |= dict.fromkeys(bare, kind)
            for word, without in zip(written, bare, strict=True):
                if "*" in word or "_" in word:
                    self._add(word, without, kind)
        for word in map(strip_accents, _ONLY_ACCENTED):
            unaccented.pop(word, None)
        self.whole = {**unaccented, **as_written, **_STOPS}

    def _add(self, word: str, bare: str, kind: str) -> None:
        """Add an entry that matches more than one word, as it is written and without its accents."""
        if "_" in word:
            for first, second in (word.split("_"), bare.split("_")):
                self.pairs.setdefault(first, {})[second] = kind
        elif word.endswith("*"):
            self.prefixes.setdefault(bare[:_KEY], {})[bare[:-1]] = kind
        else:
            self.suffixes.setdefault(bare[-_KEY:], {})[bare[1:]] = kind


def look_up(word: str) -> tuple[str, Kinds]:
    """Return the kind of a lower-case word, if any, and the kinds of the words that may follow it.

    Nothing is cached: no part of a text outlives its event.
    """
    if word.isascii():
        lexicon = _latin()
        kind = lexicon.whole.get(word, "")
        if not kind and (word[:_KEY] in lexicon.prefixes or word[-_KEY:] in lexicon.suffixes):
            kind = _kind_by_affix(lexicon, word)
        return kind, lexicon.pairs.get(word, _NONE)
    bare = strip_accents(word)
    lexicon = _latin() if bare < _GREEK else _other_scripts()
    seconds = lexicon.pairs.get(word) or lexicon.pairs.get(bare, _NONE)
    return lexicon.whole.get(word) or lexicon.whole.get(bare) or _kind_by_affix(lexicon, bare), seconds


def _kind_by_affix(lexicon: _Lexicon, word: str) -> str:
    """Return the kind of the longest affix that matches; a prefix of `NOT_ONE_TIME` wins."""
    prefixes = lexicon.prefixes.get(word[:_KEY], _NONE)
    suffixes = lexicon.suffixes.get(word[-_KEY:], _NONE)
    prefix = max(filter(word.startswith, prefixes), key=len, default="")
    suffix = max((each for each in suffixes if word.endswith(each) and word != each), key=len, default="")
    if suffix and prefixes.get(prefix) not in NOT_ONE_TIME:
        return suffixes[suffix]
    return prefixes.get(prefix, "")


@cache
def _latin() -> _Lexicon:
    from relay.otp.latin import WORDS  # noqa: PLC0415 - not every text needs it

    return _Lexicon(WORDS)


@cache
def _other_scripts() -> _Lexicon:
    from relay.otp.scripts import WORDS  # noqa: PLC0415 - most texts do not need it

    return _Lexicon(WORDS)
