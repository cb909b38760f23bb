"""Webhooks are registered once, told plainly, and removed with care."""

import json

import pytest

from relay.commands.webhooks import LONGEST_URL, name
from relay.events import TYPES
from relay.webhook import key_name
from tests.commands.conftest import API_KEY, Command
from tests.services.gateway import LONGEST_ID, PASSWORD, USER, Gateway

pytestmark = pytest.mark.anyio

URL = "https://relay.example/sms-relay"
USUAL = {"sms:received", "sms:data-received", "mms:received", "mms:downloaded", "sms:failed"}


def login(service: Gateway, **more: str) -> dict[str, str]:
    return {"SMSGATE_URL": service.url, "SMSGATE_USER": USER, "SMSGATE_PASSWORD": PASSWORD} | more


async def test_it_registers_what_the_routes_use_and_a_second_run_changes_nothing(relay: Command) -> None:
    async with Gateway() as phone:
        first = await relay("register", URL, env=login(phone))
        changes = phone.changes
        second = await relay("register", URL, env=login(phone))
    assert (first.status, second.status, changes, phone.changes) == (0, 0, len(USUAL), len(USUAL))
    assert {each["event"] for each in phone.webhooks} == USUAL
    assert {each["url"] for each in phone.webhooks} == {f"{URL}?apiKey={API_KEY}"}
    assert "the phone's own list" in first.out
    assert "sms:received is registered already" in second.out
    assert API_KEY not in first.out + second.out


async def test_a_new_key_replaces_the_old_registrations(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, env=login(phone))
        said = await relay("register", URL, env=login(phone, API_KEY=f"the-new-key-of-today,{API_KEY}"))
    assert {each["url"] for each in phone.webhooks} == {f"{URL}?apiKey=the-new-key-of-today"}
    assert len(phone.webhooks) == len(USUAL)
    assert "registered anew" in said.out


async def test_events_a_device_and_the_watch_can_be_chosen(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, "--events", "sms:sent", "--device", "abc", "--watch", env=login(phone))
    assert {(each["event"], each["deviceId"]) for each in phone.webhooks} == {
        ("sms:sent", "abc"),
        ("system:ping", "abc"),
    }


async def test_doubles_and_strangers_are_told(relay: Command) -> None:
    async with Gateway() as phone:
        twice = {"id": "mine", "url": f"{URL}?apiKey=old", "event": "sms:received"}
        stranger = {"id": "theirs", "url": "https://stranger.example/?apiKey=s3cret", "event": "sms:new-type"}
        phone.webhooks = [twice, stranger]
        said = await relay("register", URL, env=login(phone))
    assert "! sms:received is registered 2 times" in said.out
    assert "! events are also posted to https://stranger.example/?apiKey=…" in said.out
    assert "s3cret" not in said.out


async def test_the_list_masks_keys(relay: Command) -> None:
    async with Gateway() as phone:
        phone.webhooks = [{"id": "a", "url": f"{URL}?apiKey={API_KEY}", "event": "sms:received"}]
        table = await relay("registered", env=login(phone))
        rows = json.loads((await relay("registered", "--json", env=login(phone))).out)
    assert API_KEY not in table.out
    assert rows[0]["url"] == f"{URL}?apiKey=…{key_name(API_KEY.encode())}"


async def test_unregister_removes_its_own_or_what_is_named(relay: Command) -> None:
    odd = {"id": "od/d id", "url": "https://old.example/?apiKey=x", "event": "sms:sent"}
    async with Gateway() as phone:
        await relay("register", URL, env=login(phone))
        phone.webhooks.append(odd)
        await relay("unregister", env=login(phone))
        assert phone.webhooks == [odd]
        await relay("unregister", "od/d id", env=login(phone))
        assert phone.webhooks == []
        phone.webhooks.append(odd)
        await relay("unregister", "--url", "https://old.example/", env=login(phone))
        assert phone.webhooks == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://relay.example/", "only to https"),
        (f"{URL}?apiKey=x", "leave apiKey out"),
        (f"https://relay.example/{'x' * 300}", str(LONGEST_URL)),
    ],
)
async def test_a_url_that_the_phone_cannot_use_is_refused(relay: Command, url: str, words: str) -> None:
    async with Gateway() as phone:
        said = await relay("register", url, env=login(phone))
    assert (said.status, words in said.err, phone.requests) == (1, True, [])


async def test_a_wrong_login_and_a_missing_one_are_told(relay: Command) -> None:
    async with Gateway() as phone:
        wrong = await relay("registered", env=login(phone, SMSGATE_PASSWORD="wrong"))
        missing = await relay("registered", env={"SMSGATE_URL": phone.url})
        url = phone.url
    gone = await relay("registered", env=login(phone, SMSGATE_URL=url))
    assert (wrong.status, "SMSGATE_USER and SMSGATE_PASSWORD" in wrong.err) == (1, True)
    assert (missing.status, "SMSGATE_USER is not set" in missing.err) == (1, True)
    assert (gone.status, "cannot be reached" in gone.err) == (1, True)


@pytest.mark.parametrize("event", TYPES)
def test_ids_are_short_and_differ(event: str) -> None:
    names = {name(URL, event, None), name(URL, event, "a"), name(f"{URL}x", event, None)}
    assert len(names) == 3
    assert max(map(len, names)) <= LONGEST_ID
    assert len({name(URL, each, None) for each in TYPES}) == len(TYPES)
