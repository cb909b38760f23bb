"""One model for each event type, and one for unknown types; none of their fields is required."""

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from relay.events.fields import Count, Label, Moment, Sim, Text, decode_base64, to_label, to_party

MAX_ITEMS = 1000
"""Items of one list that are read: a body can hold millions, which would delay every other request."""


class PhoneModel(BaseModel):
    """A part of an event. It shows no content when printed; its validator is built at first use."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True, hide_input_in_errors=True)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return []


ModelT = TypeVar("ModelT", bound=PhoneModel)


def _list_of(model: type[ModelT]) -> Callable[[object], tuple[ModelT, ...]]:
    """Accept a list, of which `MAX_ITEMS` are read; an item that is not an object counts as empty."""

    def validate(value: object) -> tuple[ModelT, ...]:
        items = value[:MAX_ITEMS] if isinstance(value, list) else []
        return tuple(model.model_validate(each if isinstance(each, dict) else {}) for each in items)

    return validate


class MmsAttachment(PhoneModel):
    """A file of an MMS; `data` is base64, None in a notice or if the phone sent none. `size` is in bytes."""

    name: Label = None
    content_type: Label = Field(None, alias="contentType")
    size: Count = None
    data: Text = None

    @cached_property
    def content(self) -> bytes | None:
        """The file, decoded at first use; None if it is missing or broken."""
        return decode_base64(self.data)


class SimCard(PhoneModel):
    """One SIM card of the phone, as reported when the app starts."""

    sim: Sim = Field(None, alias="simNumber")
    slot: Count = Field(None, alias="slotIndex")
    number: Label = Field(None, alias="phoneNumber")
    carrier: Label = Field(None, alias="carrierName")
    iccid: Label = None


class Check(PhoneModel):
    """The result of one health check; `status` is pass, warn or fail."""

    status: Label = None
    description: Label = None
    value: Text = Field(None, alias="observedValue")
    unit: Label = Field(None, alias="observedUnit")


def _checks(value: object) -> dict[str, Check]:
    items = islice(value.items() if isinstance(value, dict) else (), MAX_ITEMS)
    return {name: Check.model_validate(each if isinstance(each, dict) else {}) for name, each in items}


class Health(PhoneModel):
    """The phone's health checks by name: `battery:level`, `messages:failed`."""

    status: Label = None
    version: Label = None
    checks: Annotated[Mapping[str, Check], BeforeValidator(_checks)] = {}


def _health(value: object) -> Health:
    return Health.model_validate(value if isinstance(value, dict) else {})


class Payload(PhoneModel):
    """The fields that any event may have; the type's own model adds to them. Others are in `model_extra`."""

    legacy_field: ClassVar[str | None] = None
    """The field that older apps send as `phoneNumber`."""

    sender_as_sent: Label = Field(None, alias="sender")
    recipient_as_sent: Label = Field(None, alias="recipient")
    sim: Sim = Field(None, alias="simNumber")
    text: Text = Field(None, validation_alias=AliasChoices("message", "body"))
    subject: Label = None
    data: Text = None
    """Base64; see `decode_base64`."""
    attachments: Annotated[tuple[MmsAttachment, ...], BeforeValidator(_list_of(MmsAttachment))] = ()
    reason: Label = None
    message_id: Label = Field(None, alias="messageId")
    """Not unique, so it cannot identify a message."""
    moment: Moment = Field(
        None,
        validation_alias=AliasChoices("receivedAt", "sentAt", "deliveredAt", "failedAt", "cancelledAt"),
    )
    """When it happened, by the phone's clock; always with a zone."""

    @property
    def sender(self) -> str | None:
        """Who sent it; None if the phone does not know."""
        return to_party(self.sender_as_sent)

    @property
    def recipient(self) -> str | None:
        """To whom it was sent; None if the phone does not know."""
        return to_party(self.recipient_as_sent)

    @model_validator(mode="before")
    @classmethod
    def _fill_from_legacy_field(cls, given: dict[str, Any]) -> dict[str, Any]:
        if cls.legacy_field is None or to_label(given.get(cls.legacy_field)):
            return given
        return {**given, cls.legacy_field: given.get("phoneNumber")}


class Inbound(Payload):
    """Something the phone received."""

    legacy_field = "sender"


class Outbound(Payload):
    """The outcome of a message that the phone sent, for one recipient."""

    legacy_field = "recipient"


class SmsReceived(Inbound):
    """`sms:received`."""


class SmsDataReceived(Inbound):
    """`sms:data-received`: bytes instead of text."""


class MmsReceived(Inbound):
    """`mms:received`: only the notice; the message follows as `mms:downloaded`. `size` is in bytes."""

    size: Count = None
    content_class: Label = Field(None, alias="contentClass")
    transaction_id: Label = Field(None, alias="transactionId")


class MmsDownloaded(Inbound):
    """`mms:downloaded`. `size` is in bytes."""

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
    """`system:ping`: sent at intervals."""

    health: Annotated[Health, BeforeValidator(_health)] = Field(default_factory=lambda: _health(None))


class AppStarted(Payload):
    """`app:started`, with the phone's SIM cards."""

    sim_cards: Annotated[tuple[SimCard, ...], BeforeValidator(_list_of(SimCard))] = Field(
        (), alias="simCards"
    )


class Call(Payload):
    """A call, reported by the companion app CallGate; the sender is the other party, whoever called."""

    legacy_field = "sender"


class CallRinging(Call):
    """`call:ringing`: somebody calls."""


class CallStarted(Call):
    """`call:started`."""


class CallEnded(Call):
    """`call:ended`."""


class Unknown(Payload):
    """A type that is not known."""

    text: Text = Field(None, validation_alias=AliasChoices("message", "body", "text"))


CALLS: Mapping[str, type[Payload]] = {
    "call:ringing": CallRinging,
    "call:started": CallStarted,
    "call:ended": CallEnded,
}
"""The types of events of CallGate; SMS Gateway for Android itself does not have them."""
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
    **CALLS,
}
