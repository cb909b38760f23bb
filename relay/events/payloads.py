"""One model per event type, and one for types that are not known yet; nothing in them is required."""

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from relay.events.fields import Count, Label, Moment, Sim, Text, decoded, label

MOST = 1000
"""Pieces of one list that are read: millions fit into a body, and would hold up every other request."""


class Part(BaseModel):
    """A piece of what the phone says. It shows no content when printed, and is built at first use."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True, hide_input_in_errors=True)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return []


PartT = TypeVar("PartT", bound=Part)


def _each(part: type[PartT]) -> Callable[[object], tuple[PartT, ...]]:
    """Take a list, of which `MOST` pieces are read; what is no object in it is an empty piece."""

    def listed(value: object) -> tuple[PartT, ...]:
        items = value[:MOST] if isinstance(value, list) else []
        return tuple(part.model_validate(each if isinstance(each, dict) else {}) for each in items)

    return listed


class Attached(Part):
    """A file of an MMS; `data` is base64, None in a notice or if the phone sent none. `size` is bytes."""

    name: Label = None
    content_type: Label = Field(None, alias="contentType")
    size: Count = None
    data: Text = None

    @cached_property
    def content(self) -> bytes | None:
        """The file, decoded at first use; None if it is missing or broken."""
        return decoded(self.data)


class SimCard(Part):
    """One SIM of the phone, as it tells at its start."""

    sim: Sim = Field(None, alias="simNumber")
    slot: Count = Field(None, alias="slotIndex")
    number: Label = Field(None, alias="phoneNumber")
    carrier: Label = Field(None, alias="carrierName")
    iccid: Label = None


class Check(Part):
    """One finding of the phone about itself; `status` is pass, warn or fail."""

    status: Label = None
    description: Label = None
    value: Text = Field(None, alias="observedValue")
    unit: Label = Field(None, alias="observedUnit")


def _checks(value: object) -> dict[str, Check]:
    items = islice(value.items() if isinstance(value, dict) else (), MOST)
    return {name: Check.model_validate(each if isinstance(each, dict) else {}) for name, each in items}


class Health(Part):
    """What the phone finds about itself, by name: `battery:level`, `messages:failed`."""

    status: Label = None
    version: Label = None
    checks: Annotated[Mapping[str, Check], BeforeValidator(_checks)] = {}


def _health(value: object) -> Health:
    return Health.model_validate(value if isinstance(value, dict) else {})


class Payload(Part):
    """What any event may say; a type's own model adds to it. Unknown fields are kept in `model_extra`."""

    older: ClassVar[str | None] = None
    """The field that `phoneNumber` stands for: older apps send only that."""

    sender: Label = None
    recipient: Label = None
    sim: Sim = Field(None, alias="simNumber")
    text: Text = Field(None, validation_alias=AliasChoices("message", "body"))
    subject: Label = None
    data: Text = None
    """Base64; see `decoded`."""
    attachments: Annotated[tuple[Attached, ...], BeforeValidator(_each(Attached))] = ()
    reason: Label = None
    message_id: Label = Field(None, alias="messageId")
    """Not unique: no key."""
    moment: Moment = Field(
        None,
        validation_alias=AliasChoices("receivedAt", "sentAt", "deliveredAt", "failedAt", "cancelledAt"),
    )
    """When it happened, by the phone's clock; always aware."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_older_name(cls, given: dict[str, Any]) -> dict[str, Any]:
        if cls.older is None or label(given.get(cls.older)):
            return given
        return {**given, cls.older: given.get("phoneNumber")}


class Inbound(Payload):
    """Something the phone received."""

    older = "sender"


class Outbound(Payload):
    """What became of something that the phone sent, for one recipient."""

    older = "recipient"


class SmsReceived(Inbound):
    """`sms:received`."""


class SmsDataReceived(Inbound):
    """`sms:data-received`: bytes instead of text."""


class MmsReceived(Inbound):
    """`mms:received`: only the notice; the message comes as `mms:downloaded`. `size` is bytes."""

    size: Count = None
    content_class: Label = Field(None, alias="contentClass")
    transaction_id: Label = Field(None, alias="transactionId")


class MmsDownloaded(Inbound):
    """`mms:downloaded`. `size` is bytes."""

    size: Count = None


class SmsSent(Outbound):
    """`sms:sent`; a long message has several `parts`."""

    parts: Count = Field(None, alias="partsCount")


class SmsDelivered(Outbound):
    """`sms:delivered`: once per part of a long message."""


class SmsFailed(Outbound):
    """`sms:failed`, with the `reason`."""


class SmsCancelled(Outbound):
    """`sms:cancelled`."""


class SystemPing(Payload):
    """`system:ping`: a sign of life."""

    health: Annotated[Health, BeforeValidator(_health)] = Field(default_factory=lambda: _health(None))


class AppStarted(Payload):
    """`app:started`, with the SIM cards in the phone."""

    sim_cards: Annotated[tuple[SimCard, ...], BeforeValidator(_each(SimCard))] = Field((), alias="simCards")


class Unknown(Payload):
    """A type that came after this was written."""

    text: Text = Field(None, validation_alias=AliasChoices("message", "body", "text"))


TYPES: Mapping[str, type[Payload]] = {
    "sms:received": SmsReceived,
    "sms:data-received": SmsDataReceived,
    "mms:received": MmsReceived,
    "mms:downloaded": MmsDownloaded,
    "sms:sent": SmsSent,
    "sms:delivered": SmsDelivered,
    "sms:failed": SmsFailed,
    "sms:cancelled": SmsCancelled,
    "system:ping": SystemPing,
    "app:started": AppStarted,
}
