"""The table of words: what each word does is shown by an example and a counter-example."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.otp import find_code, kinds
from relay.otp.lexicon import INDEX, look_up
from relay.otp.normalization import normalize, strip_accents
from tests.otp_corpus import measure, read
from tools.words import ACCENTED, SECTIONS, read_section, words_by_kind, write_index

TABLE = {
    kind: row
    for kind, *row in (map(str.strip, line.split("|")) for line in read_section("kinds").splitlines())
}


def words(section: str) -> Iterator[tuple[str, str]]:
    for kind, several in words_by_kind(read_section(section)).items():
        yield from ((kind, word) for word in several)


def in_a_text(word: str) -> str:
    """Return what a text has where a word of the table matches."""
    word = word.replace("_", " ").removesuffix("*")
    return word[1:3] + word[1:] if word.startswith("*") else word


@pytest.mark.parametrize("section", SECTIONS)
def test_each_word_does_what_the_example_of_its_kind_says(section: str) -> None:
    wrong = []
    for kind, word in words(section):
        if kind == ACCENTED:
            continue
        _, _, *examples = TABLE[kind]
        for example in examples:
            text, answer = example.replace("~", in_a_text(word)).split(" => ")
            if (find_code(text) or "-") != answer:
                wrong.append((kind, word, text))
    assert not wrong


def test_an_example_fails_for_a_word_that_is_not_in_the_table() -> None:
    """A kind whose example holds for any word would prove nothing of its words; `none` hides other words."""
    for kind, (_, _, *examples) in TABLE.items():
        if kind == "none":
            continue
        answers = [example.replace("~", "xyzzy").split(" => ") for example in examples]
        assert any((find_code(text) or "-") != answer for text, answer in answers), kind


def test_a_word_without_its_accents_does_the_same_unless_it_is_listed_as_accented() -> None:
    listed = {word for kind, word in words("latin") if kind == ACCENTED}
    whole = {word for _, word in words("latin")}
    assert len(listed) > 5
    for kind, word in words("latin"):
        bare = strip_accents(word)
        if bare not in whole and not set(word) & set("*_") and kind != ACCENTED:
            assert (look_up(bare)[0] == kind) != (word in listed), word


def test_no_word_without_its_accents_is_a_word_of_another_kind() -> None:
    listed = {strip_accents(word) for kind, word in words("latin") if kind == ACCENTED}
    for section in SECTIONS:
        kinds_of: dict[str, set[str]] = {}
        for kind, word in words(section):
            if kind != ACCENTED:
                kinds_of.setdefault(strip_accents(word), set()).add(kind)
        clashes = {word: found for word, found in kinds_of.items() if len(found) > 1 and word not in listed}
        assert not clashes


def test_the_table_describes_every_kind_that_the_finder_knows() -> None:
    inner = {kinds.WARNED, kinds.SENTENCE, kinds.LINE}
    known = {value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)}
    assert set(TABLE) == (known - inner) | {"none"}
    assert {kind for section in SECTIONS for kind, _ in words(section)} == set(TABLE) | {ACCENTED}


@pytest.mark.parametrize("section", SECTIONS)
def test_words_are_listed_in_the_form_and_under_the_script_in_which_they_are_looked_up(section: str) -> None:
    for _, word in words(section):
        assert normalize(word) == word == word.lower(), word
        assert word.count("_") <= 1, word
        assert word.count("*") == (word.startswith("*") or word.endswith("*")), word
        assert not ("*" in word and "_" in word), word
        is_latin = strip_accents(word).strip("*") < "\u0370"
        assert (section == "latin") == is_latin or (section == "unspaced" and word.isascii()), word
        assert section != "unspaced" or not set(word) & set("*_"), word


@pytest.mark.parametrize("section", SECTIONS)
def test_a_word_has_one_kind(section: str) -> None:
    kind_of: dict[str, str] = {}
    for kind, word in words(section):
        if kind != ACCENTED:
            assert kind_of.setdefault(word, kind) == kind, word


def test_lines_fit_on_a_screen_and_name_a_language() -> None:
    for section in SECTIONS:
        for line in read_section(section).splitlines():
            language, kind, *several = line.split()
            assert len(line) <= 110, line
            assert language.split("-")[0].islower(), line
            assert 2 <= len(language.split("-")[0]) <= 3, line
            assert several, (kind, line)


def test_a_text_loads_no_words_of_other_scripts() -> None:
    script = (
        "import relay.otp; relay.otp.find_code('Ihr Code für M\u00fcller: 481516');"
        "from relay.otp import lexicon, unspaced;"
        "print(lexicon.latin.cache_info().currsize, lexicon.other_scripts.cache_info().currsize,"
        "      unspaced._words.cache_info().currsize)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == ["1", "0", "0"]


def test_the_index_is_that_of_the_table() -> None:
    assert INDEX.read_text(encoding="utf-8") == write_index(), "words.txt has changed: make words"


def test_words_that_begin_alike_are_read_once_a_text_has_one() -> None:
    script = (
        "import relay.otp; relay.otp.find_code('Code 481516');"
        "from relay.otp import lexicon;"
        "print(*lexicon.latin())"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert set(loaded.stdout.split()) == {"*", "co", *".!?;"}


def test_the_index_is_uploaded(root: Path) -> None:
    """Everything below `relay/` is; see also the test that compares the list with what is imported."""
    lines = (root / ".gcloudignore").read_text(encoding="utf-8").splitlines()
    assert "!/relay/" in lines
    assert (root / "relay" / "otp" / "words.index").samefile(INDEX)
    assert not any(line.endswith(".index") for line in lines)


def test_messages_of_each_kind_that_was_once_missed() -> None:
    cases = read("kinds")
    wrong = [(case, find_code(case.text)) for case in cases if find_code(case.text) != case.code]
    assert not wrong
    assert measure(cases).codes > 150
