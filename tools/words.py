"""The index of the words by which the finder of one-time codes decides: run `make words` after a change.

A cold start would pay for each word of the table. The index has them by their first letters, so that
only the letters of a text are read, and has what a text may have for a word: the word without its accents.
"""

from relay.otp.lexicon import INDEX, key_of
from relay.otp.normalization import strip_accents

TABLE = INDEX.with_name("words.txt")
SECTIONS = ("latin", "other scripts", "unspaced")
ACCENTED = "accented"
"""Not a kind: words that without their accents are words of other languages, or say too little."""
_SINGLE = 1
"""First letters by which the words of scripts without spaces are found: a word is often no longer."""


def read_section(name: str) -> str:
    """Return the lines of a section of the table."""
    _, _, rest = TABLE.read_text(encoding="utf-8").partition(f"\n= {name}\n")
    return rest.partition("\n\n")[0].rstrip("\n")


def words_by_kind(section: str) -> dict[str, list[str]]:
    """Return the words of all languages in a section."""
    words: dict[str, list[str]] = {}
    for line in section.splitlines():
        _, kind, *several = line.split()
        words.setdefault(kind, []).extend(several)
    return words


def write_index() -> str:
    """Return what the index has to contain."""
    return "".join(f"\n= {name}\n{_index(name)}\n" for name in SECTIONS) + "\n"


def _index(name: str) -> str:
    """Return a line for each beginning of words: the beginning, then each kind with its words."""
    kinds = _with_bare_words(words_by_kind(read_section(name)))
    lines: dict[str, dict[str, list[str]]] = {}
    for word, kind in sorted(kinds.items()):
        key = word[:_SINGLE] if name == "unspaced" else key_of(word)
        lines.setdefault(key, {}).setdefault(kind, []).append(word)
    return "\n".join(f"{key}\t{_join(words)}" for key, words in sorted(lines.items()))


def _with_bare_words(words: dict[str, list[str]]) -> dict[str, str]:
    """Return the kinds of the words as the table has them, and of what people write without accents."""
    only_accented = {strip_accents(word) for word in words.pop(ACCENTED, ())}
    as_written = {word: kind for kind, several in words.items() for word in several}
    bare = {strip_accents(word): kind for word, kind in as_written.items()}
    return {word: kind for word, kind in bare.items() if word not in only_accented} | as_written


def _join(words: dict[str, list[str]]) -> str:
    return ";".join(f"{kind}:{' '.join(several)}" for kind, several in words.items())


def main() -> None:
    """Write the index."""
    INDEX.write_text(write_index(), encoding="utf-8")


if __name__ == "__main__":
    main()
