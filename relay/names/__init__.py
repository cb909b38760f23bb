"""The names that the configuration gives to numbers, phones and SIM cards."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relay.config import Config
from relay.events import Event
from relay.lines import clean_line

if TYPE_CHECKING:
    from relay.names.contacts import Contacts

_LONGEST_ID = 40


class Names:
    """Looks up the names in a configuration.

    Raises:
        ConfigurationError: two contacts have the same number.
    """

    def __init__(self, config: Config) -> None:
        self._contacts = _load_contacts(config) if config.routing.contacts else None
        self._devices = config.routing.devices
        self._phones = config.routing.phones

    def contact_name(self, party: str) -> str | None:
        """Return the name of the contact with this number or sender name."""
        return self._contacts.name(party) if self._contacts else None

    def phone_name(self, event: Event) -> str | None:
        """Return the name of the phone that sent an event."""
        return self._phones.get(event.device_id)

    def sim_name(self, event: Event) -> str | None:
        """Return the name of the event's SIM card, else its number; None if the event has none."""
        number = event.payload.sim
        return None if number is None else self.sim_card_name(event, number) or str(number)

    def sim_card_name(self, event: Event, number: int) -> str | None:
        """Return the name of the SIM card with this number in the phone that sent an event."""
        phone = self.phone_name(event)
        return self._devices[phone].sims.get(number) if phone else None

    def origin_fields(self, event: Event) -> Iterator[tuple[str, str]]:
        """Yield the phone and the SIM card as fields, each only if there are several."""
        phone, sim = self.phone_name(event), self.sim_name(event)
        if event.device_id and (len(self._devices) > 1 or (self._devices and not phone)):
            yield "Phone", phone or clean_line(event.device_id, _LONGEST_ID)
        if sim and ((event.payload.sim or 0) > 1 or (phone and len(self._devices[phone].sims) > 1)):
            yield "SIM", sim


def _load_contacts(config: Config) -> "Contacts":
    from relay.names.contacts import Contacts  # noqa: PLC0415  (2 ms, only needed if there are contacts)

    return Contacts(config.routing.contacts, config.settings.region)
