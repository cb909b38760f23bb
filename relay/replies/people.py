"""Who and what an answer is about, in the names of the configuration."""

from collections.abc import Iterator

from relay.config import Config
from relay.lines import clean_line
from relay.names import Names
from relay.replies.numbers import answerable, dialled
from relay.replies.store import Answerable


class People:
    """Names numbers, phones and SIM cards.

    Raises:
        ConfigurationError: two contacts have the same number.
    """

    def __init__(self, config: Config) -> None:
        self._names = Names(config)
        self._region = config.settings.region
        self._devices = config.routing.devices
        self._phones = config.routing.phones

    def number(self, party: str) -> str:
        """Return the number of somebody who has written.

        Raises:
            NotAnswerable: no SMS may go there.
        """
        return answerable(party, self._region)

    def new_number(self, written: str) -> str:
        """Return a number that a person has written.

        Raises:
            NotAnswerable: no SMS may go there.
        """
        return dialled(written, self._region)

    def phones(self) -> tuple[str, ...]:
        """Return the names of the phones."""
        return tuple(self._devices)

    def devices(self, device: str) -> tuple[str, ...]:
        """Return the ids of the phone that has this id or name, that id being the first."""
        name = device if device in self._devices else self._phones.get(device)
        ids = self._devices[name].ids if name else ()
        return tuple(dict.fromkeys((*([device] if device and device != name else []), *ids)))

    def heading(self, number: str, answerable: Answerable) -> str:
        """Return to whom an SMS goes, and from which phone and SIM card."""
        return ", from ".join(filter(None, (f"To {self._who(number)}", ", ".join(self._origin(answerable)))))

    def _who(self, number: str) -> str:
        """Return a number with the name of its contact; it is always shown, as a name can be anybody's."""
        name = self._names.contact_name(number)
        return f"{clean_line(name)} ({number})" if name else number

    def _origin(self, answerable: Answerable) -> Iterator[str]:
        phone = self._phones.get(answerable.device) or (
            answerable.device if answerable.device in self._devices else None
        )
        if phone:
            yield phone
        if answerable.sim is not None:
            name = self._devices[phone].sims.get(answerable.sim) if phone else None
            yield f"SIM {answerable.sim}" + (f" ({name})" if name else "")
