# ruff: noqa: T201 - the figures are why this is run
"""The messages by which the finder of codes is judged, and its figures: `python -m tests.otp_corpus`.

`--sealed` looks at the figures of the sealed messages; each use is written down in tests/corpus/README.md.
"""

import hashlib
import math
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from relay.otp import find_code

CORPUS = Path(__file__).parent / "corpus"
_LANGUAGES = {
    "zh-CN": "zh-Hans",
    "zh-TW": "zh-Hant",
    "nb": "no",
    "tl": "fil",
    "pt-BR": "pt",
    "pt-PT": "pt",
} | {f"en-{country}": "en" for country in ("IN", "NG", "SG")}
"""Names of languages that another writer calls otherwise."""
OWN_PARTS = ("first", "second", "third", "fourth", "fifth")
"""Folders by the same hand as the finder."""
OPEN_PARTS = ("independent", "open-verbs", "open-banks")
"""Folders by other hands of which every message may be looked at, by now."""
SEALED_PART = "independent-2026"
"""The folder of which half the messages are sealed."""
_CERTAINTY = 1.96
"""Standard deviations of an interval that holds the true share in 95 of 100 cases."""


class Case(NamedTuple):
    language: str
    code: str | None
    sender: str
    text: str
    kind: str = ""
    service: str = ""


class Share(NamedTuple):
    """How many of how many, with the interval after Wilson (1927), which holds near 0 and 1, too."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else 1.0

    def interval(self) -> tuple[float, float]:
        if not self.whole:
            return 0.0, 1.0
        squared = _CERTAINTY**2 / self.whole
        middle = self.value + squared / 2
        spread = math.sqrt(squared * self.value * (1 - self.value) + squared**2 / 4)
        return (middle - spread) / (1 + squared), (middle + spread) / (1 + squared)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.value:.3f} ({low:.3f}-{high:.3f})"


class Figures(NamedTuple):
    """What the finder did: a wrong code is a wrong answer as well as a code that was not found."""

    codes: int
    others: int
    right: int
    another_number: int
    false_alarms: int

    @property
    def precision(self) -> Share:
        return Share(self.right, self.right + self.another_number + self.false_alarms)

    @property
    def recall(self) -> Share:
        return Share(self.right, self.codes)

    def __str__(self) -> str:
        return f"| {self.codes} | {self.others} | {self.precision} | {self.recall} |"


def read(part: str) -> list[Case]:
    """Return the messages of a folder in the order of its files."""
    return [case for path in sorted((CORPUS / part).glob("*.txt")) for case in _read(path)]


def _read(path: Path) -> Iterator[Case]:
    headings = {"#": path.stem, "##": "", "###": ""}
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, _, heading = line.partition(" ")
        if mark in headings:
            headings[mark] = heading
        elif line:
            label, sender, text = line.split("|", 2)
            language, kind, service = headings.values()
            yield Case(
                language=_LANGUAGES.get(language, language),
                code=None if label == "-" else as_typed(label),
                sender=sender,
                text=text.replace("\\n", "\n"),
                kind=kind,
                service=service.strip("-"),
            )


def as_typed(code: str) -> str:
    """Return a code as the documentation promises it: ASCII digits, no spaces, no hyphens."""
    return "".join(str(unicodedata.decimal(each, each)) for each in code if each not in " -")


def is_held_out(case: Case) -> bool:
    """Return whether the messages of a half may not be looked at while the finder is tuned."""
    return hashlib.sha256(case.text.encode()).digest()[0] % 2 == 1


def measure(cases: Iterable[Case]) -> Figures:
    """Compare the finder's answers with the codes."""
    found = [(case.code, find_code(case.text, case.sender)) for case in cases]
    wrong = [code for code, answer in found if answer is not None and answer != code]
    return Figures(
        codes=sum(code is not None for code, _ in found),
        others=sum(code is None for code, _ in found),
        right=sum(code == answer for code, answer in found if code),
        another_number=len(wrong) - wrong.count(None),
        false_alarms=wrong.count(None),
    )


def measure_by(cases: Sequence[Case], key: Callable[[Case], str]) -> dict[str, Figures]:
    """Return the figures of each group, such as each language."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    return {name: measure(group) for name, group in sorted(groups.items()) if name}


def print_figures(cases: Sequence[Case]) -> None:
    """Print the figures of messages: all, those of well-known services, by language and by kind."""
    figures = measure(cases)
    print(f"| all {figures} {figures.another_number} another number, {figures.false_alarms} false alarms")
    print(f"| services {measure(case for case in cases if case.service)}")
    for key in (attrgetter("language"), attrgetter("kind")):
        for name, each in measure_by(cases, key).items():
            print(f"| {name} {each}")


def main() -> None:
    """Print the figures of each folder, and of one half of the newest independent messages."""
    is_sealed = "--sealed" in sys.argv
    for part in (*OWN_PARTS, *OPEN_PARTS):
        print(f"| {part} {measure(read(part))}")
    print_figures([case for case in read(SEALED_PART) if is_held_out(case) == is_sealed])


if __name__ == "__main__":
    main()
