"""What is logged of a request, and which lines an operator is woken by."""

import io
import json
from typing import Any

from relay.delivery import Delivery, Outcome
from relay.events import parse
from relay.logs import Log
from relay.request_log import OLD, RequestLog, write_late

NOW = 1_800_000_000.0
EVENT = b'{"event": "sms:sent", "id": "abc"}'


def lines(request_log: RequestLog, status: int) -> list[dict[str, Any]]:
    stream = io.StringIO()
    request_log.write(Log(structured=True, stream=lambda: stream), status)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def delivered(*deliveries: Delivery, body: bytes = EVENT) -> RequestLog:
    request_log = RequestLog("", lambda: NOW)
    request_log.key, request_log.event, request_log.deliveries = "ab12", parse(body), deliveries
    return request_log


def deferred(**changes: Any) -> Delivery:
    given: dict[str, Any] = {"first_seen_at": NOW - 60, "reason": "it is down", "open": True, **changes}
    return Delivery("telegram", Outcome.DEFERRED, **given)


def test_a_request_is_one_line_with_outcomes_and_times() -> None:
    written = lines(delivered(Delivery("telegram", Outcome.DELIVERED, NOW, milliseconds=12)), 200)
    assert written == [
        {
            "severity": "INFO",
            "message": "request",
            "status": 200,
            "authenticated": True,
            "key": "ab12",
            "event": "abc",
            "type": "sms:sent",
            "deliveries": {"telegram": "delivered"},
            "ms": {"telegram": 12},
        }
    ]


def test_a_phone_that_hangs_up_wakes_nobody() -> None:
    request_log = RequestLog("", lambda: NOW)
    request_log.key = "ab12"
    request_log.break_off("the phone hung up")
    written = lines(request_log, 400)
    assert [(line["severity"], line.get("reason"), "alert" in line) for line in written] == [
        ("WARNING", "the phone hung up", False)
    ]


def test_a_deferred_event_tells_its_age() -> None:
    _, why, age = lines(delivered(deferred()), 503)
    assert (why["severity"], why["message"]) == ("WARNING", "deferred: it is down")
    assert (age["severity"], age["age_seconds"]) == ("WARNING", 60)
    assert "alert" not in age


def test_one_that_the_phone_will_soon_give_up_is_an_error() -> None:
    *_, age = lines(delivered(deferred(first_seen_at=NOW - OLD - 1)), 503)
    assert (age["severity"], age["alert"]) == ("ERROR", "event-older-than-20h")


def test_the_age_counts_from_when_the_event_was_first_seen_here() -> None:
    body = b'{"event": "sms:received", "payload": {"receivedAt": "2020-01-14T08:00:00Z"}}'
    *_, age = lines(delivered(deferred(), body=body), 503)
    assert (age["severity"], age["age_seconds"]) == ("WARNING", 60)


def test_the_age_does_not_count_from_a_moment_that_is_none() -> None:
    for moment in ("1970-01-01T00:00:00Z", "2027-02-14T08:00:00Z"):
        body = f'{{"event": "sms:received", "payload": {{"receivedAt": "{moment}"}}}}'.encode()
        *_, age = lines(delivered(deferred(), body=body), 503)
        assert (age["severity"], age["age_seconds"]) == ("WARNING", 60)


def test_what_never_asks_the_phone_tells_no_age() -> None:
    assert len(lines(delivered(deferred(open=False)), 200)) == 2


def test_what_the_operator_has_to_mend_is_an_alert() -> None:
    _, alert, _ = lines(delivered(deferred(misconfigured=True, reason="invite the bot")), 503)
    assert alert == {
        "severity": "ERROR",
        "message": "invite the bot",
        "alert": "misconfigured",
        "event": "abc",
        "destination": "telegram",
    }


def test_every_line_of_a_delivery_names_the_event_and_its_record() -> None:
    refused = Delivery("telegram", Outcome.REFUSED, NOW, "too odd", key="0123456789abcdef" * 4)
    _, *written = lines(delivered(refused, deferred(key="fedcba9876543210" * 4)), 503)
    assert [(line["event"], line["ledger_key"]) for line in written] == [
        ("abc", "0123456789ab"),
        ("abc", "fedcba987654"),
        ("abc", "fedcba987654"),
    ]


def test_what_ends_after_the_answer_is_a_line_of_its_own() -> None:
    stream = io.StringIO()
    log = Log(structured=True, stream=lambda: stream)
    for late in (deferred(misconfigured=True, reason="invite the bot", key="0" * 64), deferred()):
        write_late(log, parse(EVENT), late)
    write_late(log, parse(EVENT), Delivery("telegram", Outcome.DELIVERED, NOW))
    written = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["severity"], line["message"], line["event"], line.get("alert")) for line in written] == [
        ("ERROR", "after the answer: invite the bot", "abc", "misconfigured"),
        ("WARNING", "after the answer: deferred: it is down", "abc", None),
    ]


def test_what_nobody_keeps_or_repeats_is_an_error() -> None:
    _, line = lines(delivered(deferred(open=False, lost=True)), 200)
    assert (line["severity"], line["message"]) == (
        "ERROR",
        "not delivered, not kept and not repeated: it is down",
    )


def test_a_final_refusal_is_an_error_and_a_remark_a_warning() -> None:
    refused = Delivery("telegram", Outcome.REFUSED, NOW, "too odd", remarks=("the group has moved",))
    _, remark, refusal = lines(delivered(refused), 200)
    assert (remark["severity"], remark["message"]) == ("WARNING", "the group has moved")
    assert (refusal["severity"], refusal["message"]) == ("ERROR", "refused: too odd")


def test_a_refusal_is_an_alert_only_after_a_right_key() -> None:
    stranger, phone, busy = (RequestLog("", lambda: NOW) for _ in range(3))
    phone.key = busy.key = "ab12"
    stranger.refuse("apiKey is wrong", "refused-after-key")
    phone.refuse("the clock is wrong", "refused-after-key")
    busy.refuse("no room", "")
    assert [line.get("alert") for line in lines(stranger, 401)] == [None]
    assert [line.get("alert") for line in lines(phone, 401)] == [None, "refused-after-key"]
    assert [line.get("alert") for line in lines(busy, 503)] == [None]


def test_a_bug_is_told_by_its_type() -> None:
    request_log = RequestLog("", lambda: NOW)
    request_log.fail(KeyError("+12025550143"))
    (line,) = lines(request_log, 503)
    assert (line["severity"], line["reason"]) == ("ERROR", "a bug: KeyError")
