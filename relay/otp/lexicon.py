"""The keywords of all languages, read from `words.txt` and prepared for lookup."""

from functools import cache
from pathlib import Path

from relay.otp.kinds import LINE, NOT_ONE_TIME, SENTENCE
from relay.otp.normalization import strip_accents

_FILE = Path(__file__).with_name("words.txt")
_KEY = 3
"""Letters by which prefixes and suffixes are indexed."""
_ACCENTED = "accented"
"""Not a kind: words that without their accents are words of other languages, or say too little."""
_GREEK = "\u0370"
"""The first letter that is not Latin."""

Kinds = dict[str, str]
_NONE: Kinds = {}
_STOPS = {**dict.fromkeys(".!?;", SENTENCE), "\n": LINE}


def read_section(name: str) -> str:
    """Return the lines of a section of the file."""
    title = f"\n= {name}\n"
    text = _FILE.read_text(encoding="utf-8")
    return text[text.index(title) + len(title) :].partition("\n\n")[0]


def words_by_kind(section: str) -> dict[str, list[str]]:
    """Return the words of all languages in a section."""
    words: dict[str, list[str]] = {}
    for line in section.splitlines():
        _, kind, *several = line.split()
        words.setdefault(kind, []).extend(several)
    return words


class _Lexicon:
    """Words and their kinds: whole words, pairs by their first word, prefixes and suffixes by their key."""

    def __init__(self, section: str) -> None:
        self.pairs: dict[str, Kinds] = {}
        self.prefixes: dict[str, Kinds] = {}
        self.suffixes: dict[str, Kinds] = {}
        words = words_by_kind(section)
        only_accented = strip_accents(" ".join(words.pop(_ACCENTED, ()))).split()
        as_written, unaccented = Kinds(), Kinds()
        for kind, several in words.items():
            accented = [word for word in several if not word.isascii()]
            bare = strip_accents(" ".join(accented)).split()
            as_written |= dict.fromkeys(several, kind)
            unaccented |= dict.fromkeys(bare, kind)
            self._add_pairs([word for word in (*several, *bare) if "_" in word], kind)
            self._add_affixes([word for word in (*several, *bare) if "*" in word], kind)
        for word in only_accented:
            unaccented.pop(word, None)
        self.whole = {**unaccented, **as_written, **_STOPS}

    def _add_pairs(self, pairs: list[str], kind: str) -> None:
        for pair in pairs:
            first, second = pair.split("_")
            self.pairs.setdefault(first, {})[second] = kind

    def _add_affixes(self, affixes: list[str], kind: str) -> None:
        """Add affixes; only those without accents are found, as the words are that are compared with them."""
        for affix in affixes:
            if affix.endswith("*"):
                self.prefixes.setdefault(affix[:_KEY], {})[affix[:-1]] = kind
            else:
                self.suffixes.setdefault(affix[-_KEY:], {})[affix[1:]] = kind


def look_up(word: str) -> tuple[str, Kinds]:
    """Return the kind of a lower-case word, if any, and the kinds of the words that may follow it.

    Nothing is cached: no part of a text outlives its event.
    """
    if word.isascii():
        lexicon = latin()
        kind = lexicon.whole.get(word, "")
        if not kind and (word[:_KEY] in lexicon.prefixes or word[-_KEY:] in lexicon.suffixes):
            kind = _kind_by_affix(lexicon, word)
        return kind, lexicon.pairs.get(word, _NONE)
    bare = strip_accents(word)
    lexicon = latin() if bare < _GREEK else other_scripts()
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
def latin() -> _Lexicon:
    """Return the words in Latin script."""
    return _Lexicon(read_section("latin"))


@cache
def other_scripts() -> _Lexicon:
    """Return the words in other scripts that put spaces between words; most texts need none of them."""
    return _Lexicon(read_section("other scripts"))
