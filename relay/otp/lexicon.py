"""The keywords of all languages, read from the index of `words.txt` as far as a text needs them."""

from functools import cache
from pathlib import Path

from relay.otp.kinds import LINE, NOT_ONE_TIME, SENTENCE
from relay.otp.normalization import strip_accents

INDEX = Path(__file__).with_name("words.index")
"""What `make words` writes: a line `BEGINNING<tab>KIND:WORD WORD;KIND:WORD` for each beginning."""
_KEY, _AFFIX = 2, 3
"""Letters by which words are found, and those of an affix by which most other words are ruled out."""
_GREEK = "\u0370"
"""The first letter that is not Latin."""
_CLITICS = frozenset("ובלהמשכوفبلكا")
"""Letters of `and`, `the`, `in`, `to` and the like, which are written as one word with the next."""
_MOST_CLITICS, _SHORTEST = 3, 3
"""Letters of several such words, and of what is left of a word at least."""

Kinds = dict[str, str]
_NO_KINDS: Kinds = {}
_STOPS: dict[str, Kinds] = {**{stop: {stop: SENTENCE} for stop in ".!?;"}, "\n": {"\n": LINE}}


def key_of(word: str) -> str:
    """Return the beginning by which a word is found; suffixes are found together."""
    return "*" if word.startswith("*") else word[:_KEY].rstrip("_")


def read_lines(section: str) -> dict[str, str]:
    """Return the lines of a section of the index by the beginning of their words."""
    _, _, rest = INDEX.read_bytes().partition(f"\n= {section}\n".encode())
    lines = rest.partition(b"\n\n")[0].decode().splitlines()
    return {line[: line.index("\t")]: line for line in lines}


def read_kinds(line: str) -> Kinds:
    """Return the words of a line of the index, and their kinds."""
    kinds = Kinds()
    for part in line.partition("\t")[2].split(";"):
        kind, _, words = part.partition(":")
        kinds |= dict.fromkeys(words.split(), kind)
    return kinds


class _Lexicon(dict[str, Kinds]):
    """Words, pairs, prefixes and suffixes, with and without accents, and their kinds, by their beginnings.

    A line of the index is read when a text first has a word that begins like it.
    """

    def __init__(self, section: str) -> None:
        super().__init__(_STOPS)
        self._lines = read_lines(section)
        self.firsts: set[str] = set()
        self.beginnings: set[str] = set()
        self.suffixes = self["*"]
        self.endings = {word[-_AFFIX:] for word in self.suffixes}

    def __missing__(self, key: str) -> Kinds:
        if key not in self._lines:
            return _NO_KINDS
        kinds = read_kinds(self._lines[key])
        self.firsts.update([word.partition("_")[0] for word in kinds if "_" in word])
        self.beginnings.update([word[:_AFFIX] for word in kinds if word.endswith("*")])
        self[key] = kinds
        return kinds


def look_up(word: str) -> tuple[str, bool]:
    """Return the kind of a lower-case word, if any, and whether it may be the first of a pair.

    Nothing is cached: no part of a text outlives its event.
    """
    if word.isascii():
        lexicon = latin()
        kind = lexicon[word[:_KEY]].get(word, "")
        if not kind and (word[:_AFFIX] in lexicon.beginnings or word[-_AFFIX:] in lexicon.endings):
            kind = _kind_by_affix(lexicon, word)
        return kind, word in lexicon.firsts
    bare = strip_accents(word)
    lexicon = latin() if bare < _GREEK else other_scripts()
    kind = lexicon[word[:_KEY]].get(word, "")
    if not kind and bare != word:
        kind = lexicon[bare[:_KEY]].get(bare, "")
    if not kind and (bare[:_AFFIX] in lexicon.beginnings or bare[-_AFFIX:] in lexicon.endings):
        kind = _kind_by_affix(lexicon, bare)
    if not kind and bare[0] in _CLITICS:
        kind = _kind_without_clitics(lexicon, bare)
    return kind, word in lexicon.firsts or bare in lexicon.firsts


def look_up_pair(first: str, second: str) -> str:
    """Return the kind of two words that follow each other, or an empty string."""
    pair = f"{first}_{second}"
    if pair.isascii():
        return latin()[first[:_KEY]].get(pair, "")
    bare = strip_accents(pair)
    lexicon = latin() if bare < _GREEK else other_scripts()
    return lexicon[first[:_KEY]].get(pair) or lexicon[key_of(bare)].get(bare, "")


def _kind_by_affix(lexicon: _Lexicon, word: str) -> str:
    """Return the kind of the longest affix that matches; a prefix of `NOT_ONE_TIME` wins."""
    prefix = suffix = ""
    if word[:_AFFIX] in lexicon.beginnings:
        kinds = lexicon[word[:_KEY]]
        for end in range(len(word), _AFFIX - 1, -1):
            prefix = prefix or kinds.get(word[:end] + "*", "")
    if word[-_AFFIX:] in lexicon.endings:
        for start in range(1, len(word) - _AFFIX + 1):
            suffix = suffix or lexicon.suffixes.get("*" + word[start:], "")
    return suffix if suffix and prefix not in NOT_ONE_TIME else prefix


def _kind_without_clitics(lexicon: _Lexicon, word: str) -> str:
    """Return the kind of what is left without the short words that Arabic and Hebrew write before another."""
    for start in range(1, min(_MOST_CLITICS, len(word) - _SHORTEST) + 1):
        if word[start - 1] not in _CLITICS:
            break
        kind = lexicon[word[start : start + _KEY]].get(word[start:])
        if kind:
            return kind
    return ""


@cache
def latin() -> _Lexicon:
    """Return the words in Latin script."""
    return _Lexicon("latin")


@cache
def other_scripts() -> _Lexicon:
    """Return the words in other scripts that put spaces between words; most texts need none of them."""
    return _Lexicon("other scripts")
