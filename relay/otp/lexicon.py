"""The keywords of all languages, read from `words.txt` and prepared for lookup."""

from functools import cache
from pathlib import Path

from relay.otp.kinds import LINE, NOT_ONE_TIME, SENTENCE
from relay.otp.normalization import strip_accents

_FILE = Path(__file__).with_name("words.txt")
_KEY = 3
"""Letters of a prefix or suffix by which most other words are distinguished at once."""
_ACCENTED = "accented"
"""Not a kind: words that without their accents are words of other languages, or say too little."""
_GREEK = "\u0370"
"""The first letter that is not Latin."""

_CLITICS = frozenset("ובלהמשכوفبلكا")
"""Letters of `and`, `the`, `in`, `to` and the like, which are written as one word with the next."""
_MOST_CLITICS, _SHORTEST = 3, 3
"""Letters of several such words, and of what is left of a word at least."""

Kinds = dict[str, str]
_STOPS = {**dict.fromkeys(".!?;", SENTENCE), "\n": LINE}


def read_section(name: str) -> str:
    """Return the lines of a section of the file."""
    title = f"\n= {name}\n".encode()
    _, _, rest = _FILE.read_bytes().partition(title)
    return rest.partition(b"\n\n")[0].decode()


def words_by_kind(section: str) -> dict[str, list[str]]:
    """Return the words of all languages in a section."""
    words: dict[str, list[str]] = {}
    for line in section.splitlines():
        _, kind, *several = line.split()
        words.setdefault(kind, []).extend(several)
    return words


class _Lexicon:
    """Words, pairs, prefixes and suffixes as the file has them, with and without accents, and their kinds.

    A cold start pays for each word, so nothing is indexed but what rules out most other words.
    """

    def __init__(self, section: str) -> None:
        words = words_by_kind(section)
        only_accented = strip_accents(" ".join(words.pop(_ACCENTED, ()))).split()
        self.kinds, as_written = Kinds(), Kinds()
        for kind, several in words.items():
            as_written |= dict.fromkeys(several, kind)
            accented = " ".join([word for word in several if not word.isascii()])
            self.kinds |= dict.fromkeys(strip_accents(accented).split(), kind)
        for word in only_accented:
            self.kinds.pop(word, None)
        self.kinds |= as_written
        self.kinds |= _STOPS
        several = [word for word in self.kinds if "*" in word or "_" in word]
        self.firsts = {word.partition("_")[0] for word in several}
        self.beginnings = {word[:_KEY] for word in several}
        self.endings = {word[-_KEY:] for word in several}


def look_up(word: str) -> tuple[str, bool]:
    """Return the kind of a lower-case word, if any, and whether it may be the first of a pair.

    Nothing is cached: no part of a text outlives its event.
    """
    if word.isascii():
        lexicon = latin()
        kind = lexicon.kinds.get(word, "")
        if not kind and (word[:_KEY] in lexicon.beginnings or word[-_KEY:] in lexicon.endings):
            kind = _kind_by_affix(lexicon, word)
        return kind, word in lexicon.firsts
    bare = strip_accents(word)
    lexicon = latin() if bare < _GREEK else other_scripts()
    kind = lexicon.kinds.get(word) or lexicon.kinds.get(bare) or _kind_by_affix(lexicon, bare)
    if not kind and bare[0] in _CLITICS:
        kind = _kind_without_clitics(lexicon, bare)
    return kind, word in lexicon.firsts or bare in lexicon.firsts


def look_up_pair(first: str, second: str) -> str:
    """Return the kind of two words that follow each other, or an empty string."""
    pair = f"{first}_{second}"
    bare = strip_accents(pair)
    lexicon = latin() if bare < _GREEK else other_scripts()
    return lexicon.kinds.get(pair) or lexicon.kinds.get(bare, "")


def _kind_by_affix(lexicon: _Lexicon, word: str) -> str:
    """Return the kind of the longest affix that matches; a prefix of `NOT_ONE_TIME` wins."""
    kinds = lexicon.kinds
    prefix = suffix = ""
    if word[:_KEY] in lexicon.beginnings:
        for end in range(len(word), _KEY - 1, -1):
            prefix = prefix or kinds.get(word[:end] + "*", "")
    if word[-_KEY:] in lexicon.endings:
        for start in range(1, len(word) - _KEY + 1):
            suffix = suffix or kinds.get("*" + word[start:], "")
    return suffix if suffix and prefix not in NOT_ONE_TIME else prefix


def _kind_without_clitics(lexicon: _Lexicon, word: str) -> str:
    """Return the kind of what is left without the short words that Arabic and Hebrew write before another."""
    for start in range(1, min(_MOST_CLITICS, len(word) - _SHORTEST) + 1):
        if word[start - 1] not in _CLITICS:
            break
        kind = lexicon.kinds.get(word[start:])
        if kind:
            return kind
    return ""


@cache
def latin() -> _Lexicon:
    """Return the words in Latin script."""
    return _Lexicon(read_section("latin"))


@cache
def other_scripts() -> _Lexicon:
    """Return the words in other scripts that put spaces between words; most texts need none of them."""
    return _Lexicon(read_section("other scripts"))
