"""By which names people know numbers, phones and SIM cards."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relay.config import Config
from relay.events import Event
from relay.lines import clean_line

if TYPE_CHECKING:
    from relay.names.contacts import Contacts

_ID_SHOWN = 40


class Names:
    """The names of a configuration, looked up.

    Raises:
        ConfigurationError: two contacts are one number.
    """

    def __init__(self, config: Config) -> None:
        self._contacts = _looked_up(config) if config.routing.contacts else None
        self._devices = config.routing.devices
        self._phones = config.routing.phones

    def contact(self, value: str) -> str | None:
        """Return the name of the contact that this number or sender is."""
        return self._contacts.name(value) if self._contacts else None

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
            yield "Phone", phone or clean_line(event.device_id, _ID_SHOWN)
        if sim and ((event.payload.sim or 0) > 1 or (phone and len(self._devices[phone].sims) > 1)):
            yield "SIM", sim


def _looked_up(config: Config) -> "Contacts":
    from relay.names.contacts import Contacts  # noqa: PLC0415  (2 ms, only for who has contacts)

    return Contacts(config.routing.contacts, config.settings.region)
