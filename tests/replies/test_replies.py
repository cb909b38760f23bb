"""Answering an SMS from the chat, as a person sees it."""

import asyncio
import json
from pathlib import Path

import pytest

from forwarders.telegram.conversation import name_message
from relay.events import parse
from testkit.services.telegram import TOKEN
from tests.replies.deployment import ANNA, BO, MUM, PHONE, SETTINGS, STRANGER, TOML, Deployment

pytestmark = pytest.mark.anyio


async def test_a_reply_is_shown_confirmed_and_followed(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        assert await here.say("On my way", answers=sms) == 200
        asked = here.chat.latest
        assert asked.text == f"To Mum ({MUM}), from anna, SIM 1 (private)\nOn my way"
        assert list(asked.buttons) == ["Send", "Cancel"]
        assert here.gateway.accepted == {}
        assert await here.press("Send") == 200
        assert here.chat.latest.text.endswith("On my way\nqueued")
        assert here.chat.latest.buttons == {}
        assert here.sms["phoneNumbers"] == [MUM]
        assert here.sms["textMessage"] == {"text": "On my way"}
        assert (here.sms["deviceId"], here.sms["simNumber"]) == (PHONE, 1)
        for kind, state in (("sms:sent", "sent"), ("sms:delivered", "delivered ✓")):
            [delivery] = await here.report(kind)
            assert (delivery.destination, str(delivery.outcome)) == ("replies", "delivered")
            assert here.chat.latest.text.endswith(f"On my way\n{state}")
        assert len(here.chat.bubbles) == 2


async def test_cancel_sends_nothing(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        old = here.chat.pressed("Send", ANNA)
        await here.press("Cancel")
        assert here.chat.latest.text.endswith("\nnot sent")
        assert here.chat.latest.buttons == {}
        assert await here.update(old) == 200
        assert here.gateway.accepted == {}


async def test_without_confirmation_it_is_sent_at_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}") as here:
        assert await here.say("On my way", answers=await here.receive()) == 200
        assert here.sms["textMessage"] == {"text": "On my way"}
        assert here.chat.latest.text.endswith("On my way\nqueued")


async def test_nothing_is_sent_twice_however_often_it_is_repeated(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        update = here.chat.said("On my way", ANNA, answers=await here.receive(), at=here.now)
        for _ in range(3):
            assert await here.update(update) == 200
        assert len(here.chat.bubbles) == 2, "it is asked once"
        press = here.chat.pressed("Send", ANNA)
        for _ in range(3):
            assert await here.update(press) == 200
        assert len(here.gateway.accepted) == 1
        assert sum(each.path == "/3rdparty/v1/messages" for each in here.gateway.requests) == 1


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("AB-MYBANK", "AB-MYBANK is a name, not a number: it cannot be answered."),
        ("22000", "22000 is a short number: it is not answered, as that can cost or subscribe."),
        ("112", "112 is a short number: it is not answered, as that can cost or subscribe."),
        ("+499001234567", "+499001234567 is a premium number: it is not answered."),
    ],
)
async def test_who_cannot_be_answered_is_said(tmp_path: Path, sender: str, words: str) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("Yes", answers=await here.receive(sender=sender))
        assert here.chat.latest.text == words
        assert here.gateway.requests == []


async def test_a_number_is_dialled_as_in_its_country(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}") as here:
        await here.say("Yes", answers=await here.receive(sender="01511 2345678"))
        assert here.sms["phoneNumbers"] == [MUM]


@pytest.mark.parametrize("user", [STRANGER, -ANNA, 0])
async def test_nobody_else_is_heard(tmp_path: Path, user: int) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        for text in ("On my way", "/help", "/sms +4915112345678 x"):
            assert await here.say(text, user, answers=sms) == 200
        assert len(here.chat.bubbles) == 1


async def test_a_button_belongs_to_who_wrote(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", ANNA, answers=await here.receive())
        await here.press("Send", BO)
        assert here.chat.popups == ["Only who has written it can send it."]
        assert here.gateway.accepted == {}
        await here.press("Send", STRANGER)
        assert here.gateway.accepted == {}
        await here.press("Send", ANNA)
        assert len(here.gateway.accepted) == 1


async def test_a_button_is_of_no_use_in_another_chat(tmp_path: Path) -> None:
    other = f'type = "telegram"\nbot_token = "{TOKEN}"\nchat_id = -100777\nreplies = {ANNA}\n'
    more = f'\n[destinations.other]\napi_url = "API"\n{other}'
    async with Deployment(tmp_path, more=more, toml=f'default = ["family"]\n{TOML}') as here:
        await here.say("On my way", answers=await here.receive())
        press = here.chat.pressed("Send", ANNA)
        assert await here.update(press.replace(b"-1001234567890", b"-100777")) == 200
        assert here.chat.popups == ["This is not known any more. Write it again as a new reply."]
        assert here.gateway.accepted == {}


async def test_another_chat_and_another_topic_are_not_heard(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        own = here.chat.chat
        here.chat.chat = {**own, "id": -100999}
        await here.say("On my way", answers=sms)
        here.chat.chat = own
        await here.say("On my way", answers=sms, is_topic_message=True, message_thread_id=7)
        assert len(here.chat.bubbles) == 1


async def test_what_is_no_text_gets_a_hint_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        await here.say(None, answers=sms, photo=[])
        await here.say(None, answers=sms, sticker={})
        await here.say("x", answers=sms, forward_origin={"type": "user"})
        assert [each.text for each in here.chat.bubbles.values()][1:] == [
            "Only plain text can be sent as an SMS: write it as a new reply."
        ]


async def test_an_edited_message_is_not_sent_again(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        update = here.chat.said("On my way", ANNA, answers=await here.receive(), at=here.now)
        await here.update(update)
        await here.press("Send")
        await here.update(update.replace(b'"message":', b'"edited_message":', 1))
        assert len(here.gateway.accepted) == 1
        assert here.chat.latest.text.startswith("Only plain text")


async def test_a_reply_to_anything_else_is_said_not_to_be_sent(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("/help")
        await here.say("and this?", answers=max(here.chat.bubbles))
        assert here.chat.latest.text.startswith("To which number this would go is not known")


async def test_a_reply_to_an_answer_goes_to_the_same_number(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        await here.press("Send")
        await here.say("and I bring cake", answers=max(here.chat.bubbles))
        assert here.chat.latest.text == f"To Mum ({MUM}), from anna, SIM 1 (private)\nand I bring cake"


@pytest.mark.parametrize("sim", [0, 4, -1, 99])
async def test_a_sim_card_that_cannot_be_is_left_to_the_phone(tmp_path: Path, sim: int) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}") as here:
        await here.say("hi", answers=await here.receive(simNumber=sim))
        assert "simNumber" not in here.sms


async def test_the_limit_is_said_of_a_command_in_a_group_too(tmp_path: Path) -> None:
    async with Deployment(
        tmp_path, f"{{ from = [{ANNA}], confirm = false, new = true, per_hour = 1 }}"
    ) as here:
        for _ in range(2):
            await here.say("/sms +4915112345678 hi")
        assert here.chat.latest.text.startswith("The limit of 1 SMS an hour is reached")


async def test_people_who_talk_to_each_other_are_left_alone(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.receive()
        await here.say("What was that?")
        await here.say("No idea", answers=31)
        await here.say(None, new_chat_title="Family")
        assert len(here.chat.bubbles) == 1


async def test_in_a_chat_with_one_person_a_text_that_is_no_reply_gets_a_hint_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, chat=str(ANNA)) as here:
        for _ in range(3):
            await here.say("On my way")
        assert [each.text[:24] for each in here.chat.bubbles.values()] == ["To answer an SMS, reply "]


async def test_every_part_of_a_long_sms_can_be_answered(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.receive("long " * 1500)
        assert len(here.chat.bubbles) > 1
        for number in list(here.chat.bubbles):
            await here.say("On my way", answers=number)
            assert here.chat.latest.text.startswith("To Mum")


async def test_every_picture_of_an_album_can_be_answered(tmp_path: Path) -> None:
    files = [{"contentType": "text/plain", "name": f"{n}.txt", "data": "aGk="} for n in range(3)]
    async with Deployment(tmp_path) as here:
        await here.post(
            "mms:downloaded", {"sender": MUM, "body": "look", "attachments": files, "messageId": "m"}
        )
        assert len(here.chat.bubbles) == 3
        for number in list(here.chat.bubbles):
            await here.say("nice", answers=number)
            assert here.chat.latest.text.startswith("To Mum")


@pytest.mark.parametrize("content", ["code", "masked", "none"])
async def test_what_is_hidden_cannot_be_answered(tmp_path: Path, content: str) -> None:
    """The chat would learn the number."""
    async with Deployment(tmp_path, more=f'\ncontent = "{content}"') as here:
        await here.say("On my way", answers=await here.receive())
        assert here.chat.latest.text.startswith("To which number")


async def test_after_a_week_it_is_not_known_any_more(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        here.now += 7 * 86400
        await here.say("On my way", answers=sms)
        assert here.chat.latest.text.startswith("To which number this would go is not known")


async def test_what_comes_late_is_not_sent(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        await here.say("On my way", answers=sms, at=here.now - 3 * 3600)
        assert here.chat.latest.text.startswith("This came 3 h late, so nothing was sent.")
        await here.say("On my way", answers=sms)
        here.now += 1000
        await here.press("Send")
        assert "16 min late" in here.chat.latest.text
        assert here.chat.latest.buttons == {}
        assert here.gateway.accepted == {}


@pytest.mark.parametrize("text", ["\u0000", "a\u0007b", "\ud800", " \n "])
async def test_no_text_that_no_sms_can_carry(tmp_path: Path, text: str) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}") as here:
        await here.say(text, answers=await here.receive())
        assert here.gateway.requests == []
        assert "nothing was sent" in here.chat.latest.text.lower() or "no text" in here.chat.latest.text


async def test_a_text_in_any_direction_stands_alone(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("\u202eevil\u202c <b>&amp;", answers=await here.receive())
        assert here.chat.latest.text == f"To Mum ({MUM}), from anna, SIM 1 (private)\nevil <b>&amp;"
        await here.press("Send")
        assert here.sms["textMessage"]["text"] == "\u202eevil\u202c <b>&amp;"


async def test_the_number_of_sms_is_said_before(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        sms = await here.receive()
        await here.say("é" * 161, answers=sms)
        assert here.chat.latest.text.endswith("\n2 SMS")
        await here.say("😀" * 2048, answers=sms)
        assert here.chat.latest.text == (
            "Nothing was sent: this text is 63 SMS, and the limit is 20 an hour."
        )


async def test_a_contact_cannot_hide_the_number(tmp_path: Path) -> None:
    toml = '[contacts]\n"+4915112345678" = "+49 170 0000000"\n[devices.anna]\nids = ["x"]\n'
    async with Deployment(tmp_path, toml=toml) as here:
        await here.say("Yes", answers=await here.receive())
        assert here.chat.latest.text.startswith(f"To +49 170 0000000 ({MUM})")


async def test_the_limit_is_kept_and_said_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false, per_hour = 3 }}") as here:
        sms = await here.receive()
        for number in range(6):
            await here.say(f"text {number}", answers=sms)
        assert len(here.gateway.accepted) == 3
        told = [each.text for each in here.chat.bubbles.values() if "limit" in each.text]
        assert told == ["The limit of 3 SMS an hour is reached: nothing is sent for another 1 h."]
        here.now += 3600
        await here.say("again", answers=sms)
        assert len(here.gateway.accepted) == 4


async def test_the_limit_counts_a_long_text_by_its_parts(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], per_hour = 3 }}") as here:
        sms = await here.receive()
        for _ in range(2):
            await here.say("é" * 161, answers=sms)
        first, second = list(here.chat.bubbles)[1:]
        await here.press("Send", bubble=first)
        await here.press("Send", bubble=second)
        assert len(here.gateway.accepted) == 1
        assert here.chat.popups[-1].startswith("The limit of 3 SMS an hour is reached")
        assert list(here.chat.bubbles[second].buttons) == ["Send", "Cancel"]


async def test_only_with_new_can_others_be_written_to(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("/sms +4915112345678 hello")
        assert "Only numbers that have written" in here.chat.latest.text
        assert here.gateway.requests == []


@pytest.mark.parametrize(
    "words", ["+4915112345678 hello you", "01511-2345678 hello you", "anna +4915112345678\nhello you"]
)
async def test_a_new_number_can_be_written_to(tmp_path: Path, words: str) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], new = true, confirm = false }}") as here:
        await here.say(f"/sms {words}")
        assert here.sms["phoneNumbers"] == [MUM]
        assert here.sms["textMessage"]["text"] == "hello you"
        assert here.sms["deviceId"] == PHONE
        assert "simNumber" not in here.sms


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "is not a valid number"),
        ("hello", "hello is not a valid number"),
        ("+49 151", "+49 is not a valid number"),
        ("+499001234567 x", "is a premium number"),
        ("112 help", "112 is not a valid number"),
        ("+4915112345678", "There is no text to send."),
    ],
)
async def test_a_new_number_has_to_be_one(tmp_path: Path, words: str, answer: str) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], new = true }}") as here:
        await here.say(f"/sms {words}")
        assert answer in here.chat.latest.text
        assert here.gateway.requests == []


async def test_with_several_phones_one_is_named(tmp_path: Path) -> None:
    toml = f'[devices.anna]\nids = ["{PHONE}"]\n[devices.bo]\nids = ["another"]\n'
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], new = true, confirm = false }}", toml=toml) as here:
        await here.say("/sms +4915112345678 hi")
        assert here.chat.latest.text == (
            "Which phone is to send it? Write /sms anna +49… text. There are: anna, bo."
        )
        await here.say("/sms anna +4915112345678 hi")
        assert here.sms["deviceId"] == PHONE


async def test_a_phone_is_asked_by_each_of_its_ids(tmp_path: Path) -> None:
    """It posts under its id of the local mode, and the gateway knows the one of the cloud mode."""
    toml = f'[devices.anna]\nids = ["cloud", "{PHONE}"]\n'
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}", toml=toml) as here:
        here.gateway.devices = ("cloud",)
        await here.say("hi", answers=await here.receive())
        assert here.sms["deviceId"] == "cloud"


async def test_help_and_nothing_else_is_a_command(tmp_path: Path) -> None:
    async with Deployment(tmp_path, chat=str(ANNA)) as here:
        await here.say("/help")
        assert here.chat.latest.text.startswith("Reply to a forwarded SMS")
        assert "/sms" not in here.chat.latest.text
        await here.say("/status")
        assert here.chat.latest.text == "The phones are not watched: [watch] switches that on."
        count = len(here.chat.bubbles)
        await here.say("/delete everything")
        assert here.chat.latest.text.startswith("To answer an SMS, reply")
        assert len(here.chat.bubbles) == count + 1


async def test_the_status_is_that_of_the_watch(tmp_path: Path) -> None:
    toml = f'[watch]\nto = "family"\n[devices.anna]\nids = ["{PHONE}"]\n'
    async with Deployment(tmp_path, toml=toml) as here:
        watch = here.apps[0].watch
        assert watch
        await here.receive()
        watch.recorder.record(parse(b'{"id":"1","event":"system:ping","deviceId":"%s"}' % PHONE.encode()))
        await watch.recorder.finish(asyncio.get_running_loop().time() + 2)
        await here.say("/status")
        assert here.chat.latest.text.startswith("anna: well (heard 0 min ago")


async def test_what_another_bot_is_told_or_says_is_not_ours(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false, new = true }}") as here:
        sms = await here.receive()
        await here.say("/sms@other_bot +4915112345678 hi")
        await here.say("/help@other_bot")
        await here.say("hi", answers=sms, via_bot={"id": 5, "is_bot": True})
        assert here.gateway.requests == []
        await here.say("/sms@Relay_Bot +4915112345678 hi")
        assert len(here.gateway.accepted) == 1


@pytest.mark.parametrize("sender", ["6785551234", "2482512345", "18153123456", "09001234567"])
async def test_without_a_region_the_phone_dials_what_it_received(
    tmp_path: Path, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as international, each of these is a number somewhere else."""
    monkeypatch.delitem(SETTINGS, "PHONE_REGION")
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}") as here:
        await here.say("hi", answers=await here.receive(sender=sender))
        assert here.sms["phoneNumbers"] == [sender]


async def test_two_bots_count_the_messages_of_one_person_each_for_itself() -> None:
    assert name_message("1", "4711", 100) != name_message("2", "4711", 100)


@pytest.mark.parametrize("text", ["\u200b", "\u115f\u2800", "\u3164 \n", "\u2060\u200d"])
async def test_a_text_that_shows_nothing_is_not_sent(tmp_path: Path, text: str) -> None:
    async with Deployment(tmp_path) as here:
        await here.say(text, answers=await here.receive())
        assert here.chat.latest.text == "There is no text to send."


@pytest.mark.parametrize("date", [10**400, -(10**18), 1e300, True, "now", None])
async def test_no_date_breaks_anything(tmp_path: Path, date: object) -> None:
    async with Deployment(tmp_path) as here:
        update = json.loads(here.chat.said("hi", ANNA, answers=await here.receive()))
        update["message"]["date"] = date
        assert await here.update(json.dumps(update).encode()) == 200


async def test_a_long_word_in_place_of_a_number_is_said_in_short(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], new = true }}") as here:
        await here.say(f"/sms {'x' * 4080} hi")
        assert here.chat.latest.text.endswith("like /sms +491701234567 text.")


async def test_in_a_topic_its_first_message_is_no_answer(tmp_path: Path) -> None:
    async with Deployment(tmp_path, more="thread_id = 7") as here:
        sms = await here.receive()
        topic = {"is_topic_message": True, "message_thread_id": 7}
        await here.say("hi", answers=7, **topic)
        assert len(here.chat.bubbles) == 1
        await here.say("hi", answers=sms, **topic)
        assert here.chat.latest.text.startswith("To Mum")
        assert await here.press("Send") == 200, "a button elsewhere"
        assert here.gateway.accepted == {}
        await here.update(here.chat.pressed("Send", ANNA, **topic))
        assert len(here.gateway.accepted) == 1


async def test_a_button_below_a_message_that_bots_cannot_see_any_more_works(tmp_path: Path) -> None:
    async with Deployment(tmp_path, more="thread_id = 7") as here:
        sms = await here.receive()
        await here.say("hi", answers=sms, is_topic_message=True, message_thread_id=7)
        await here.update(here.chat.pressed("Send", ANNA, date=0))
        assert len(here.gateway.accepted) == 1
