"""What the chat says when the gateway, the chat, the ledger or the phone fails."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forwarders.telegram.conversation import HEADER
from relay.replies.draft import sms_id
from relay.webhook import Refused
from testkit.service import Act, Reply, Trouble, reply
from tests.replies.deployment import ANNA, MUM, PHONE, SECRET, Deployment

pytestmark = pytest.mark.anyio
DIRECTLY = f"{{ from = [{ANNA}], confirm = false }}"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 429, 503])
async def test_a_refusal_is_said_and_can_be_tried_again(tmp_path: Path, status: int) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.always = reply(status, {"message": "secret"})
        assert await here.press("Send") == 200
        state = here.chat.latest.text.rpartition("\n")[2]
        assert state.startswith(f"not sent: 127.0.0.1 answers {status}: ")
        here.gateway.always = None
        assert await here.press("Try again") == 200
        assert here.chat.latest.text.endswith("queued")
        assert len(here.gateway.accepted) == 1


@pytest.mark.parametrize(
    "act", [reply(500), Reply(200, b"<html>"), Trouble.DROP_READ, Trouble.DROP_UNREAD], ids=repr
)
async def test_what_is_not_known_is_said_and_can_be_tried_again(tmp_path: Path, act: Act) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(act)
        assert await here.press("Send") == 200
        assert "not known whether it was sent" in here.chat.latest.text
        assert list(here.chat.latest.buttons) == ["Try again"]
        await here.press("Try again")
        assert here.chat.latest.text.endswith("queued")


async def test_one_that_was_accepted_unheard_is_not_sent_again(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        press = here.chat.pressed("Send", ANNA)
        number = here.id_of(101)
        here.gateway.accepted[here.gateway.devices[0], number] = {"id": number}
        await here.update(press)
        assert here.chat.latest.text.endswith("queued")
        assert len(here.gateway.accepted) == 1


LOST = reply(502)
"""The answer of something on the way, after which nobody knows what became of a request."""


@pytest.mark.parametrize("status", [401, 402, 429])
async def test_a_later_refusal_does_not_say_that_nothing_was_sent(tmp_path: Path, status: int) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(LOST)
        await here.press("Send")
        here.gateway.always = reply(status, {"message": "no"})
        await here.press("Try again")
        assert "not known whether it was sent" in here.chat.latest.text
        assert list(here.chat.latest.buttons) == ["Try again"]


async def test_a_server_that_heeds_no_phone_is_asked_before_it_is_asked_again(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(LOST)
        await here.press("Send")
        here.gateway.accepted["another phone", here.id_of(101)] = {"phoneNumbers": [MUM]}
        here.gateway.states[here.id_of(101)] = "Pending"
        await here.press("Try again")
        assert here.chat.latest.text.endswith("queued")
        assert len(here.gateway.accepted) == 1


@pytest.mark.parametrize("status", [408, 409, 503])
async def test_what_a_proxy_says_is_not_the_gateways_word(tmp_path: Path, status: int) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(Reply(status, b"<html>upstream connect error</html>"))
        await here.press("Send")
        assert "not known whether it was sent" in here.chat.latest.text


async def test_a_button_that_cannot_be_acknowledged_sends_all_the_same(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.chat.objection = lambda each: Trouble.HANG if each.path.endswith("answerCallbackQuery") else None
        assert await here.update(here.chat.pressed("Send", ANNA), seconds=2) == 200
        assert here.chat.latest.text.endswith("queued")


async def test_a_message_that_is_repeated_after_it_was_sent_is_not_said_to_be_late(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        update = here.chat.said("On my way", ANNA, answers=await here.receive(), at=here.now)
        here.chat.always = LOST
        assert await here.update(update) == 503
        here.chat.always = None
        here.now += 1000
        assert await here.update(update) == 200
        assert "On my way\nqueued" in here.chat.latest.text


async def test_what_is_unknown_after_an_hour_is_not_said_to_be_unsent(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(LOST)
        await here.press("Send")
        here.now += 3700
        await here.press("Try again")
        assert here.chat.popups[-1].startswith("It is still not known whether this was sent")
        assert here.gateway.accepted == {}
        here.gateway.accepted[PHONE, here.id_of(101)] = {"phoneNumbers": [MUM]}
        here.gateway.states[here.id_of(101)] = "Sent"
        await here.press("Try again")
        assert "On my way\nqueued" in here.chat.latest.text


async def test_what_may_have_been_accepted_is_asked_for_under_one_id_only(tmp_path: Path) -> None:
    toml = f'[devices.anna]\nids = ["{PHONE}", "second"]\n'
    async with Deployment(tmp_path, toml=toml) as here:
        here.gateway.devices = (PHONE, "second")
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(LOST)
        await here.press("Send")
        here.gateway.acts += [LOST, reply(400, {"message": "no"})]  # it is not known, and then not accepted
        await here.press("Try again")
        assert here.gateway.accepted == {}
        assert "not known whether it was sent" in here.chat.latest.text


async def test_a_refused_one_that_waits_for_the_limit_says_so(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], per_hour = 1 }}") as here:
        sms = await here.receive()
        await here.say("one", answers=sms)
        here.gateway.acts.append(reply(429, {"message": "slower"}))
        await here.press("Send")
        refused = max(here.chat.bubbles)
        await here.say("two", answers=sms)
        await here.press("Send")
        await here.press("Try again", bubble=refused)
        assert here.chat.popups[-1].startswith("The limit of 1 SMS an hour is reached")


async def test_a_button_of_a_question_that_was_shown_twice_says_what_became_of_it(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY.replace("false", "true")) as here:
        await here.say("On my way", answers=await here.receive())
        cancel = here.chat.pressed("Cancel", ANNA)
        await here.press("Send")
        await here.update(cancel)
        assert here.chat.popups[-1] == "queued"
        assert here.chat.latest.text.endswith("queued")


async def test_a_question_that_was_deleted_is_no_reason_for_silence(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        press = here.chat.pressed("Send", ANNA)
        here.chat.bubbles.clear()
        here.gateway.acts.append(reply(401, {"message": "no"}))
        await here.update(press)
        assert "not sent: 127.0.0.1 answers 401" in here.chat.latest.text
        assert await here.press("Try again") == 200
        assert here.chat.latest.text.endswith("queued")


async def test_that_no_report_comes_is_said_though_the_phone_says_nothing(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        here.now += 700
        await here.say("/help")
        assert [each for each in here.chat.bubbles.values() if "no report after 10 min" in each.text]


async def test_that_no_report_comes_is_said_later_if_the_chat_is_away(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        here.chat.always = LOST
        for is_away in (True, False):
            here.now += 700
            here.chat.always = LOST if is_away else None
            await here.post("system:ping", {})
        assert "no report after 10 min" in here.chat.latest.text


async def test_a_hint_that_was_not_shown_is_given_again(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false, per_hour = 1 }}") as here:
        sms = await here.receive()
        await here.say("one", answers=sms)
        update = here.chat.said("two", ANNA, answers=sms, at=here.now)
        here.chat.always = LOST
        assert await here.update(update) == 503
        here.chat.always = None
        assert await here.update(update) == 200
        assert here.chat.latest.text.startswith("The limit of 1 SMS an hour is reached")


async def test_who_comes_second_at_the_limit_is_told(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], per_hour = 1 }}") as here:
        sms = await here.receive()
        await here.say("one", answers=sms)
        await here.say("two", answers=sms)
        presses = [here.chat.pressed("Send", ANNA, number) for number in list(here.chat.bubbles)[1:]]
        assert await asyncio.gather(*map(here.update, presses)) == [200, 200]
        assert len(here.gateway.accepted) == 1
        told = [*here.chat.popups, *(each.text for each in here.chat.bubbles.values())]
        assert any("The limit of 1 SMS an hour is reached" in each for each in told)


async def test_what_was_cancelled_does_not_count(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], per_hour = 1 }}") as here:
        sms = await here.receive()
        await here.say("one", answers=sms)
        send, cancel = here.chat.pressed("Send", ANNA), here.chat.pressed("Cancel", ANNA)
        await here.update(cancel)
        await here.update(send)
        await here.say("two", answers=sms)
        await here.press("Send")
        assert here.sms["textMessage"]["text"] == "two"


async def test_no_button_writes_over_a_forwarded_sms(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        await here.say("On my way", answers=sms)
        numbers = [f'"message_id": {number}'.encode() for number in (max(here.chat.bubbles), sms)]
        forged = here.chat.pressed("Send", ANNA).replace(numbers[0], numbers[1])
        await here.update(forged)
        assert here.chat.bubbles[sms].edits == 0
        assert here.chat.latest.text.endswith("queued")


async def test_too_much_at_once_is_repeated_and_leaves_room_for_forwarding(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        here.chat.objection = lambda each: Trouble.HANG if b"reply_parameters" in each.body else None
        updates = [here.chat.said(f"text {n}", ANNA, answers=sms, at=here.now) for n in range(70)]
        answers = await asyncio.gather(*(here.update(each, seconds=0.3) for each in updates))
        assert set(answers) == {503}
        assert await here.receive("one more")


async def test_what_is_under_way_when_the_instance_ends_is_cut_off(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(Trouble.HANG)
        press = here.chat.pressed("Send", ANNA)
        assert await here.update(press, seconds=0.2) == 503
        replies = here.apps[0].replies
        assert replies
        replies.stop(0.1)
        async with asyncio.timeout(5):
            await replies.drain()


async def test_a_bug_is_logged_and_said_and_not_repeated_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        monkeypatch.setattr("relay.replies.talk.count_parts", lambda _text: 1 // 0)
        assert await here.say("On my way", answers=sms) == 200
        assert here.chat.latest.text.startswith("Something broke here")
        assert "a bug: ZeroDivisionError" in here.log.getvalue()


async def test_after_a_destination_was_renamed_its_sms_are_followed(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        here.rename("family", "relatives")
        here.start()
        await here.report("sms:sent")
        assert here.chat.latest.text.endswith("\nsent")


async def test_a_gateway_that_hangs_delays_no_answer(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(Trouble.HANG)
        press = here.chat.pressed("Send", ANNA)
        assert await here.update(press, seconds=0.2) == 503
        assert await here.update(press, seconds=0.2) == 503, "a repeat waits for the same attempt"
        assert len(here.gateway.requests) == 1


async def test_another_instance_leaves_it_to_the_first(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(Trouble.HANG)
        press = here.chat.pressed("Send", ANNA)
        assert await here.update(press, seconds=0.2) == 503
        other = here.start()
        assert await here.update(press, seconds=2, app=other) == 503
        assert len(here.gateway.requests) == 1
        here.now += 61
        assert await here.update(press, seconds=2, app=other) == 200
        assert here.chat.latest.text.endswith("queued")


async def test_while_telegram_is_away_it_repeats_and_one_sms_leaves(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        update = here.chat.said("On my way", ANNA, answers=await here.receive(), at=here.now)
        here.chat.always = reply(502)
        assert await here.update(update) == 503
        here.chat.always = None
        assert await here.update(update) == 200
        assert here.chat.latest.text.endswith("queued")
        assert len(here.gateway.accepted) == 1


async def test_a_chat_that_takes_nothing_ends_the_repeats(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        update = here.chat.said("On my way", ANNA, answers=await here.receive(), at=here.now)
        here.chat.always = reply(403, {"ok": False, "description": "Forbidden: bot was kicked"})
        assert await here.update(update) == 200
        assert len(here.gateway.accepted) == 1


async def test_a_ledger_that_is_away_is_asked_again_by_telegram(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        update = here.chat.said("On my way", ANNA, answers=await here.receive(), at=here.now)
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            assert await here.update(update, seconds=1) == 503
            db.execute("ROLLBACK")
        assert here.gateway.accepted == {}
        assert await here.update(update) == 200
        assert len(here.gateway.accepted) == 1


REPORTS = ("sms:sent", "sms:delivered", "sms:delivered")


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
async def test_reports_in_any_order_and_repeated_lead_to_the_same(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("é" * 161, answers=await here.receive())
        for at in order:
            for _ in range(2):
                await here.report(REPORTS[at], event_id=f"report {at}", partsCount=2)
        assert here.chat.latest.text.endswith("delivered ✓")


async def test_a_part_of_a_text_is_not_all_of_it(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("é" * 161, answers=await here.receive())
        await here.report("sms:sent", partsCount=2)
        await here.report("sms:delivered", event_id="the same")
        await here.report("sms:delivered", event_id="the same")
        assert here.chat.latest.text.endswith("delivered 1 of 2")


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        (("sms:failed",), "not sent: no service"),
        (("sms:sent", "sms:failed"), "not delivered: no service"),
        (("sms:cancelled",), "cancelled on the phone: not sent"),
        (("sms:failed", "sms:delivered"), "delivered ✓"),
    ],
)
async def test_what_the_phone_reports_is_said(tmp_path: Path, reports: tuple[str, ...], state: str) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        for each in reports:
            await here.report(each, reason="Send result: RESULT_ERROR_NO_SERVICE")
        assert here.chat.latest.text.endswith(f"\n{state}")


async def test_a_report_comes_before_the_gateway_answers(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        press = here.chat.pressed("Send", ANNA)
        here.gateway.acts.append(reply(504))
        await here.update(press)
        number = here.id_of(101)
        await here.report("sms:sent", number)
        assert here.chat.latest.text.endswith("\nsent")
        assert here.chat.latest.buttons == {}


async def test_while_telegram_is_away_the_phone_repeats_a_report(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        here.chat.always = reply(502)
        [delivery] = await here.report("sms:sent", event_id="one")
        assert delivery.open
        here.chat.always = None
        [delivery] = await here.report("sms:sent", event_id="one")
        assert not delivery.open
        assert here.chat.latest.text.endswith("\nsent")


async def test_what_is_not_ours_goes_its_usual_way(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        for number in ("another", sms_id("something else", SECRET.encode()), "reply-", ""):
            deliveries = await here.report("sms:failed", number or "-", reason="none")
            assert [each.destination for each in deliveries] == ["family"]


async def test_that_no_report_comes_is_said_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        for _ in range(4):
            here.now += 301
            await here.post("system:ping", {})
        assert here.chat.latest.text.endswith("queued; no report after 10 min: is the phone online?")
        assert here.chat.latest.edits == 1
        await here.report("sms:sent")
        assert here.chat.latest.text.endswith("\nsent")


async def test_what_was_interrupted_is_sent_at_a_later_request(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(Trouble.HANG)
        assert await here.update(here.chat.pressed("Send", ANNA), seconds=0.2) == 503
        other = here.start()
        here.now += 400
        await here.post("system:ping", {}, app=other)
        assert here.chat.latest.text.endswith("queued")
        assert len(here.gateway.accepted) == 1


async def test_what_was_interrupted_too_long_ago_is_said(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        here.gateway.acts.append(Trouble.HANG)
        assert await here.update(here.chat.pressed("Send", ANNA), seconds=0.2) == 503
        other = here.start()
        here.now += 7200
        await here.post("system:ping", {}, app=other)
        assert "not known whether it was sent" in here.chat.latest.text
        assert here.gateway.accepted == {}


async def test_a_message_that_was_deleted_is_not_edited(tmp_path: Path) -> None:
    async with Deployment(tmp_path, DIRECTLY) as here:
        await here.say("On my way", answers=await here.receive())
        number = here.sms["id"]
        here.chat.bubbles.clear()
        [delivery] = await here.report("sms:sent", number)
        assert not delivery.open


@pytest.mark.parametrize("secret", ["", "wrong", "é", "0" * 64])
async def test_a_forged_request_is_refused(tmp_path: Path, secret: str) -> None:
    async with Deployment(tmp_path) as here:
        replies = here.apps[0].replies
        assert replies
        for headers in ({HEADER: secret}, {}, {"x-telegram": secret}):
            with pytest.raises(Refused) as refused:
                replies.authenticate(headers)
            assert refused.value.status == 401


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"7", b"null", b"{}", b'{"message": 7}', b'{"message": {"chat": 7, "from": []}}'),
        *(b'{"callback_query": {}}', b"[" * 100_000, b'{"message": {"message_id": true}}', b"\xff"),
        b'{"callback_query": {"id": 7, "data": {}, "from": {"id": "x"}, "message": {"message_id": 1e3}}}',
    ],
    ids=lambda each: repr(each[:40]),
)
async def test_any_body_is_answered(tmp_path: Path, body: bytes) -> None:
    async with Deployment(tmp_path) as here:
        assert await here.update(body) == 200
        assert here.chat.requests == []


async def test_no_line_of_the_log_holds_content(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive("Where are you?"))
        await here.press("Send")
        await here.report("sms:delivered")
        lines = here.log.getvalue()
        assert '"outcome": "asked"' in lines
        assert not any(each in lines for each in ("On my", "Where", "Mum", MUM[4:], f": {ANNA}"))


async def test_no_note_of_the_ledger_shows_content(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        await here.press("Send")
        await asyncio.sleep(0)
        notes = b"".join(each.read_bytes() for each in _files(tmp_path))
        assert b"reply." in notes
        assert b"answer." in notes
        long_enough = ("On my way", MUM[4:], "private")  # what is shorter can be in random letters by chance
        assert not any(each.encode() in notes for each in long_enough)


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("ledger.sqlite*"))
