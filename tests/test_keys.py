import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.events import INBOUND, parse
from relay.keys import _digest, event_key, identify, stored_name
from relay.ledger.identity import Identity

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


def identity(event: str, payload: dict[str, Any], *, secret: bytes | None = None, **fields: Any) -> Identity:
    raw = body(event, payload, **fields)
    return identify(parse(raw), raw, by_id=False, devices=PHONE, secret=secret)


def without(payload: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in payload.items() if name not in names}


@pytest.mark.parametrize("event", sorted(INBOUND))
def test_one_message_emitted_twice_is_one_event(event: str) -> None:
    first = key(event, SMS)
    second = key(event, SMS, id="b2", deviceId="id-cloud", webhookId="w2")

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
def test_different_messages_are_different_events(change: dict[str, Any]) -> None:
    assert key("sms:received", SMS) != key("sms:received", SMS | change)


@pytest.mark.parametrize("event", ["sms:received", "sms:data-received", "mms:received"])
def test_a_message_id_that_is_a_short_hash_is_ignored(event: str) -> None:
    assert key(event, SMS) == key(event, SMS | {"messageId": "other"})


@pytest.mark.parametrize(
    ("event", "mark"),
    [
        ("mms:received", "transactionId"),
        ("mms:received", "size"),
        ("mms:downloaded", "messageId"),
        ("mms:downloaded", "size"),
    ],
)
def test_different_mms_of_the_same_second_are_different_events(event: str, mark: str) -> None:
    empty = without(SMS, "message")
    keys = [key(event, empty | given) for given in ({}, {mark: "1"}, {mark: "2"}, {"subject": "1"})]

    assert len(set(keys)) == 4
    assert key(event, empty | {mark: "1"}) == key(event, empty | {mark: "1"}, id="b2", webhookId="w2")


KEPT = [
    ("sms:received", SMS, None, "2346b291f6bdb43704a9215efd49c1ff850697789d9d1042bf42f4e2a044b3cb"),
    ("sms:received", SMS, b"a secret", "0f2c64b0422fefb912a650eb5a59999d79c7d9b119fea8eb91e634c98074f0c0"),
    (
        "sms:received",
        without(SMS, "recipient"),
        None,
        "2f6609f3188b4d0a54cc0a108341ea4fbe8fc989664fe225833e5c94cea682b8",
    ),
    (
        "sms:data-received",
        without(SMS, "message") | {"data": "YWJj"},
        None,
        "74585c50204e8684edcb0d49f781ba1ab57c7419e571bc95c239beda943429e7",
    ),
    (
        "mms:downloaded",
        without(SMS, "recipient")
        | {
            "subject": "Photo",
            "attachments": [{"name": "a.png", "contentType": "image/png", "data": "YWJj"}],
        },
        None,
        "4d569b03bf8d6ee423ff72f912e5a538f453a41685f7cf93f115d4ffa8da0edf",
    ),
    (
        "sms:received",
        SMS | {"sender": "unknown", "recipient": "insert-address-token"},
        None,
        "6afcfebdb258dbf60a034cee3dcfaf5e2986f8d836db0bb6c5374cf3deeb1d3a",
    ),
    ("system:ping", {}, None, "0bb41634b15ca79d5f99f4f77aae5c3797a25ebd5810a73c4cb103ae571d16e7"),
]


@pytest.mark.parametrize(("event", "payload", "secret", "kept"), KEPT)
def test_records_of_version_0_1_are_found(
    event: str, payload: dict[str, Any], secret: bytes | None, kept: str
) -> None:
    assert identity(event, payload, secret=secret).key == kept


def test_an_event_without_an_id_is_found_in_records_of_version_0_1() -> None:
    assert (
        identity("system:ping", {}, id=None).key
        == "0360e5bdcc1b61fa49d5f03948e10bc384989a688345057cdb1f4201d3243f43"
    )


def test_the_next_key_is_that_of_the_next_second() -> None:
    event = identity("sms:received", SMS)
    later = identity("sms:received", SMS | {"receivedAt": "2026-06-22T15:46:12.001+07:00"})

    assert event.next_key == later.key
    assert event.key not in (later.key, later.next_key)
    assert event.key == key("sms:received", SMS)


@pytest.mark.parametrize("other", [{"deviceId": "id-cloud"}, {"webhookId": "w2"}])
def test_a_registration_is_a_phone_and_a_webhook(other: dict[str, Any]) -> None:
    registration = identity("sms:received", SMS).registration

    assert len(registration) == 64
    assert registration == identity("sms:received", SMS | {"message": "x"}, id="b2").registration
    assert registration != identity("sms:received", SMS, **other).registration
    assert registration != identity("sms:received", SMS, secret=b"a secret").registration


@pytest.mark.parametrize(("event", "fields"), [("system:ping", {}), ("system:ping", {"id": None})])
def test_an_event_identified_by_id_or_body_has_no_next_key(event: str, fields: dict[str, Any]) -> None:
    assert identity(event, SMS, **fields)[1:] == (None, "")


def first_seen_at(seconds: float) -> str:
    raw = body("sms:received", SMS)
    return event_key(parse(raw), raw, by_id=False, devices=PHONE, secret=None, first_seen_at=seconds)


def test_a_time_more_than_two_days_ahead_is_ignored() -> None:
    received = datetime.fromisoformat(SMS["receivedAt"]).timestamp()
    two_days = 2 * 24 * 3600

    assert first_seen_at(received - two_days) == first_seen_at(received + 10**9) == key("sms:received", SMS)
    assert first_seen_at(received - two_days - 1) == key("sms:received", SMS, by_id=True)


def test_another_type_is_another_event() -> None:
    assert key("mms:received", SMS) != key("mms:downloaded", SMS)


@pytest.mark.parametrize("received", ["2026-06-22T15:46:11.999+07:00", "2026-06-22T08:46:11Z"])
def test_the_same_second_in_another_form_is_one_event(received: str) -> None:
    assert key("sms:received", SMS) == key("sms:received", SMS | {"receivedAt": received})


def test_old_and_new_field_names_give_the_same_key() -> None:
    older = without(SMS, "sender") | {"phoneNumber": SMS["sender"]}

    assert key("sms:received", SMS) == key("sms:received", older)


def test_without_a_recipient_the_phone_is_used() -> None:
    sms = without(SMS, "recipient")
    phone = key("sms:received", sms)

    assert phone == key("sms:received", sms, id="b2", deviceId="id-cloud")
    assert phone != key("sms:received", sms, id="b2", deviceId="another")
    assert phone != key("sms:received", sms | {"recipient": "mine"})


def test_mms_with_different_pictures_are_different_events() -> None:
    mms = without(SMS, "message")
    one, two = ({"attachments": [{"name": "a.png", "data": data}]} for data in ("YWJj", "YWJk"))

    assert key("mms:downloaded", mms | one) == key("mms:downloaded", mms | one, id="b2")
    assert key("mms:downloaded", mms | one) != key("mms:downloaded", mms | two)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("sms:received", without(SMS, "receivedAt")),
        ("sms:received", SMS | {"receivedAt": "yesterday"}),
        ("sms:received", SMS | {"receivedAt": "1970-01-01T07:00:00.000+07:00"}),
        ("sms:received", without(SMS, "message")),
        ("sms:received", SMS | {"message": ["malformed"]}),
        ("sms:delivered", {"messageId": "m1", "recipient": "+1202", "deliveredAt": SMS["receivedAt"]}),
        ("sms:sent", {"messageId": "m1", "recipient": "+1202", "sentAt": SMS["receivedAt"]}),
        ("system:ping", {}),
        ("call:missed", SMS),
    ],
)
def test_other_events_are_identified_by_id(event: str, payload: dict[str, Any]) -> None:
    assert key(event, payload) == key(event, payload | {"more": 1}, deviceId="another")
    assert key(event, payload) != key(event, payload, id="b2")


@pytest.mark.parametrize("absent", [None, "", 5])
def test_without_an_id_the_body_identifies_an_event(absent: object) -> None:
    assert key("system:ping", {}, id=absent) == key("system:ping", {}, id=absent)
    assert key("system:ping", {}, id=absent) != key("system:ping", {"more": 1}, id=absent)


def test_a_deployment_may_identify_all_events_by_id() -> None:
    assert key("sms:received", SMS, by_id=True) != key("sms:received", SMS, by_id=True, id="b2")
    assert key("sms:received", SMS, by_id=True) == key("sms:received", SMS | {"message": "x"}, by_id=True)


def test_a_key_is_64_hex_digits_and_depends_on_the_secret() -> None:
    raw = body("sms:received", SMS)
    names = {event_key(parse(raw), raw, by_id=False, devices={}, secret=each) for each in (None, b"a", b"b")}

    assert len(names) == 3
    assert all(len(name) == 64 and set(name) <= set("0123456789abcdef") for name in names)


def test_stored_names_differ_from_keys() -> None:
    assert stored_name("telegram", b"a") == stored_name("telegram", b"a")
    assert stored_name("telegram", b"a") != stored_name("telegram", None)
    assert stored_name("a1", None) != key("system:ping", {})


FIELDS = st.lists(st.none() | st.text(alphabet="0-:a\0é", max_size=3), max_size=4)


@given(FIELDS, FIELDS)
def test_different_fields_never_hash_alike(one: list[str | None], two: list[str | None]) -> None:
    assert (_digest(None, *one) == _digest(None, *two)) == (one == two)
