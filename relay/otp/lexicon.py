"""The words that tell what a number is, made ready to be looked up."""

from collections.abc import Mapping
from functools import cache

from relay.otp.kinds import LINE, SENTENCE, SPOILING
from relay.otp.plain import folded

_KEY = 3
"""Letters by which beginnings and ends of words are found."""
_ONLY_ACCENTED = ("mã", "é", "è", "là", "thẻ", "đơn", "không", "số", "gõ", "đọc")
"""Words that without their accents are words of other languages, or say too little."""

_GREEK = "\u0370"
"""The first letter that is not Latin."""

Kinds = dict[str, str]
_NONE: Kinds = {}
_STOPS = {**dict.fromkeys(".!?;", SENTENCE), "\n": LINE}


class _Lexicon:
    """Words and their kinds: whole ones, pairs by their first word, beginnings and ends by their key."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.pairs: dict[str, Kinds] = {}
        self.begins: dict[str, Kinds] = {}
        self.ends: dict[str, Kinds] = {}
        written, bare = Kinds(), Kinds()
        for kind, several in words.items():
            each, plainer = several.split(), folded(several).split()
            written |= dict.fromkeys(each, kind)
            bare |= dict.fromkeys(plainer, kind)
            for word, without in zip(each, plainer, strict=True):
                if "*" in word or "_" in word:
                    self._add(word, without, kind)
        for word in map(folded, _ONLY_ACCENTED):
            bare.pop(word, None)
        self.whole = {**bare, **written, **_STOPS}

    def _add(self, word: str, bare: str, kind: str) -> None:
        """Add what stands for more than one word, as it is written and without its accents."""
        if "_" in word:
            for first, second in (word.split("_"), bare.split("_")):
                self.pairs.setdefault(first, {})[second] = kind
        elif word.endswith("*"):
            self.begins.setdefault(bare[:_KEY], {})[bare[:-1]] = kind
        else:
            self.ends.setdefault(bare[-_KEY:], {})[bare[1:]] = kind


def said(word: str) -> tuple[str, Kinds]:
    """Return the kind of a lower-case word, if any, and the words that say something only after it.

    Nothing of a text is remembered: a text is gone with its event.
    """
    if word.isascii():
        known = _latin()
        kind = known.whole.get(word, "")
        if not kind and (word[:_KEY] in known.begins or word[-_KEY:] in known.ends):
            kind = _of_part(known, word)
        return kind, known.pairs.get(word, _NONE)
    bare = folded(word)
    known = _latin() if bare < _GREEK else _others()
    seconds = known.pairs.get(word) or known.pairs.get(bare, _NONE)
    return known.whole.get(word) or known.whole.get(bare) or _of_part(known, bare), seconds


def _of_part(known: _Lexicon, word: str) -> str:
    """Return the kind of the longest part that fits; shops and letters are told by the beginning."""
    begins = known.begins.get(word[:_KEY], _NONE)
    ends = known.ends.get(word[-_KEY:], _NONE)
    begin = max(filter(word.startswith, begins), key=len, default="")
    end = max((part for part in ends if word.endswith(part) and word != part), key=len, default="")
    if end and begins.get(begin) not in SPOILING:
        return ends[end]
    return begins.get(begin, "")


@cache
def _latin() -> _Lexicon:
    from relay.otp.latin import WORDS  # noqa: PLC0415 - not every text needs it

    return _Lexicon(WORDS)


@cache
def _others() -> _Lexicon:
    from relay.otp.scripts import WORDS  # noqa: PLC0415 - most texts do not need it

    return _Lexicon(WORDS)
