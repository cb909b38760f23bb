"""Messages as forwarders get them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Message
from relay.config import Config
from relay.events import CALLS, INBOUND, TYPES, parse
from relay.events.payloads import SmsReceived
from relay.model import DeliverySpec, Visibility
from relay.rendering import Renderer
from tests.configured import NOBODY, NOON, SEEN, configured, event
from tests.rendering.rendered import NAMES, PNG, RELAY, render

LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(LEAF, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=20)
FILE = {"name": "a.png", "data": PNG}
CODE = event(sender="MyBank", message="Your MyBank code is 481516", attachments=[FILE])
RENDERER = Renderer(configured(NAMES))
FIELDS = (
    *SmsReceived.model_fields,
    "sender",
    "recipient",
    "simNumber",
    "message",
    "body",
    "simCards",
    "health",
    "receivedAt",
)


def test_a_message_carries_what_a_forwarder_needs() -> None:
    incoming = event(sender="Mum", message="Your MyBank code is 481516")

    message = render(incoming, DeliverySpec("family", silent=True), notes=("for work, which is down",))

    assert message.key == "the-key"
    assert message.type == "sms:received"
    assert message.silent
    assert message.code == "481516"
    assert message.notes == ("for work, which is down",)
    assert message.event == incoming.raw


def test_an_mms_notice_is_silent_and_short() -> None:
    message = render(
        event("mms:received", sender="Mum", attachments=[{"name": "a.jpg", "contentType": "image/jpeg"}])
    )

    assert message.silent
    assert (message.text, message.attachments, message.notes) == ("", (), ())


def test_an_empty_mms_says_so() -> None:
    empty = event("mms:downloaded", sender="unknown")

    assert (render(empty).title, render(empty).notes) == ("MMS from an unknown sender", ("It came empty",))
    assert render(event("mms:downloaded", subject="Photo")).notes == ()
    assert render(event("mms:downloaded", body="hello")).notes == ()


@pytest.mark.parametrize("text", [None, "", " ", "\n\t", "\u200b", "\u2060\ufeff \u202e", "\u3164"])
def test_an_empty_sms_says_so(text: str | None) -> None:
    assert render(event("sms:received", message=text)).notes == ("It came empty",)
    assert render(event("sms:data-received", message=text)).notes == ("It came empty",)


@pytest.mark.parametrize("text", [".", "0", "👍", "\u0301", "\u2800"])
def test_a_short_sms_is_not_empty(text: str) -> None:
    assert render(event("sms:received", message=text)).notes == ()


def test_what_is_no_message_is_not_empty() -> None:
    for event_type in ("mms:received", "sms:sent", "system:ping", "call:ringing", "x:y"):
        assert render(event(event_type)).notes == ()


def test_an_empty_data_sms_says_so() -> None:
    assert render(event("sms:data-received", data="")).notes == ("It came empty",)
    assert render(event("sms:data-received", data="AQ==")).notes == ()


@pytest.mark.parametrize("event_type", CALLS)
def test_a_call_is_part_of_the_conversation_with_the_caller(event_type: str) -> None:
    config = configured(NAMES, relay=RELAY)

    call = render(event(event_type, phoneNumber="+16505551212"), config=config)

    assert call.thread == render(event(sender="6505551212"), config=config).thread != ""
    assert render(event(event_type, phoneNumber="-2"), config=config).thread == ""


def test_only_received_messages_have_a_code() -> None:
    assert render(event("sms:sent", message="Your MyBank code is 481516")).code is None


def test_a_thread_is_one_conversation_of_one_phone() -> None:
    config = configured(NAMES, relay=RELAY)

    def thread(event_type: str, **fields: object) -> str:
        return render(event(event_type, **fields), config=config).thread  # type: ignore[arg-type]  # any fields

    received = thread("sms:received", sender="6505551212")
    assert received == thread("sms:sent", recipient="+16505551212") != ""
    assert received == thread("mms:downloaded", sender="+1 650 555 1212", simNumber=2)
    assert received != thread("sms:received", sender="+16505551213")
    assert received != thread("sms:received", sender="6505551212", device="another-phone")
    assert "650" not in received


@pytest.mark.parametrize("placeholder", NOBODY)
@pytest.mark.parametrize("event_type", sorted(INBOUND))
def test_a_placeholder_is_nobody(event_type: str, placeholder: str) -> None:
    config = configured('[contacts]\n"*" = "Anyone"\nunknown = "Somebody"', relay=RELAY)

    message = render(event(event_type, sender=placeholder), config=config)

    assert "from an unknown sender" in message.title
    assert message.thread == ""


def test_a_placeholder_is_no_recipient() -> None:
    assert render(event("sms:failed", recipient="unknown")).title == "⚠️ SMS to an unknown number failed"


def test_a_thread_uses_the_name_of_a_phone_else_its_id() -> None:
    named = configured('[devices.anna]\nids = ["one-id", "another-id"]')

    def threads(config: Config) -> set[str]:
        return {
            render(event(sender="Mum", device=each), config=config).thread
            for each in ("one-id", "another-id")
        }

    assert len(threads(named)) == 1
    assert len(threads(configured())) == 2


def test_a_thread_is_an_hmac_if_there_is_a_secret() -> None:
    plain = render(event(sender="Mum"), config=configured()).thread
    keyed = render(event(sender="Mum"), config=configured(relay=f'ledger_secret = "{"s" * 32}"')).thread

    assert plain != keyed


@pytest.mark.parametrize("content", ["full", "masked", "code", "none"])
@given(st.sampled_from([*TYPES, "x:y"]), JSON)
def test_any_event_can_be_rendered(content: Visibility, event_type: str, anything: object) -> None:
    payload = anything if isinstance(anything, dict) else dict.fromkeys(FIELDS, anything)
    body = json.dumps({"event": event_type, "payload": payload}).encode()

    message = RENDERER.message(
        parse(body), DeliverySpec("family", content=content), key="", first_seen_at=0.0
    )

    strings = [
        message.title,
        message.text,
        *message.notes,
        *(each for pair in message.fields for each in pair),
    ]
    assert message.title
    assert all(len(line.splitlines()) <= 1 for line in strings if line is not message.text)
    assert not any(each in "".join(strings) for each in ("\0", "\ud800", "\udfff"))


def test_rendering_is_pure() -> None:
    renderer = Renderer(configured(NAMES, relay=RELAY))

    def again() -> Message:
        return renderer.message(CODE, DeliverySpec("family"), key="k", first_seen_at=SEEN)

    assert again() == again()
    assert NOON in json.dumps(again().event)
