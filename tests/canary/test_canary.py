"""Test SMS of a whole deployment: sent by a tick, back through the relay, and judged by a later tick."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from relay.canary.journal import LEASE, Journal
from relay.canary.taker import ON_ITS_WAY
from relay.delivery import Outcome
from relay.watch import Watch
from testkit.service import Act, Request, Trouble, reply
from tests.canary.deployment import Deployment
from tests.canary.parts import NUMBERS, canary, phones
from tests.watch.house import DAY, HOUR, MINUTE

pytestmark = pytest.mark.anyio

WEEKLY = phones("anna", "ben") + canary("anna", more='every = "7d"')
BOTHERED = "anna receives no SMS though it pings: the test of "


def list_files(folder: Path) -> list[Path]:
    return [*folder.glob("ledger*")]


def without_answer(journal: Journal | None) -> Journal | None:
    """Return the journal as it is after a kill between the gateway's acceptance and our record of it."""
    assert journal
    assert journal.trip
    return replace(journal, trip=replace(journal.trip, accepted=0.0))


def watch_of(house: Deployment) -> Watch:
    watch = house.apps[0].watch
    assert watch is not None
    return watch


async def test_a_test_is_sent_comes_back_and_bothers_nobody(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        [sms] = house.sms
        assert (sms["deviceId"], sms["phoneNumbers"], sms["ttl"]) == ("anna", [NUMBERS["anna"]], 900)
        assert [each.outcome for each in await house.report()] == [Outcome.DELIVERED]
        house.now += 12
        assert [each.outcome for each in await house.receive()] == [Outcome.DELIVERED]
        await house.live(HOUR)
        [status] = (await watch_of(house).status()).loops

        assert house.chat == []
        assert len(house.sms) == 1
        assert (status.name, status.seconds, status.problem, status.is_under_way) == ("anna", 12, "", False)


async def test_one_that_does_not_come_back_is_reported_and_ends_when_it_does(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        await house.report()
        assert (await watch_of(house).status()).loops[0].is_under_way
        await house.live(HOUR)
        assert [each.partition("the test of ")[0] + "the test of " for each in house.chat] == [BOTHERED]
        status = await watch_of(house).status()
        assert (status.loops[0].problem, status.is_well) == ("does not come back", False)
        await house.receive()
        await house.live(10 * MINUTE)

        assert house.chat[1].startswith("anna receives SMS again: the test of ")
        assert house.chat[1].endswith(" came back after 1 h.")
        assert (await watch_of(house).status()).loops[0].problem == ""


async def test_instances_that_tick_at_once_ask_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, instances=3) as house:
        await house.until_sent()
        asked = len(house.gateway.requests)
        house.now += DAY
        for _ in range(5):
            await asyncio.gather(*(house.tick(number) for number in range(3)))

        assert len(house.sms) == 2
        assert len(house.gateway.requests) == asked + 1


@pytest.mark.parametrize("trouble", [Trouble.DROP_READ, Trouble.DROP_UNREAD, reply(503), reply(500)])
async def test_what_is_not_accepted_is_asked_for_again_and_never_sent_twice(
    trouble: Trouble, tmp_path: Path
) -> None:
    async with Deployment(tmp_path) as house:
        house.gateway.acts.extend([trouble] * 2)
        await house.until_sent(ticks=3)
        await house.report()
        house.now += 5
        await house.receive()
        await house.live(HOUR)

        assert len(house.sms) == 1
        assert house.chat == []


async def test_an_accepted_test_whose_answer_was_lost_is_the_same_sms(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        loop = house.canaries().loops[0]
        await house.canaries().store.update(loop, without_answer)
        house.now += LEASE
        await house.tick()
        trip = (await house.canaries().journal(loop)).trip

        assert len(house.sms) == 1
        assert trip
        assert trip.accepted == house.now


@pytest.mark.parametrize("status", [400, 503])
async def test_a_refused_test_keeps_no_other_from_being_sent(status: int, tmp_path: Path) -> None:
    toml = phones("anna", "ben") + canary("anna", "ben", 'name = "one"\nevery = "3h"')
    toml += canary("anna", more='every = "3h"')

    def refuse(request: Request) -> Act | None:
        is_first = request.method == "POST" and request.json()["phoneNumbers"] == [NUMBERS["ben"]]
        return reply(status, {"message": "no"}) if is_first else None

    async with Deployment(tmp_path, toml) as house:
        house.gateway.objection = refuse
        await house.tick()
        await house.live(6 * HOUR)

        assert {each["phoneNumbers"][0] for each in house.sms} == {NUMBERS["anna"]}
        assert len(house.sms) == 2


async def test_what_the_gateway_knows_is_asked_if_the_phone_reports_nothing(tmp_path: Path) -> None:
    """No webhook posts sms:sent: the state that the gateway has is as good."""
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        house.gateway.states[house.sms[0]["id"]] = "Sent"
        await house.live(15 * MINUTE)
        assert house.chat == []
        await house.live(25 * MINUTE)

        assert [each.startswith(BOTHERED) for each in house.chat] == [True]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("Pending", "the phone has not taken it from the gateway"),
        ("Processed", "the phone has taken it and not sent it"),
        ("Failed", "the phone could not send it"),
        ("Unheard", "the gateway does not say what became of it"),
    ],
)
async def test_one_that_is_not_sent_is_reported_after_a_day(state: str, words: str, tmp_path: Path) -> None:
    async with Deployment(tmp_path, WEEKLY) as house:
        await house.until_sent()
        house.gateway.states[house.sms[0]["id"]] = state
        await house.live(20 * HOUR)
        assert house.chat == []
        await house.live(7 * HOUR)

        [line] = house.chat
        assert line.startswith("anna's tests have failed since ")
        assert line.endswith(f": {words}.")


async def test_a_failed_one_says_why_and_is_not_forwarded(tmp_path: Path) -> None:
    async with Deployment(tmp_path, WEEKLY) as house:
        await house.until_sent()
        taken = await house.report("sms:failed", reason="Send result: RESULT_ERROR_NO_SERVICE (x)")
        assert [each.outcome for each in taken] == [Outcome.DELIVERED]
        await house.live(23 * HOUR)
        assert house.chat == []
        await house.live(4 * HOUR)

        assert [each.rpartition(": ")[2] for each in house.chat] == ["no service."]


@pytest.mark.parametrize("kind", ["sms:sent", "sms:delivered", "sms:failed", "sms:cancelled"])
async def test_reports_of_other_messages_are_for_others(kind: str, tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        own = await house.report(kind)
        sms_id = str(house.sms[0]["id"])
        others = [
            await house.post("anna", kind, messageId=each, recipient="+12025550188")
            for each in ("", "another", sms_id[:-1], f"{sms_id[:-1]}7", sms_id.replace("canary-", "canary-1"))
        ]

        assert [each.destination for each in own] == ["canary"]
        assert all("canary" not in {each.destination for each in some} for some in others)


async def test_what_is_forged_altered_or_old_is_forwarded(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        old = house.text
        await house.receive()
        for text in (f"{old} x", old.replace("test", "Test"), old[:-1] + ("A" if old[-1] != "A" else "B")):
            assert [each.destination for each in await house.receive(text)] == ["family"]
        house.now += DAY
        await house.tick()
        assert len(house.sms) == 2
        assert [each.destination for each in await house.receive(old)] == ["family"]
        assert [each.destination for each in await house.receive()] == ["canary"]


async def test_one_that_comes_twice_is_taken_twice(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        house.now += 10
        first = await house.receive()
        house.now += 50
        second = await house.receive()
        [status] = (await watch_of(house).status()).loops

        assert [each.destination for each in (*first, *second)] == ["canary", "canary"]
        assert status.seconds == 10


async def test_a_date_that_is_long_over_is_an_sms_like_others(tmp_path: Path) -> None:
    """A stranger who has seen a test may keep its text: without a note it is recognized for some time."""
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        loop = house.canaries().loops[0]
        trip = (await house.canaries().journal(loop)).trip
        assert trip
        house.now = trip.due + loop.canary.every + ON_ITS_WAY - 10 * MINUTE
        (tmp_path / "ledger.sqlite").unlink()
        assert [each.destination for each in await house.receive()] == ["canary"]
        house.now += 20 * MINUTE

        assert [each.destination for each in await house.receive()] == ["family"]


async def test_only_the_phone_with_the_number_counts(tmp_path: Path) -> None:
    async with Deployment(tmp_path, phones("anna", "ben") + canary("anna", "ben")) as house:
        await house.until_sent()
        assert house.sms[0]["phoneNumbers"] == [NUMBERS["ben"]]

        assert [each.destination for each in await house.receive(device="anna")] == ["family"]
        assert [each.destination for each in await house.receive(device="ben")] == ["canary"]


@pytest.mark.parametrize(
    ("sim", "by"), [({}, "canary"), ({"simNumber": 1}, "canary"), ({"simNumber": 2}, "family")]
)
async def test_only_the_card_with_the_number_counts(sim: dict[str, int], by: str, tmp_path: Path) -> None:
    """Who has seen the text may send it to another card of the phone."""
    toml = phones("anna").replace("numbers = { ", 'numbers = { 2 = "+12025550199", ') + canary("anna")
    async with Deployment(tmp_path, toml) as house:
        await house.until_sent()
        taken = await house.post("anna", "sms:received", sender="x", message=house.text, **sim)

        assert [each.destination for each in taken] == [by]


async def test_a_foreign_number_may_come_back_through_any_phone(tmp_path: Path) -> None:
    toml = phones("anna") + canary("anna").replace(NUMBERS["anna"], "+13025550143") + "foreign = true\n"
    async with Deployment(tmp_path, toml) as house:
        await house.until_sent()

        assert [each.destination for each in await house.receive(device="a phone of nobody")] == ["canary"]


async def test_it_comes_back_in_a_batch_too(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        messages = [{"sender": "x", "message": text} for text in ("hello", house.text)]
        taken = await house.post("anna", "sms:batch:received", messages=messages)
        data = await house.post("anna", "sms:data-received", sender="x", data=house.text, message=house.text)

        assert [each.destination for each in taken] == ["family", "canary"]
        assert [each.destination for each in data] == ["family"]
        assert (await house.canaries().journal(house.canaries().loops[0])).returned


async def test_without_the_ledger_the_phone_repeats_it(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        (tmp_path / "ledger.sqlite").rename(tmp_path / "away")
        (tmp_path / "ledger.sqlite").mkdir()
        [taken] = await house.receive()
        (tmp_path / "ledger.sqlite").rmdir()
        (tmp_path / "away").rename(tmp_path / "ledger.sqlite")
        [again] = await house.receive()

        assert (taken.outcome, taken.open) == (Outcome.DEFERRED, True)
        assert (again.outcome, again.open) == (Outcome.DELIVERED, False)


async def test_a_phone_is_asked_under_the_id_that_the_server_knows(tmp_path: Path) -> None:
    toml = phones("anna").replace('ids = "anna"', 'ids = ["of-local-mode", "anna", "ben"]') + canary("anna")
    async with Deployment(tmp_path, toml) as house:
        await house.until_sent()
        house.now += DAY
        house.gateway.acts.append(Trouble.DROP_READ)
        await house.tick()
        house.now += LEASE
        await house.tick()

        assert [each["deviceId"] for each in house.sms] == ["anna", "anna"]


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_only_an_unknown_phone_is_asked_under_another_id(status: int, tmp_path: Path) -> None:
    """Another id may be another phone to the server, which could send a second SMS."""
    toml = phones("anna").replace('ids = "anna"', 'ids = ["anna", "ben"]') + canary("anna")
    async with Deployment(tmp_path, toml) as house:
        await house.until_sent()
        house.now += DAY
        house.gateway.acts.append(reply(status, {"message": "x"}))
        await house.tick()
        assert len(house.sms) == 1
        house.now += LEASE
        await house.tick()

        assert [each["deviceId"] for each in house.sms] == ["anna", "anna"]


async def test_what_may_have_been_accepted_is_never_asked_for_under_another_id(tmp_path: Path) -> None:
    toml = phones("anna").replace('ids = "anna"', 'ids = ["anna", "ben"]') + canary("anna")
    async with Deployment(tmp_path, toml) as house:
        await house.until_sent()
        house.now += DAY
        house.gateway.acts.append(Trouble.DROP_READ)
        await house.tick()
        house.gateway.devices = ("ben",)
        house.now += LEASE
        await house.tick()

        asked = [each.json()["deviceId"] for each in house.gateway.requests if each.method == "POST"]
        assert asked == ["anna", "anna", "anna"]


@pytest.mark.parametrize("status", [401, 503])
async def test_one_by_hand_that_was_refused_is_sent_by_a_tick(status: int, tmp_path: Path) -> None:
    """It neither ends there nor takes the place of a date that was being asked for."""
    toml = phones("anna", "ben") + canary("anna", more='every = "30d"')
    async with Deployment(tmp_path, toml) as house:
        loop = house.canaries().loops[0]
        await house.tick()
        for seconds in (0.0, loop.canary.every):
            house.now += seconds
            house.gateway.always = reply(status, {"message": "no"})
            await house.live(10 * MINUTE)
            await house.canaries().start(loop)
            house.gateway.always = None
            before = len(house.sms)
            await house.live(10 * MINUTE)
            await house.report()
            await house.receive()
            assert len(house.sms) == before + 1
        await house.live(HOUR)

        assert len(house.sms) == 2
        assert house.chat == []


async def test_of_one_that_the_ledger_has_forgotten_nothing_is_concluded(tmp_path: Path) -> None:
    """An old copy of the ledger was put back: the date is asked for again, and has been sent long ago."""
    async with Deployment(tmp_path) as house:
        loop = house.canaries().loops[0]
        await house.until_sent()
        house.gateway.states[house.sms[0]["id"]] = "Delivered"
        await house.receive()
        await house.canaries().store.update(loop, lambda _: Journal(house.now - HOUR))
        await house.live(2 * HOUR)

        assert len(house.sms) == 1
        assert house.chat == []
        assert await house.canaries().start(loop)
        assert len(house.sms) == 2


@pytest.mark.parametrize(("ids", "asked"), [('["ben", "anna"]', "anna anna"), ('"ben"', "anna")])
async def test_other_ids_of_a_phone_are_no_other_phone(ids: str, asked: str, tmp_path: Path) -> None:
    """An answer was lost; what may have been accepted is not asked for under another id."""
    toml = phones("anna") + canary("anna")
    async with Deployment(tmp_path, toml) as house:
        await house.until_sent()
        await house.canaries().store.update(house.canaries().loops[0], without_answer)
        house.start(toml.replace('ids = "anna"', f"ids = {ids}"))
        house.now += LEASE
        await house.tick(1)

        posts = [each.json()["deviceId"] for each in house.gateway.requests if each.method == "POST"]
        assert " ".join(posts) == asked
        assert len(house.sms) == 1


async def test_a_ledger_that_is_away_sends_nothing(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        loop = house.canaries().loops[0]
        (tmp_path / "ledger.sqlite").rename(tmp_path / "away")
        (tmp_path / "ledger.sqlite").mkdir()
        house.now += DAY
        with pytest.raises(Exception, match="ledger"):
            await house.canaries().start(loop)

        assert len(house.sms) == 1


async def test_nothing_of_a_number_or_a_text_is_stored(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.until_sent()
        await house.report("sms:failed", reason="call +12025550188 please")
        await house.receive()
        stored = b"".join(each.read_bytes() for each in list_files(tmp_path))

        assert b"canary." in stored
        assert not any(each.encode() in stored for each in (NUMBERS["anna"], "2025550188", house.text[-16:]))
