"""The default texts for each type of event."""

from collections.abc import Mapping

import pytest

from relay.events import Event, parse
from tests.configured import SEEN, configured, event
from tests.rendering.rendered import NAMES, RELAY, render


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
            "⚠️ SMS to +12025550199 failed: no service",
            "",
            {
                "Reason": "Send result: RESULT_ERROR_NO_SERVICE "
                "(Failed because service is currently unavailable)",
                "Message": "msg-456",
                "SIM": "private",
                "Time": "Mon 22 Jun 2026, 10:46",
            },
        ),
        (
            "sms-failed-2024",
            "⚠️ SMS to Mum failed: the radio is off, as in airplane mode",
            "",
            {
                "Reason": "Send result: RESULT_ERROR_RADIO_OFF "
                "(Failed because radio was explicitly turned off)",
                "Message": "msg-123",
                "Time": "Sat 22 Jun 2024, 10:46",
            },
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
        ("call-ringing", "Mum is calling", "", {}),
        ("call-started", "Call with Mum started", "", {}),
        ("call-ended", "Call with Mum ended", "", {}),
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
def test_every_sample_has_its_default_text(
    samples: Mapping[str, bytes], sample: str, title: str, text: str, fields: dict[str, str]
) -> None:
    incoming = parse(samples[sample])
    moment = incoming.payload.moment
    first_seen_at = moment.timestamp() if moment else SEEN

    message = render(incoming, config=configured(NAMES, relay=RELAY), first_seen_at=first_seen_at)

    assert (message.title, message.text, dict(message.fields)) == (title, text, fields)
    assert message.notes == ()


@pytest.mark.parametrize(
    ("incoming", "title"),
    [
        (event(), "SMS from an unknown sender"),
        (event("sms:sent"), "SMS to an unknown number sent"),
        (event("sms:failed"), "⚠️ SMS to an unknown number failed"),
        (event("app:started"), "Phone started"),
        (event("app:started", simCards=[{}, {"simNumber": 2}]), "Phone started: a SIM, SIM 2"),
        (event("system:ping", health={"status": "fail"}), "⚠️ Phone: a sign of life"),
        (event("call:ringing"), "An unknown number is calling"),
        (event("call:ringing", phoneNumber="-2"), "An unknown number is calling"),
        (event("call:ringing", phoneNumber="+12025550143"), "+12025550143 is calling"),
        (event("call:started", phoneNumber="-1"), "Call with an unknown number started"),
        (event("call:ended", phoneNumber=None), "Call with an unknown number ended"),
        (event("x\ny:z"), "Event x y:z"),
    ],
)
def test_a_title_without_details_is_still_a_title(incoming: Event, title: str) -> None:
    assert render(incoming).title == title


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
def test_a_health_check_is_described(name: str, check: dict[str, object], words: str) -> None:
    title = render(event("system:ping", health={"checks": {name: check}})).title

    assert title.removeprefix("⚠️ ") == f"Phone: {words}"
    assert title.startswith("⚠️") is (check["status"] != "pass")


def test_the_worst_health_check_comes_first() -> None:
    checks = {
        "connection:status": {"observedValue": 1, "status": "pass"},
        "battery:level": {"observedValue": 18, "status": "warn"},
        "messages:failed": {"observedValue": 3, "status": "fail"},
    }

    title = render(event("system:ping", health={"checks": checks})).title

    assert title == "⚠️ Phone: failed messages: 3 (fail), battery 18 % (warn), online"


def test_parts_are_shown_if_there_are_several() -> None:
    assert dict(render(event("sms:sent", partsCount=2)).fields)["Parts"] == "2"
    assert "Parts" not in dict(render(event("sms:sent", partsCount=1)).fields)


def test_sim_cards_beyond_the_limit_are_counted() -> None:
    title = render(event("app:started", simCards=[{"simNumber": 1}] * 12)).title

    assert title == "Phone started: " + "SIM 1, " * 10 + "2 more"


def test_a_sender_is_one_line_of_bounded_length() -> None:
    title = render(event(sender="My\nBank\u202e\x1b" + "k" * 10_000)).title

    assert title.startswith("SMS from My Bankkkk")
    assert title.endswith("…")
    assert len(title) < 100
