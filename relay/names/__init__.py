"""By which names people know numbers, phones and SIM cards."""

from collections.abc import Iterator

from relay.config import Config, ConfigurationError
from relay.events import Event
from relay.lines import one_line
from relay.names.numbers import Numbers, folded
from relay.names.parties import Parties

_ID_SHOWN = 40


class Names:
    """The names of a configuration, looked up.

    Raises:
        ConfigurationError: two contacts are one number.
    """

    def __init__(self, config: Config) -> None:
        contacts = config.routing.contacts
        self._names = {folded(number): name for number, name in contacts.items()}
        self._parties = Parties(contacts, Numbers(config.settings.region))
        self._devices = config.routing.devices
        self._phones = config.routing.phones
        for one, other in _twins(list(contacts), self._parties):
            raise ConfigurationError(f"contacts: entries {one} and {other} are one number; keep one of them")

    def contact(self, value: str) -> str | None:
        """Return the name of the contact that this number or sender is."""
        entries = self._parties.matching(value) if self._names else ()
        return self._names[entries[0]] if entries else None

    def phone(self, event: Event) -> str | None:
        """Return the name of the phone that an event comes from."""
        return self._phones.get(event.device_id)

    def sim(self, event: Event) -> str | None:
        """Return the name of the SIM card, else its number; None if the phone does not tell."""
        number = event.payload.sim
        return None if number is None else self.card(event, number) or str(number)

    def card(self, event: Event, number: int) -> str | None:
        """Return the name of one of the phone's SIM cards."""
        phone = self.phone(event)
        return self._devices[phone].sims.get(number) if phone else None

    def where(self, event: Event) -> Iterator[tuple[str, str]]:
        """Yield the phone and the SIM card as fields, each only where there are several."""
        phone, sim = self.phone(event), self.sim(event)
        if event.device_id and (len(self._devices) > 1 or (self._devices and not phone)):
            yield "Phone", phone or one_line(event.device_id, _ID_SHOWN)
        if sim and ((event.payload.sim or 0) > 1 or (phone and len(self._devices[phone].sims) > 1)):
            yield "SIM", sim


def _twins(numbers: list[str], parties: Parties) -> Iterator[tuple[int, int]]:
    """Yield the places, counted from 1, of contacts that are one number."""
    places: dict[str, int] = {}
    for place, form in enumerate(map(folded, numbers), start=1):
        if form in places:
            yield places[form], place
        places[form] = place
    for one, other in parties.twins():
        yield places[one], places[other]
