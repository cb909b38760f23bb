"""Which of many configured senders or recipients somebody is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from relay.names.numbers import Numbers, folded, is_number, tail
from relay.names.patterns import Patterns


class Parties:
    """Configured entries, known by their folded forms: names and numbers, and patterns with `*`."""

    def __init__(self, entries: Iterable[str], numbers: Numbers) -> None:
        self._numbers = numbers
        forms = dict.fromkeys(folded(each) for each in entries)
        patterns = [each for each in forms if "*" in each]
        exact = [each for each in forms if "*" not in each]
        self._exact = frozenset(exact)
        self._tails = _by_tail(exact)
        self._patterns = Patterns(patterns)
        self._knows_numbers_by_pattern = any(is_number(each.replace("*", "")) for each in patterns)

    def matching(self, value: str) -> list[str]:
        """Return the entries that this is: itself, a number written otherwise, patterns in their order."""
        form = folded(value)
        found = [form] if form in self._exact else []
        found += self._written_otherwise(form)
        return found + self._patterns.matching(form) + self._described_abroad(form)

    def twins(self) -> Iterator[tuple[str, str]]:
        """Yield each number that is there in two ways of writing."""
        for alike in self._tails.values():
            for one, other in combinations(alike, 2):
                if self._numbers.same(one, other):
                    yield one, other

    def _written_otherwise(self, form: str) -> list[str]:
        alike = self._tails.get(tail(form) or "", ())
        return [each for each in alike if each != form and self._numbers.same(each, form)]

    def _described_abroad(self, form: str) -> list[str]:
        """Look up the international form, where a pattern of numbers may mean it."""
        if not self._knows_numbers_by_pattern or form.startswith("+") or tail(form) is None:
            return []
        international = self._numbers.international(form)
        return self._patterns.matching(international) if international else []


def _by_tail(forms: Iterable[str]) -> dict[str, list[str]]:
    tails: dict[str, list[str]] = defaultdict(list)
    for each in forms:
        end = tail(each)
        if end:
            tails[end].append(each)
    return tails
