"""The people of `[contacts]`."""

from collections.abc import Iterator, Mapping

from relay.config import ConfigurationError
from relay.names.numbers import Numbers, folded
from relay.names.parties import Parties


class Contacts:
    """Names by number, sender or pattern.

    Raises:
        ConfigurationError: two entries are one number.
    """

    def __init__(self, names: Mapping[str, str], region: str | None) -> None:
        self._names = {folded(number): name for number, name in names.items()}
        self._parties = Parties(names, Numbers(region))
        for one, other in _twins(names, self._parties):
            raise ConfigurationError(f"contacts: entries {one} and {other} are one number; keep one of them")

    def name(self, value: str) -> str | None:
        """Return the name of the contact that this number or sender is."""
        entries = self._parties.matching(value)
        return self._names[entries[0]] if entries else None


def _twins(numbers: Mapping[str, str], parties: Parties) -> Iterator[tuple[int, int]]:
    """Yield the places, counted from 1, of entries that are one number: the log must not name it."""
    places: dict[str, int] = {}
    for place, form in enumerate(map(folded, numbers), start=1):
        if form in places:
            yield places[form], place
        places[form] = place
    for one, other in parties.twins():
        yield places[one], places[other]
