import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relay.events import (
    BATCHES,
    INBOUND,
    MAX_NESTING,
    TYPES,
    Event,
    MmsAttachment,
    NotAnEvent,
    Unknown,
    parse,
)
from relay.events.fields import decode_base64
from relay.events.payloads import (
    MAX_ITEMS,
    AppStarted,
    Health,
    MmsReceived,
    SmsReceived,
    SmsSent,
    SystemPing,
)

LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
ARABIC = {ord(str(digit)): 0x660 + digit for digit in range(10)}
SHOWN = [
    "sender",
    "recipient",
    "phoneNumber",
    "simNumber",
    "message",
    "body",
    "subject",
    "data",
    "attachments",
    "reason",
    "messageId",
    "size",
    "contentClass",
    "partsCount",
    "receivedAt",
    "sentAt",
    "deliveredAt",
    "failedAt",
    "cancelledAt",
    "health",
    "simCards",
]


def body(payload: object = None, **fields: object) -> bytes:
    return json.dumps({"id": "a1", "event": "sms:received", "payload": payload} | fields).encode()


def sms(**payload: object) -> Event:
    return parse(body(payload))


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in strings(each)]
    return [text for each in value for text in strings(each)] if isinstance(value, list) else []


# What any body comes to


@given(st.dictionaries(st.text(), JSON), st.sampled_from([*TYPES, "call:missed"]) | st.text(min_size=1), JSON)
@example({}, "\0", None)
@example({}, "\ud800", {"\0": "\udfff"})
def test_any_object_with_a_type_is_an_event(fields: dict[str, object], name: str, payload: object) -> None:
    event = parse(json.dumps({**fields, "event": name, "payload": payload}).encode())

    assert event.type
    assert not any(set(text) & {"\0", *map(chr, range(0xD800, 0xE000))} for text in strings(event.raw))


@given(st.dictionaries(st.sampled_from(SHOWN), JSON), st.sampled_from([*TYPES, "call:missed"]))
def test_no_displayed_field_makes_an_event_unreadable(payload: dict[str, object], name: str) -> None:
    event = parse(body(payload, event=name))

    assert isinstance(event.payload, TYPES.get(name, Unknown))
    assert event.payload.moment is None or event.payload.moment.utcoffset() is not None


@given(JSON.filter(lambda value: not isinstance(value, dict)))
def test_anything_but_an_object_is_refused(value: object) -> None:
    with pytest.raises(NotAnEvent):
        parse(json.dumps(value).encode())


@given(st.dictionaries(st.text(), JSON), JSON.filter(lambda value: not (isinstance(value, str) and value)))
@example({}, "")
def test_an_object_without_a_type_is_refused(fields: dict[str, object], name: object) -> None:
    for each in ({**fields, "event": name}, {key: fields[key] for key in fields if key != "event"}):
        with pytest.raises(NotAnEvent):
            parse(json.dumps(each).encode())


@given(st.binary())
@example(b"\xff\xfe{\0}\0")
def test_random_bytes_are_refused_without_another_error(noise: bytes) -> None:
    with pytest.raises(NotAnEvent):
        parse(noise)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        '{"event": "sms:received"',
        '{"event": "sms:received", "n": NaN}',
        '{"event": "sms:received", "n": -Infinity}',
        '{"event": "sms:received", "n": "\n"}',
        '{"event": "sms:received"} {}',
        "{'event': 'sms:received'}",
    ],
)
def test_invalid_json_is_refused(text: str) -> None:
    with pytest.raises(NotAnEvent, match="not JSON"):
        parse(text.encode())


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [MAX_NESTING, 900, 100_000])
def test_deep_nesting_is_refused(opening: str, depth: int) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]
    deep = f'{{"event": "sms:received", "x": {opening * depth}0{closing * depth}}}'

    with pytest.raises(NotAnEvent, match="nested too deep"):
        parse(deep.encode())


def test_nesting_below_the_limit_and_brackets_in_strings_are_accepted() -> None:
    nested = "[" * (MAX_NESTING - 1) + "]" * (MAX_NESTING - 1)

    assert parse(f'{{"event": "x:y", "payload": {{}}, "n": {nested}}}'.encode()).type == "x:y"
    assert parse(body({"message": "[{" * 5000, "n": [[], {}] * 500})).payload.text == "[{" * 5000


def test_the_error_quotes_nothing_of_the_body() -> None:
    with pytest.raises(NotAnEvent) as caught:
        parse(b'{"event": 5, "payload": {"message": "481516"}}')

    assert "481516" not in caught.value.detail
    assert caught.value.__cause__ is None


# Numbers, bytes and strings that are not what they should be


def test_a_number_of_any_length_is_kept() -> None:
    digits = "9" * 5000
    event = parse(f'{{"event": "x:y", "payload": {{"a": {digits}, "b": 1e999, "c": 12}}}}'.encode())

    assert event.raw["payload"] == {"a": digits, "b": "1e999", "c": 12}
    assert json.loads(json.dumps(event.raw, allow_nan=False)) == event.raw


def test_a_huge_number_is_neither_a_sim_nor_a_size() -> None:
    event = parse(b'{"event": "mms:received", "payload": {"simNumber": %s, "size": 1e999}}' % (b"9" * 5000))

    assert isinstance(event.payload, MmsReceived)
    assert (event.payload.sim, event.payload.size) == (None, None)


def test_the_last_of_two_equal_keys_counts() -> None:
    assert parse(b'{"event": "a", "event": "sms:received"}').type == "sms:received"


def test_a_byte_order_mark_is_ignored() -> None:
    assert parse(b"\xef\xbb\xbf" + body({"message": "hello"})).payload.text == "hello"


def test_an_sms_with_invalid_utf_8_is_still_read() -> None:
    event = parse(body({"message": "pay 5 EUR"}).replace(b"EUR", b"\x80"))

    assert event.payload.text == "pay 5 \ufffd"


def test_surrogates_and_nul_become_replacement_characters() -> None:
    event = parse(
        rb'{"event": "x\u0000", "id": "\udc00", "payload": {"\ud83d": "\ud83d\ude00 \ud83d \u0000"}}'
    )

    assert (event.type, event.id) == ("x\ufffd", "\ufffd")
    assert event.raw["payload"] == {"\ufffd": "\U0001f600 \ufffd \ufffd"}


@pytest.mark.parametrize("payload", [None, [], "text", 5, True])
def test_a_payload_that_is_not_an_object_counts_as_empty(payload: object) -> None:
    assert parse(body(payload)).payload == SmsReceived()
    assert parse(b'{"event": "sms:received"}').payload == SmsReceived()


def test_ids_that_are_not_strings_count_as_absent() -> None:
    event = parse(body(id=5, deviceId=None, webhookId=["x"]))

    assert (event.id, event.device_id, event.webhook_id) == ("", "", "")


# What each type says


def test_numbers_are_accepted_as_strings_but_booleans_are_not() -> None:
    event = sms(sender=12345, message=7.5, simNumber=True, subject=False)

    assert event.payload.sender == "12345"
    assert event.payload.text == "7.5"
    assert event.payload.sim is None
    assert event.payload.subject is None


@pytest.mark.parametrize(
    ("given_sim", "sim"),
    [
        (1, 1),
        ("2", 2),
        (2.0, 2),
        (2.5, None),
        (-1, None),
        (10**9, None),
        ("one", None),
        ([1], None),
        ("", None),
    ],
)
def test_sim_numbers(given_sim: object, sim: int | None) -> None:
    assert sms(simNumber=given_sim).payload.sim == sim


def test_a_blank_sender_is_none_but_an_empty_text_is_a_text() -> None:
    event = sms(sender=" ", message="")

    assert event.payload.sender is None
    assert event.payload.text == ""


def test_a_text_keeps_its_whitespace() -> None:
    assert sms(message=" two\r\n lines \t").payload.text == " two\r\n lines \t"


@pytest.mark.parametrize("sender", [None, "", [], {"a": 1}])
def test_the_phone_number_of_older_apps_is_the_other_party(sender: object) -> None:
    inbound = parse(body({"phoneNumber": "6505551212", "sender": sender})).payload
    outbound = parse(body({"phoneNumber": "6505551212", "recipient": sender}, event="sms:failed")).payload

    assert (inbound.sender, inbound.recipient) == ("6505551212", None)
    assert (outbound.sender, outbound.recipient) == (None, "6505551212")


def test_the_newer_names_win() -> None:
    payload = sms(phoneNumber="1", sender="2", recipient="3").payload

    assert (payload.sender, payload.recipient) == ("2", "3")


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2024-06-22T15:46:11.000+07:00", datetime(2024, 6, 22, 8, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.250Z", datetime(2024, 6, 22, 15, 46, 11, 250_000, tzinfo=UTC)),
        ("2024-06-22T15:46:11+0700", datetime(2024, 6, 22, 8, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11", datetime(2024, 6, 22, 15, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000+07:00".translate(ARABIC), datetime(2024, 6, 22, 8, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000+-5:00", datetime(2024, 6, 22, 20, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000+-3:-30", datetime(2024, 6, 22, 19, 16, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000+-10:00", datetime(2024, 6, 23, 1, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000+00:-44", datetime(2024, 6, 22, 16, 30, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000-3:30", datetime(2024, 6, 22, 19, 16, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000+5:45", datetime(2024, 6, 22, 10, 1, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11+545", datetime(2024, 6, 22, 10, 1, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11-08", datetime(2024, 6, 22, 23, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11 GMT-08:00", datetime(2024, 6, 22, 23, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11 UTC", datetime(2024, 6, 22, 15, 46, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11,250z", datetime(2024, 6, 22, 15, 46, 11, 250_000, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000\u200e\u221203:30", datetime(2024, 6, 22, 19, 16, 11, tzinfo=UTC)),
        ("2024-06-22T15:46:11.000--3:30", None),
        ("2024-06-22T15:46:11.000-3:-30", None),
        ("2024-06-22T15:46:11.000+25:00", None),
        ("2024-06-22T15:46:11.000" + " " * 64, None),
        ("2010-01-01T00:00:00Z", datetime(2010, 1, 1, tzinfo=UTC)),
        ("2009-12-31T23:59:59Z", None),
        ("2010-01-01T06:59:59+07:00", None),
        ("1970-01-01T07:00:00.000+07:00", None),
        ("0001-01-01T00:00:00+07:00", None),
        ("9999-12-31T23:59:59-07:00", None),
        ("2024-06-22", None),
        ("20240622T154611", None),
        ("2024-13-22T15:46:11Z", None),
        ("22.06.2024 15:46", None),
        ("", None),
        (1719045971000, None),
        (None, None),
    ],
)
def test_dates(date: object, moment: datetime | None) -> None:
    assert sms(receivedAt=date).payload.moment == moment


def test_the_phones_own_zone_is_kept() -> None:
    moment = sms(receivedAt="2024-06-22T15:46:11.000+07:00").payload.moment

    assert moment is not None
    assert moment.hour == 15


@pytest.mark.parametrize("name", ["sentAt", "deliveredAt", "failedAt", "cancelledAt"])
def test_each_outcome_has_its_own_date(name: str) -> None:
    event = "sms:" + name.removesuffix("At")

    assert parse(body({name: "2024-06-22T15:46:11Z"}, event=event)).payload.moment is not None


def test_a_malformed_attachment_affects_no_other() -> None:
    good = {"contentType": "image/png", "name": "a.png", "size": 3, "data": "YWJj"}
    attachments = sms(attachments=[good, "broken", {"size": -1, "data": 5}]).payload.attachments

    assert [(each.name, each.size, each.content) for each in attachments] == [
        ("a.png", 3, b"abc"),
        (None, None, None),
        (None, None, None),
    ]
    assert sms(attachments={"0": good}).payload.attachments == ()


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        ("YWJjZA==", b"abcd"),
        ("YWJjZA", b"abcd"),
        ("YWJj\nZA==\n", b"abcd"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("YWJjZA===", b"abcd"),
        ("", b""),
        ("YWJjZ", None),
        ("no base64!", None),
        ("YWJ\u00e9", None),
        (None, None),
    ],
)
def test_base64_is_read_leniently(data: str | None, plain: bytes | None) -> None:
    assert decode_base64(data) == plain


def test_an_attachment_is_decoded_once() -> None:
    attached = MmsAttachment(data="YWJj")

    assert attached.content is attached.content


def test_the_items_of_a_list_are_limited() -> None:
    checks: dict[str, object] = {str(number): {} for number in range(MAX_ITEMS + 1)}

    assert len(sms(attachments=[{}] * (MAX_ITEMS + 1)).payload.attachments) == MAX_ITEMS
    assert len(Health.model_validate({"checks": checks}).checks) == MAX_ITEMS


def test_a_ping_has_the_phones_health() -> None:
    checks = {"battery:level": {"observedValue": 18, "observedUnit": "percent", "status": "warn"}, "x": None}
    payload = parse(body({"health": {"status": "warn", "checks": checks}}, event="system:ping")).payload

    assert isinstance(payload, SystemPing)
    assert payload.health.status == "warn"
    assert payload.health.checks["battery:level"].value == "18"
    assert payload.health.checks["x"].status is None


def test_a_ping_without_payload_is_accepted() -> None:
    payload = parse(b'{"event": "system:ping"}').payload

    assert isinstance(payload, SystemPing)
    assert payload.health.checks == {}


def test_an_app_start_has_the_sim_cards() -> None:
    cards = [{"slotIndex": 0, "simNumber": 1, "phoneNumber": "+12025550143", "carrierName": "Example"}, 5]
    payload = parse(body({"simCards": cards}, event="app:started")).payload

    assert isinstance(payload, AppStarted)
    assert [(each.sim, each.slot, each.number) for each in payload.sim_cards] == [
        (1, 0, "+12025550143"),
        (None, None, None),
    ]


def test_a_long_message_has_its_number_of_parts() -> None:
    payload = parse(body({"partsCount": 2}, event="sms:sent")).payload

    assert isinstance(payload, SmsSent)
    assert payload.parts == 2


def test_unknown_types_and_fields_are_kept() -> None:
    event = parse(body({"caller": "+12025550177", "simNumber": 2}, event="call:missed", fresh=[1]))

    assert isinstance(event.payload, Unknown)
    assert event.payload.sim == 2
    assert event.payload.model_extra == {"caller": "+12025550177"}
    assert event.raw["fresh"] == [1]


def test_there_is_a_model_for_each_type() -> None:
    assert len(set(TYPES.values())) == len(TYPES) == 13
    assert set(TYPES) > INBOUND


def test_the_repr_of_an_event_shows_no_content() -> None:
    event = sms(
        sender="6505551212", message="481516", simNumber=1, other="secret", attachments=[{"data": "YWJj"}]
    )

    for printed in (repr(event), str(event.payload), repr(event.payload), repr(event.payload.attachments)):
        assert not any(word in printed for word in ("6505551212", "481516", "secret", "YWJj"))


def test_every_sample_is_read(samples: Mapping[str, bytes]) -> None:
    for each in samples.values():
        assert parse(each).raw == json.loads(each)


def test_the_samples_have_every_type(samples: Mapping[str, bytes]) -> None:
    assert {parse(each).type for each in samples.values()} == {*TYPES, *BATCHES, "call:missed"}
