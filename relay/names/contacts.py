"""The entries of `[contacts]`."""

from collections.abc import Iterator, Mapping

from relay.config import ConfigurationError
from relay.names.numbers import Numbers, normalize_party
from relay.names.parties import Parties


class Contacts:
    """Names by number, sender name or pattern.

    Raises:
        ConfigurationError: two entries are the same number, and their names differ.
    """

    def __init__(self, names: Mapping[str, str], region: str | None) -> None:
        self._names = {normalize_party(number): name for number, name in names.items()}
        self._parties = Parties(names, Numbers(region))
        given = ("", *names.values())
        for one, other in _duplicates(names, self._parties):
            if given[one] != given[other]:
                raise ConfigurationError(
                    f"contacts: entries {one} and {other} are the same number; keep one of them"
                )

    def name(self, party: str) -> str | None:
        """Return the name of the contact with this number or sender name."""
        entries = self._parties.matching(party)
        return self._names[entries[0]] if entries else None


def _duplicates(numbers: Mapping[str, str], parties: Parties) -> Iterator[tuple[int, int]]:
    """Yield the positions, from 1, of entries that are the same number: the log must not show the number."""
    positions: dict[str, int] = {}
    for position, entry in enumerate(map(normalize_party, numbers), start=1):
        if entry in positions:
            yield positions[entry], position
        positions[entry] = position
    for one, other in parties.duplicates():
        yield positions[one], positions[other]
