"""A canary with all that follows from its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from relay.config import Config
from relay.config.canary import Canary, phone_of
from relay.config.routes import Device
from relay.keys import stored_name
from relay.watch.naming import Naming

_DIGITS = 24
"""Hex digits that tell the notes of canaries apart."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A canary. `key` names its note; it is another one where the phone, the card or the number is.

    `ids` are the sending phone's. `receiver` is the name of the phone that has the number, empty if that is
    not known, and `who` the same with its SIM card. `sender_key` and `receiver_key` are the keys by which the
    watch knows the phones; where the receiver is not known, it is the sender's. `other_sims` are those
    SIM cards of the receiver that have another number.
    """

    canary: Canary
    key: str
    ids: tuple[str, ...] = field(repr=False)
    receiver: str
    who: str
    sender_key: str
    receiver_key: str
    other_sims: frozenset[int] = frozenset()

    def is_received_by(self, phone: str | None, sim: int | None) -> bool:
        """Return whether an SMS that a phone has received may have been sent to this number."""
        return self.receiver in ("", phone) and sim not in self.other_sims

    @property
    def is_to_itself(self) -> bool:
        """Whether the phone that sends it is the one that gets it."""
        return self.receiver == self.canary.device


def build_loops(config: Config, naming: Naming) -> tuple[Loop, ...]:
    """Return all canaries of a configuration, in their order."""
    devices, secret = config.routing.devices, config.settings.ledger_secret
    return tuple(_build(each, devices, naming, secret) for each in config.canaries)


def _build(canary: Canary, devices: Mapping[str, Device], naming: Naming, secret: bytes | None) -> Loop:
    receiver = phone_of(canary.to, devices)
    sender = devices[canary.device]
    name = f"canary {canary.device} {canary.sim} {canary.to}"
    return Loop(
        canary,
        stored_name(name, secret)[:_DIGITS],
        sender.ids,
        receiver,
        _who(canary.to, receiver, devices[receiver]) if receiver else "",
        naming.know(sender.ids[0]).key,
        naming.know(devices[receiver or canary.device].ids[0]).key,
        _others(canary.to, devices[receiver]) if receiver else frozenset(),
    )


def _others(number: str, device: Device) -> frozenset[int]:
    return frozenset(sim for sim, each in device.numbers.items() if each != number)


def _who(number: str, name: str, device: Device) -> str:
    """Return the name of a phone, with that of its SIM card if it has several."""
    sim = next(sim for sim, each in device.numbers.items() if each == number)
    has_several = len({*device.numbers, *device.sims}) > 1
    return f"{name} ({device.sims.get(sim, f'SIM {sim}')})" if has_several else name
