"""The words that tell what a number is, made ready to be looked up."""

from functools import cache, lru_cache

from relay.codes.kinds import LINE, SENTENCE, SPOILING
from relay.codes.others import OTHERS
from relay.codes.plain import folded
from relay.codes.words import WORDS

_REMEMBERED = 1024
"""Words of texts that are not looked up again: most are the same few hundred."""
_KEY = 3
"""Letters by which beginnings and ends of words are found."""
_ONLY_ACCENTED = ("mã", "é", "è", "là", "thẻ", "đơn", "không", "số", "gõ", "đọc")
"""Words that without their accents are words of other languages, or say too little."""

Kinds = dict[str, str]
_NONE: Kinds = {}


class _Lexicon:
    """Words and their kinds: whole ones, pairs by their first word, beginnings and ends by their key."""

    def __init__(self) -> None:
        self.whole: Kinds = {}
        self.pairs: dict[str, Kinds] = {}
        self.begins: dict[str, Kinds] = {}
        self.ends: dict[str, Kinds] = {}

    def add(self, word: str, bare: str, kind: str) -> None:
        """Add what stands for more than one word, as it is written and without its accents."""
        if "_" in word:
            for first, second in (word.split("_"), bare.split("_")):
                self.pairs.setdefault(first, {})[second] = kind
        elif word.endswith("*"):
            self.begins.setdefault(bare[:_KEY], {})[bare[:-1]] = kind
        else:
            self.ends.setdefault(bare[-_KEY:], {})[bare[1:]] = kind


@lru_cache(_REMEMBERED)
def said(word: str) -> tuple[str, Kinds]:
    """Return the kind of a lower-case word, if any, and the words that say something only after it."""
    known, bare = _lexicon(), folded(word)
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
def _lexicon() -> _Lexicon:
    known, written, bare = _Lexicon(), Kinds(), Kinds()
    for kind, several in (*OTHERS.items(), *WORDS.items()):
        written |= dict.fromkeys(several.split(), kind)
        bare |= dict.fromkeys(folded(several).split(), kind)
    for word, kind in written.items():
        if "*" in word or "_" in word:
            known.add(word, folded(word), kind)
    for word in map(folded, _ONLY_ACCENTED):
        bare.pop(word, None)
    known.whole = {**bare, **written, **dict.fromkeys(".!?;", SENTENCE), "\n": LINE}
    return known
