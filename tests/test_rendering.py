import base64
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Message
from relay.config import Config
from relay.events import TYPES, Event, parse
from relay.events.payloads import MAX_ITEMS, SmsReceived
from relay.model import DeliverySpec, Visibility
from relay.moments import format_duration
from relay.reading import LONGEST_TEXT
from relay.rendering import Renderer, narrower
from relay.rendering.attachments import unpacked
from relay.rendering.masking import HIDDEN, masked
from tests.configured import NOON, SEEN, configured, event

NAMES = """
[contacts]
6505551212 = "Mum"
"+12025550177" = "Bob"
[devices.anna]
ids = ["ffffffffceb0b1db0000018e937c815b"]
sims = { 1 = "private", 2 = "work" }
"""
RELAY = 'region = "US"\ntimezone = "Europe/Berlin"'
HOUR = 3600.0
TIME = ("Time", "Mon 22 Jun 2026, 12:00")
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n...").decode()
LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(LEAF, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=20)


def told(
    said: Event,
    spec: DeliverySpec | None = None,
    *,
    config: Config | None = None,
    first_seen_at: float = SEEN,
    notes: tuple[str, ...] = (),
) -> Message:
    renderer = Renderer(config or configured())
    return renderer.message(
        said, spec or DeliverySpec("family"), key="the-key", first_seen_at=first_seen_at, notes=notes
    )


# What a reader sees


@pytest.mark.parametrize(
    ("sample", "title", "text", "fields"),
    [
        (
            "sms-received",
            "SMS from Mum",
            "Your parcel is at the door & waiting <3",
            {"SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        (
            "sms-received-2024",
            "SMS from Mum",
            "A body as the first versions sent it",
            {"Time": "Sat 22 Jun 2024, 10:46"},
        ),
        (
            "sms-data-received",
            "Data SMS from Mum",
            "Hello Data World!",
            {"SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        (
            "mms-received",
            "MMS from Mum is on its way",
            "",
            {"Subject": "Photo", "Size": "1 kB", "SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        (
            "mms-downloaded",
            "MMS from Mum",
            "The view from here",
            {"Subject": "Photo", "SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        (
            "sms-sent",
            "SMS to +12025550199 sent",
            "",
            {"Parts": "2", "Message": "msg-456", "SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        (
            "sms-sent-2024",
            "SMS to Mum sent",
            "",
            {"Message": "msg-123", "Time": "Sat 22 Jun 2024, 10:46"},
        ),
        (
            "sms-delivered-2024",
            "SMS to Mum: one part delivered",
            "",
            {"Message": "msg-123", "Time": "Sat 22 Jun 2024, 10:46"},
        ),
        (
            "sms-failed",
            "⚠️ SMS to +12025550199 failed: No service",
            "",
            {"Message": "msg-456", "SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        (
            "sms-failed-2024",
            "⚠️ SMS to Mum failed: no service",
            "",
            {"Reason": "RESULT_ERROR_NO_SERVICE", "Message": "msg-123", "Time": "Sat 22 Jun 2024, 10:46"},
        ),
        (
            "sms-cancelled",
            "SMS to +12025550199 cancelled",
            "",
            {"Message": "msg-456", "SIM": "private", "Time": "Mon 22 Jun 2026, 10:46"},
        ),
        ("system-ping", "⚠️ anna: battery 18 % (warn), online, not charging", "", {}),
        ("system-ping-2024", "anna: a sign of life", "", {}),
        (
            "app-started",
            "anna started: private (Example Mobile, +12025550143), work (Other)",
            "",
            {},
        ),
        (
            "unknown-type",
            "Event call:missed",
            "",
            {
                "caller": "Bob",
                "simNumber": "2",
                "missedAt": "2026-06-22T15:50:00.000+07:00",
                "SIM": "work",
            },
        ),
    ],
)
def test_every_sample_in_words(
    samples: Mapping[str, bytes], sample: str, title: str, text: str, fields: dict[str, str]
) -> None:
    said = parse(samples[sample])
    moment = said.payload.moment
    first_seen_at = moment.timestamp() if moment else SEEN

    message = told(said, config=configured(NAMES, relay=RELAY), first_seen_at=first_seen_at)

    assert (message.title, message.text, dict(message.fields)) == (title, text, fields)
    assert message.notes == ()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (event(), "SMS from an unknown sender"),
        (event("sms:sent"), "SMS to an unknown number sent"),
        (event("sms:failed"), "⚠️ SMS to an unknown number failed"),
        (event("app:started"), "Phone started"),
        (event("app:started", simCards=[{}, {"simNumber": 2}]), "Phone started: a SIM, SIM 2"),
        (event("system:ping", health={"status": "fail"}), "⚠️ Phone: a sign of life"),
        (event("x\ny:z"), "Event x y:z"),
    ],
)
def test_what_the_phone_does_not_say_is_not_missed(said: Event, title: str) -> None:
    assert told(said).title == title


@pytest.mark.parametrize(
    ("name", "check", "words"),
    [
        ("battery:level", {"observedValue": 80, "status": "pass"}, "battery 80 %"),
        ("battery:level", {"status": "pass"}, "a sign of life"),
        ("battery:charging", {"observedValue": 2, "status": "pass"}, "charging"),
        ("connection:status", {"observedValue": 0, "status": "fail"}, "offline (fail)"),
        ("messages:failed", {"observedValue": 0, "status": "pass"}, "a sign of life"),
        ("messages:failed", {"observedValue": 3, "status": "fail"}, "failed messages: 3 (fail)"),
        ("messages:failed", {"observedValue": 1, "status": "pass"}, "failed messages: 1"),
        ("storage:free", {"observedValue": 3, "status": "warn"}, "storage:free 3 (warn)"),
        ("storage:free", {"observedValue": 30, "status": "pass"}, "a sign of life"),
    ],
)
def test_a_check_in_words(name: str, check: dict[str, object], words: str) -> None:
    title = told(event("system:ping", health={"checks": {name: check}})).title

    assert title.removeprefix("⚠️ ") == f"Phone: {words}"
    assert title.startswith("⚠️") is (check["status"] != "pass")


def test_parts_are_told_where_there_are_several() -> None:
    assert dict(told(event("sms:sent", partsCount=2)).fields)["Parts"] == "2"
    assert "Parts" not in dict(told(event("sms:sent", partsCount=1)).fields)


def test_the_worst_check_is_told_first() -> None:
    checks = {
        "connection:status": {"observedValue": 1, "status": "pass"},
        "battery:level": {"observedValue": 18, "status": "warn"},
        "messages:failed": {"observedValue": 3, "status": "fail"},
    }

    title = told(event("system:ping", health={"checks": checks})).title

    assert title == "⚠️ Phone: failed messages: 3 (fail), battery 18 % (warn), online"


def test_an_unknown_type_is_a_list_of_its_fields() -> None:
    said = event(
        "call:missed",
        receivedAt=None,
        calls=[{"from": "+1 202 555 0177", "rings": 3}, {"from": None, "blocked": True}],
        note="two words",
    )

    assert told(said, config=configured(NAMES)).fields == (
        ("calls.0.from", "Bob"),
        ("calls.0.rings", "3"),
        ("calls.1.blocked", "yes"),
        ("note", "two words"),
    )


def test_the_texts_of_an_unknown_type_are_its_text() -> None:
    said = event(
        "rcs:received", receivedAt=None, message="two\nlines", body="two\nlines", text="more", read=True
    )

    assert told(said).text == "two\nlines\n\nmore"
    assert told(said).fields == (("read", "yes"),)
    assert shown("masked", said).text == "t•o\nl•••s\n\nm••e"


@pytest.mark.parametrize("value", ["x" * 5000, "two\nlines", "a\r", "\u2028b"])
def test_a_value_that_is_no_short_line_is_told_whole_below_the_text(value: str) -> None:
    message = told(event("call:missed", receivedAt=None, message="Hello", note={"a": value}, rings=3))

    assert message.text == f"Hello\n\nnote.a:\n{value}"
    assert message.fields == (("rings", "3"),)


def test_a_text_that_is_none_is_a_field() -> None:
    assert told(event("x:y", receivedAt=None, message=["a"], body=5, text="")).fields == (
        ("message.0", "a"),
        ("body", "5"),
        ("text", ""),
    )


def test_a_thousand_fields_are_told_and_the_rest_is_counted() -> None:
    message = told(event("call:missed", receivedAt=None, calls=list(range(3000)), none=[None, [], {}]))

    assert message.fields[:2] == (("calls.0", "0"), ("calls.1", "1"))
    assert message.fields[999:] == (("calls.999", "999"), ("…", "and 2,000 more fields"))


@pytest.mark.parametrize("content", ["full", "masked"])
def test_what_is_beyond_all_bounds_is_counted(content: Visibility) -> None:
    long = "•" * LONGEST_TEXT
    sms, unknown = event(message=long + "abc"), event("x:y", receivedAt=None, message=long, note="a\nb")

    assert shown(content, sms).text == long + "… and 3 more characters"
    assert shown(content, unknown).text == f"{long}\n\nnote:\n… and 3 more characters"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("SGVsbG8=", "Hello"),
        ("SGVs\nbG8", "Hello"),
        (base64.b64encode("Grüße 👩\u200d👧\n".encode()).decode(), "Grüße 👩\u200d👧\n"),
        ("AAEC/w==", "00 01 02 ff"),
        (base64.b64encode(b"a\0b").decode(), "61 00 62"),
        ("no base64!", "no base64!"),
        ("/w" * 2000, "/w" * 2000),
    ],
)
def test_data_are_text_if_they_can_be_read_and_hex_if_not(data: str, text: str) -> None:
    assert told(event("sms:data-received", data=data)).text == text


# Time


@pytest.mark.parametrize(
    ("late", "note"),
    [
        (-HOUR, ()),
        (299.0, ()),
        (300.0, ("Arrived 5 min late",)),
        (3 * HOUR + 38 * 60 + 59, ("Arrived 3 h 38 min late",)),
        (2 * HOUR, ("Arrived 2 h late",)),
        (51 * HOUR, ("Arrived 2 d 3 h late",)),
    ],
)
def test_what_comes_late_says_so(late: float, note: tuple[str, ...]) -> None:
    assert told(event(), first_seen_at=SEEN + late).notes == note


def test_a_day_and_some_minutes_are_a_day() -> None:
    assert format_duration(24 * HOUR + 120) == "1 d"
    assert format_duration(20) == "0 min"


def test_the_time_is_the_phones_if_the_reader_names_no_zone() -> None:
    assert (
        dict(told(event(receivedAt="2026-06-22T15:46:11+07:00")).fields)["Time"] == "Mon 22 Jun 2026, 15:46"
    )


def test_a_moment_that_cannot_be_read_is_left_out() -> None:
    message = told(event(receivedAt="the day before"), first_seen_at=SEEN + HOUR)

    assert (message.fields, message.notes) == ((), ())


@pytest.mark.parametrize("first_seen_at", [0.0, SEEN - 48 * HOUR - 1])
def test_a_moment_more_than_two_days_ahead_is_left_out(first_seen_at: float) -> None:
    assert (
        told(event(), first_seen_at=first_seen_at).fields,
        told(event(), first_seen_at=first_seen_at).notes,
    ) == ((), ())


def test_a_moment_of_1970_is_neither_shown_nor_late() -> None:
    message = told(event(receivedAt="1970-01-01T07:00:00.000+07:00"))

    assert (message.fields, message.notes) == ((), ())


def test_a_clock_that_is_two_days_ahead_is_believed() -> None:
    assert dict(told(event(), first_seen_at=SEEN - 48 * HOUR).fields) == {"Time": TIME[1]}


# The rest of a message


def test_a_message_carries_what_a_forwarder_needs() -> None:
    said = event(sender="Mum", message="Your MyBank code is 481516")

    message = told(said, DeliverySpec("family", silent=True), notes=("for work, which is down",))

    assert message.key == "the-key"
    assert message.type == "sms:received"
    assert message.silent
    assert message.code == "481516"
    assert message.notes == ("for work, which is down",)
    assert message.event == said.raw


def test_a_notice_is_silent_and_short() -> None:
    message = told(
        event("mms:received", sender="Mum", attachments=[{"name": "a.jpg", "contentType": "image/jpeg"}])
    )

    assert message.silent
    assert (message.text, message.attachments, message.notes) == ("", (), ())


def test_an_mms_that_came_empty_says_so() -> None:
    empty = event("mms:downloaded", sender="unknown")

    assert (told(empty).title, told(empty).notes) == ("MMS from unknown", ("It came empty",))
    assert told(event("mms:downloaded", subject="Photo")).notes == ()
    assert told(event("mms:downloaded", body="hello")).notes == ()
    assert told(event("sms:received")).notes == ()


def test_only_what_was_received_holds_a_code() -> None:
    assert told(event("sms:sent", message="Your MyBank code is 481516")).code is None


def test_a_thread_is_one_conversation_of_one_phone() -> None:
    config = configured(NAMES, relay=RELAY)

    def thread(event_type: str, **fields: object) -> str:
        return told(event(event_type, **fields), config=config).thread  # type: ignore[arg-type]  # any fields

    received = thread("sms:received", sender="6505551212")
    assert received == thread("sms:sent", recipient="+16505551212") != ""
    assert received == thread("mms:downloaded", sender="+1 650 555 1212", simNumber=2)
    assert received != thread("sms:received", sender="+16505551213")
    assert received != thread("sms:received", sender="6505551212", device="another-phone")
    assert "650" not in received


def test_a_thread_knows_a_phone_by_its_name_and_else_by_its_id() -> None:
    named = configured('[devices.anna]\nids = ["one-id", "another-id"]')

    def threads(config: Config) -> set[str]:
        return {
            told(event(sender="Mum", device=each), config=config).thread for each in ("one-id", "another-id")
        }

    assert len(threads(named)) == 1
    assert len(threads(configured())) == 2


def test_a_thread_is_an_hmac_where_there_is_a_secret() -> None:
    plain = told(event(sender="Mum"), config=configured()).thread
    keyed = told(event(sender="Mum"), config=configured(relay=f'ledger_secret = "{"s" * 32}"')).thread

    assert plain != keyed


# How much is shown


def shown(content: Visibility, said: Event) -> Message:
    return told(
        said,
        DeliverySpec("work", content=content),
        config=configured(NAMES, relay=RELAY),
        first_seen_at=SEEN + HOUR,
    )


FILE = {"name": "a.png", "data": PNG}
CODE = event(sender="MyBank", message="Your MyBank code is 481516", attachments=[FILE])


def test_a_code_alone_is_all_that_some_may_see() -> None:
    message = shown("code", CODE)

    assert message == Message(
        "One-time code", notes=("Arrived 1 h late",), code="481516", key="the-key", type="sms:received"
    )


@pytest.mark.parametrize("content", ["code", "none"])
def test_that_something_came_is_all_that_others_may_see(content: Visibility) -> None:
    message = shown(content, event(sender="Mum", message="hello"))

    assert message == Message("An SMS came", notes=("Arrived 1 h late",), key="the-key", type="sms:received")


@pytest.mark.parametrize("event_type", ["mms:downloaded", "sms:failed", "system:ping", "call:missed"])
def test_nothing_of_any_type_is_nothing(event_type: str) -> None:
    message = shown("none", event(event_type, sender="Mum", recipient="Dad", reason="why", caller="x"))

    assert (message.text, message.fields, message.event, message.thread) == ("", (), None, "")
    for secret in ("Mum", "Dad", "why", "x:"):
        assert secret not in message.title


def test_a_mask_leaves_the_shape() -> None:
    message = shown("masked", CODE)

    assert message.title == "SMS from M••••k"
    assert message.text == "Y••r M••••k c••e is ••••••"
    assert message.fields == (TIME,)
    assert message.notes == ("Arrived 1 h late", "Attachments not shown here: 1")
    assert (message.code, message.event, message.attachments, message.thread) == (None, None, (), "")


@pytest.mark.parametrize("content", ["masked", "code", "none"])
def test_the_key_of_what_is_hidden_does_not_tell_it(content: Visibility) -> None:
    relay = f'ledger_secret = "{"s" * 32}"'
    one, other = replace(CODE, id="one"), event(sender="MyBank", message="Your MyBank code is 481517")

    key = shown(content, one).key

    assert key == shown(content, replace(other, id="one")).key != "the-key"
    assert shown(content, replace(CODE, id="another")).key != key
    assert told(one, DeliverySpec("work", content=content), config=configured(relay=relay)).key == "the-key"


def test_a_mask_leaves_the_names_that_people_gave() -> None:
    assert shown("masked", event(sender="6505551212")).title == "SMS from Mum"
    missed = event("call:missed", receivedAt=None, caller="+12025550178")
    assert shown("masked", missed).fields == (("caller", "+•••••••••••"),)


def test_a_mask_hides_what_a_phone_finds() -> None:
    checks = {"battery:level": {"observedValue": 18, "status": "warn"}}
    ping = shown("masked", event("system:ping", health={"checks": checks}))

    assert ping.title == "⚠️ anna: b•••••y •• % (w••n)"


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        ("+12025550178", "+•••••••••••"),
        ("mobile_2025550178", "mobile_••••••••••"),
        ("(202) 555-0178", "(•••) •••-••••"),
        ("06.12.34.56.78", "••.••.••.••.••"),
        ("481516", "••••••"),
        ("list of 12.0", "list of 12.0"),
    ],
)
def test_a_mask_hides_the_numbers_that_are_keys(key: str, hidden: str) -> None:
    missed = event("call:missed", receivedAt=None, calls={key: "yes"})

    assert shown("masked", missed).fields == ((f"calls.{hidden}", "y•s"),)
    assert shown("full", missed).fields == ((f"calls.{key}", "yes"),)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("481 516", "••• •••"),
        ("G-4815, AB12CD!", "G-••••, ••••••!"),
        ("I am here", "I am h••e"),
        ("Grüße an 你的验证码", "G•••e an 你•••码"),
        ("an abc", "an a•c"),
        ("आपका पासवर्ड राम है", "आ••ा प•••••ड र•म है"),
        ("รหัสลับ", "ร•••••บ"),
        ("مُحَمَّد", "م••••••د"),
        ("", ""),
    ],
)
def test_digits_and_the_middle_of_words_are_hidden(text: str, hidden: str) -> None:
    assert masked(text) == hidden


def test_a_code_of_letters_is_hidden_whole() -> None:
    assert masked("code XY-ABQ", "XYABQ") == f"c••e ••-{HIDDEN * 3}"


@given(st.text())
def test_a_mask_shows_no_digit_and_keeps_the_length(text: str) -> None:
    hidden = masked(text)

    assert not any(map(str.isdigit, hidden))
    assert len(hidden) == len(text)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("full", None, "full"),
        ("code", None, "code"),
        ("full", "full", "full"),
        ("masked", "full", "masked"),
        ("full", "code", "code"),
        ("code", "code", "code"),
        ("code", "masked", "none"),
        ("masked", "none", "none"),
        ("none", "full", "none"),
    ],
)
def test_what_two_limits_leave(one: Visibility, other: Visibility | None, both: Visibility) -> None:
    assert narrower(one, other) == both


def test_a_destination_never_sees_more_than_it_may_whatever_the_route_says() -> None:
    config = configured('[destinations.strict]\ntype = "console"\ncontent = "none"')

    assert told(event(sender="Mum"), DeliverySpec("strict"), config=config).title == "An SMS came"
    assert (
        told(event(sender="Mum"), DeliverySpec("strict", content="masked"), config=config).title
        == "An SMS came"
    )
    assert told(event(sender="Mum"), DeliverySpec("gone"), config=config).title == "SMS from Mum"


# Attachments


def unpack(*attachments: object) -> tuple[list[tuple[str, str, bytes]], tuple[str, ...]]:
    files, notes = unpacked(event("mms:downloaded", attachments=attachments).payload.attachments)
    return [(file.name, file.content_type, file.data) for file in files], notes


def test_an_attachment_is_unpacked() -> None:
    files, notes = unpack({"name": "view.png", "contentType": "image/png", "data": PNG})

    assert (files, notes) == ([("view.png", "image/png", base64.b64decode(PNG))], ())


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        ({"name": "a.png"}, "Came without its content: a.png"),
        ({"name": "a.png", "data": ""}, "Came without its content: a.png"),
        ({"name": "a.png", "data": 5}, "Could not be read: a.png"),
        ({"name": "a.png", "data": "%%%"}, "Could not be read: a.png"),
        ({"name": "a.png", "data": "===="}, "Came empty: a.png"),
        ({"name": "a.png", "kept": False}, "Was too large to be kept until now: a.png"),
        ("no object", "Came without its content: attachment-2"),
        ({"contentType": "image/png"}, "Came without its content: attachment-2.png"),
    ],
)
def test_a_broken_attachment_costs_only_itself(broken: object, note: str) -> None:
    good = {"name": "good.txt", "contentType": "text/plain", "data": "SGVsbG8="}

    files, notes = unpack(good, broken, good)

    assert [name for name, _, _ in files] == ["good.txt", "good.txt"]
    assert notes == (note,)


@pytest.mark.parametrize(
    ("claimed", "data", "found", "notes"),
    [
        ("image/png", b"<html>", "application/octet-stream", ("Is no picture, whatever it claims: a",)),
        ("image/png", b"\xff\xd8\xff...", "image/jpeg", ()),
        ("image/jpg", b"\xff\xd8\xff...", "image/jpeg", ()),
        ("IMAGE/PNG; name=a", b"\x89PNG\r\n\x1a\n", "image/png", ()),
        ("image/webp", b"RIFF\n\n\n\nWEBP", "image/webp", ()),
        ("image/heic", b"\0\0\0\x18ftypheic", "image/heic", ()),
        ("image/svg+xml", b"<svg/>", "image/svg+xml", ()),
        ("image/*", b"\x89PNG\r\n\x1a\n", "image/png", ()),
        ("image/x-png", b"\x89PNG\r\n\x1a\n", "image/png", ()),
        ("image/*", b"<html>", "application/octet-stream", ("Is no picture, whatever it claims: a",)),
        ("video/mp4", b"....", "video/mp4", ()),
        ("application/vnd.x", b"....", "application/vnd.x", ()),
        ("anything", b"....", "application/octet-stream", ()),
        ("a/b\r\nX: y", b"....", "application/octet-stream", ()),
        (None, b"....", "application/octet-stream", ()),
    ],
)
def test_a_file_is_what_it_is(claimed: str | None, data: bytes, found: str, notes: tuple[str, ...]) -> None:
    files, said = unpack({"name": "a", "contentType": claimed, "data": base64.b64encode(data).decode()})

    assert (files[0][1], said) == (found, notes)


@pytest.mark.parametrize(
    ("claimed", "data", "name"),
    [
        ("image/*", b"\x89PNG\r\n\x1a\n", "attachment-1.png"),
        ("image/png", b"\xff\xd8\xff...", "attachment-1.jpg"),
        ("image/png", b"<html>", "attachment-1"),
        ("text/plain", b"hello", "attachment-1.txt"),
    ],
)
def test_a_file_without_a_name_ends_as_what_it_is(claimed: str, data: bytes, name: str) -> None:
    files, _ = unpack({"contentType": claimed, "data": base64.b64encode(data).decode()})

    assert files[0][0] == name


@pytest.mark.parametrize(
    ("name", "shown_as"),
    [
        (None, "attachment-1.png"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\r\nb.png", "a b.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 500, "x" * 99 + "…"),
    ],
)
def test_a_file_has_a_name_that_does_no_harm(name: str | None, shown_as: str) -> None:
    assert unpack({"name": name, "contentType": "image/png", "data": PNG})[0][0][0] == shown_as


@pytest.mark.parametrize(
    ("count", "listed"),
    [
        (5, "0.png, 1.png, 2.png, 3.png, 4.png"),
        (6, "0.png, 1.png, 2.png, 3.png, 4.png, 1 more"),
        (50, "0.png, 1.png, 2.png, 3.png, 4.png, 45 more"),
    ],
)
def test_many_broken_attachments_are_one_note(count: int, listed: str) -> None:
    _, notes = unpack(*({"name": f"{each}.png", "data": "%"} for each in range(count)))

    assert notes == (f"Could not be read: {listed}",)


def test_attachments_beyond_all_bounds_are_counted() -> None:
    said = event("mms:downloaded", attachments=[{"name": "a.png", "data": PNG}] * (MAX_ITEMS + 3))

    assert len(told(said).attachments) == MAX_ITEMS
    assert told(said).notes == ("3 more attachments are not shown",)
    assert told(said).event == said.raw
    assert shown("masked", said).notes[-1] == f"Attachments not shown here: {MAX_ITEMS + 3}"


def test_sim_cards_beyond_all_bounds_are_counted() -> None:
    title = told(event("app:started", simCards=[{"simNumber": 1}] * 12)).title

    assert title == "Phone started: " + "SIM 1, " * 10 + "2 more"


def test_fifty_attachments_are_fifty() -> None:
    said = event("mms:downloaded", attachments=[{"contentType": "image/png", "data": PNG}] * 50)

    assert len(told(said).attachments) == 50


# What strangers write

RENDERER = Renderer(configured(NAMES))


def test_a_long_text_is_told_to_its_end() -> None:
    text = "<b>&*_\u202e \u0645\u0631\u062d\u0628\u0627 👩\u200d👧\n" * 4000

    assert told(event(message=text)).text == text


def test_a_sender_is_one_line_of_bounded_length() -> None:
    title = told(event(sender="My\nBank\u202e\x1b" + "k" * 10_000)).title

    assert title.startswith("SMS from My Bankkkk")
    assert title.endswith("…")
    assert len(title) < 100


FIELDS = (*SmsReceived.model_fields, "simNumber", "message", "body", "simCards", "health", "receivedAt")


@pytest.mark.parametrize("content", ["full", "masked", "code", "none"])
@given(st.sampled_from([*TYPES, "x:y"]), JSON)
def test_whatever_the_phone_says_is_told(content: Visibility, event_type: str, anything: object) -> None:
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
