"""Which of many configured senders or recipients matches a number or name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from relay.names.numbers import Numbers, is_number, normalize_party, tail
from relay.names.patterns import Patterns


class Parties:
    """Configured entries in normalized form: names, numbers, and patterns with `*`."""

    def __init__(self, entries: Iterable[str], numbers: Numbers) -> None:
        self._numbers = numbers
        parties = dict.fromkeys(map(normalize_party, entries))
        patterns = [each for each in parties if "*" in each]
        exact = [each for each in parties if "*" not in each]
        self._exact = frozenset(exact)
        self._by_tail = _group_by_tail(exact)
        self._patterns = Patterns(patterns)
        self._has_number_patterns = any(is_number(each.replace("*", "")) for each in patterns)

    def matching(self, value: str) -> list[str]:
        """Return the entries that match: the same one, the same number, then patterns in their order."""
        party = normalize_party(value)
        found = [party] if party in self._exact else []
        found += self._same_numbers(party)
        return found + self._patterns.matching(party) + self._international_patterns(party)

    def duplicates(self) -> Iterator[tuple[str, str]]:
        """Yield each pair of entries that are the same number."""
        for similar in self._by_tail.values():
            for one, other in combinations(similar, 2):
                if self._numbers.is_defined_twice(one, other):
                    yield one, other

    def _same_numbers(self, party: str) -> list[str]:
        similar = self._by_tail.get(tail(party) or "", ())
        return [each for each in similar if each != party and self._numbers.is_same(each, party)]

    def _international_patterns(self, party: str) -> list[str]:
        """Return the patterns that match the international form of a number."""
        if not self._has_number_patterns or party.startswith("+") or tail(party) is None:
            return []
        number = self._numbers.to_international(party)
        return self._patterns.matching(number) if number else []


def _group_by_tail(parties: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for each in parties:
        end = tail(each)
        if end:
            groups[end].append(each)
    return groups
