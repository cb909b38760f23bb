import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.events import INBOUND, parse
from relay.keys import _digest, event_key, stored_name

SMS: dict[str, Any] = {
    "sender": "6505551212",
    "recipient": "+12025550143",
    "simNumber": 1,
    "message": "Your parcel is at the door",
    "receivedAt": "2026-06-22T15:46:11.000+07:00",
}
PHONE = {"id-local": "mine", "id-cloud": "mine"}


def body(event: str, payload: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps(
        {"event": event, "id": "a1", "deviceId": "id-local", "payload": payload} | fields
    ).encode()


def key(event: str, payload: dict[str, Any], *, by_id: bool = False, **fields: Any) -> str:
    raw = body(event, payload, **fields)
    return event_key(parse(raw), raw, by_id=by_id, devices=PHONE, secret=None)


def without(payload: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in payload.items() if name not in names}


@pytest.mark.parametrize("event", sorted(INBOUND))
def test_one_message_emitted_twice_is_one_event(event: str) -> None:
    first = key(event, SMS)
    second = key(event, SMS | {"messageId": "other"}, id="b2", deviceId="id-cloud", webhookId="w2")

    assert first == second


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "6505551213"},
        {"recipient": "+12025550144"},
        {"simNumber": 2},
        {"simNumber": None},
        {"message": "Your parcel is at the door."},
        {"message": ""},
        {"data": "YWJj"},
        {"subject": "x"},
        {"attachments": [{}]},
        {"receivedAt": "2026-06-22T15:46:12.000+07:00"},
    ],
)
def test_whatever_tells_two_messages_apart_makes_two_events(change: dict[str, Any]) -> None:
    assert key("sms:received", SMS) != key("sms:received", SMS | change)


def test_the_type_makes_two_events() -> None:
    assert key("mms:received", SMS) != key("mms:downloaded", SMS)


@pytest.mark.parametrize("received", ["2026-06-22T15:46:11.999+07:00", "2026-06-22T08:46:11Z"])
def test_the_same_second_in_another_form_is_one_event(received: str) -> None:
    assert key("sms:received", SMS) == key("sms:received", SMS | {"receivedAt": received})


def test_both_generations_of_names_are_one_event() -> None:
    older = without(SMS, "sender") | {"phoneNumber": SMS["sender"]}

    assert key("sms:received", SMS) == key("sms:received", older)


def test_without_a_recipient_the_phone_stands_for_it() -> None:
    sms = without(SMS, "recipient")
    phone = key("sms:received", sms)

    assert phone == key("sms:received", sms, id="b2", deviceId="id-cloud")
    assert phone != key("sms:received", sms, id="b2", deviceId="another")
    assert phone != key("sms:received", sms | {"recipient": "mine"})


def test_pictures_tell_two_mms_apart() -> None:
    mms = without(SMS, "message")
    one, two = ({"attachments": [{"name": "a.png", "data": data}]} for data in ("YWJj", "YWJk"))

    assert key("mms:downloaded", mms | one) == key("mms:downloaded", mms | one, id="b2")
    assert key("mms:downloaded", mms | one) != key("mms:downloaded", mms | two)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("sms:received", without(SMS, "receivedAt")),
        ("sms:received", SMS | {"receivedAt": "yesterday"}),
        ("sms:received", without(SMS, "message")),
        ("sms:received", SMS | {"message": ["malformed"]}),
        ("sms:delivered", {"messageId": "m1", "recipient": "+1202", "deliveredAt": SMS["receivedAt"]}),
        ("sms:sent", {"messageId": "m1", "recipient": "+1202", "sentAt": SMS["receivedAt"]}),
        ("system:ping", {}),
        ("call:missed", SMS),
    ],
)
def test_anything_else_is_known_by_its_id(event: str, payload: dict[str, Any]) -> None:
    assert key(event, payload) == key(event, payload | {"more": 1}, deviceId="another")
    assert key(event, payload) != key(event, payload, id="b2")


@pytest.mark.parametrize("absent", [None, "", 5])
def test_without_an_id_it_is_known_by_its_body(absent: object) -> None:
    assert key("system:ping", {}, id=absent) == key("system:ping", {}, id=absent)
    assert key("system:ping", {}, id=absent) != key("system:ping", {"more": 1}, id=absent)


def test_a_deployment_may_go_by_ids_alone() -> None:
    assert key("sms:received", SMS, by_id=True) != key("sms:received", SMS, by_id=True, id="b2")
    assert key("sms:received", SMS, by_id=True) == key("sms:received", SMS | {"message": "x"}, by_id=True)


def test_a_name_is_safe_everywhere_and_needs_the_secret() -> None:
    raw = body("sms:received", SMS)
    names = {event_key(parse(raw), raw, by_id=False, devices={}, secret=each) for each in (None, b"a", b"b")}

    assert len(names) == 3
    assert all(len(name) == 64 and set(name) <= set("0123456789abcdef") for name in names)


def test_stored_names_are_apart_from_keys() -> None:
    assert stored_name("telegram", b"a") == stored_name("telegram", b"a")
    assert stored_name("telegram", b"a") != stored_name("telegram", None)
    assert stored_name("a1", None) != key("system:ping", {})


FIELDS = st.lists(st.none() | st.text(alphabet="0-:a\0é", max_size=3), max_size=4)


@given(FIELDS, FIELDS)
def test_fields_do_not_run_into_each_other(one: list[str | None], two: list[str | None]) -> None:
    assert (_digest(None, *one) == _digest(None, *two)) == (one == two)
