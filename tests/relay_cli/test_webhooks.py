"""Registering, listing and removing webhooks."""

import json

import pytest

from relay.events import BATCHES, TYPES
from relay.webhook import key_name
from relay_cli.webhooks import MAX_URL_LENGTH, webhook_id
from testkit.service import Reply, reply
from testkit.services.gateway import LONGEST_ID, PASSWORD, USER, Gateway
from tests.relay_cli.conftest import API_KEY, Command

pytestmark = pytest.mark.anyio

URL = "https://relay.example/sms-relay"
DEFAULT_TYPES = {"sms:received", "sms:data-received", "mms:received", "mms:downloaded", "sms:failed"}


def login(service: Gateway, **more: str) -> dict[str, str]:
    return {"SMSGATE_URL": service.url, "SMSGATE_USER": USER, "SMSGATE_PASSWORD": PASSWORD} | more


async def test_it_registers_what_the_routes_use_and_a_second_run_changes_nothing(relay: Command) -> None:
    async with Gateway() as phone:
        first = await relay("register", URL, env=login(phone))
        changes = phone.changes
        second = await relay("register", URL, env=login(phone))
    assert (first.status, second.status, changes, phone.changes) == (
        0,
        0,
        len(DEFAULT_TYPES),
        len(DEFAULT_TYPES),
    )
    assert {each["event"] for each in phone.webhooks} == DEFAULT_TYPES
    assert {each["url"] for each in phone.webhooks} == {f"{URL}?apiKey={API_KEY}"}
    assert "the phone's own list" in first.out
    assert "sms:received is already registered" in second.out
    assert API_KEY not in first.out + second.out


async def test_a_new_key_replaces_the_old_registrations(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, env=login(phone))
        result = await relay("register", URL, env=login(phone, API_KEY=f"the-new-key-of-today,{API_KEY}"))
    assert {each["url"] for each in phone.webhooks} == {f"{URL}?apiKey=the-new-key-of-today"}
    assert len(phone.webhooks) == len(DEFAULT_TYPES)
    assert "sms:received is updated" in result.out


async def test_a_new_key_reaches_every_registration_at_the_url_and_no_other(relay: Command) -> None:
    mine = {
        "id": "by-hand",
        "url": f"{URL}/?apiKey=old",
        "event": "sms:sent",
        "deviceId": "abc",
        "createdAt": "x",
    }
    ping = {"id": "ping", "url": f"{URL}?apiKey=old", "event": "system:ping"}
    other = {"id": "other", "url": f"{URL}-two?apiKey=old", "event": "sms:sent"}
    keyed = f"{URL}?apiKey={API_KEY}"
    async with Gateway() as phone:
        phone.webhooks = [mine, ping, other]
        await relay("register", URL, "--again", env=login(phone))
    assert phone.webhooks == [
        other,
        {"id": "by-hand", "url": keyed, "event": "sms:sent", "deviceId": "abc"},
        {"id": "ping", "url": keyed, "event": "system:ping"},
    ]


async def test_again_without_registrations_registers_as_usual(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, "--again", env=login(phone))
    assert {each["event"] for each in phone.webhooks} == DEFAULT_TYPES


@pytest.mark.parametrize(("words", "pings"), [((), 1), (("--events", "sms:sent"), 0)])
async def test_with_alerts_the_ping_is_registered_too(
    relay: Command, words: tuple[str, ...], pings: int
) -> None:
    async with Gateway() as phone:
        await relay("register", URL, *words, env=login(phone, DEPLOY_ALERTS="me@example.org"))
    assert [each["event"] for each in phone.webhooks].count("system:ping") == pings


async def test_what_the_watch_needs_is_registered_too(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, env=login(phone, WATCH="console"))
    events = [each["event"] for each in phone.webhooks]
    assert {"sms:received", "system:ping", "app:started", "sms:failed"} <= set(events)
    assert len(events) == len(set(events))


async def test_what_answers_need_is_registered_too(relay: Command) -> None:
    """The login is in the configuration, where the function reads it."""
    config = """
        default = ["family"]
        [destinations.family]
        type = "telegram"
        bot_token = "123456789:AAExampleExampleExampleExampleExample"
        chat_id = 4711
        replies = [4711]
    """
    async with Gateway() as phone:
        gateway = f'[gateway]\nurl = "{phone.url}"\nuser = "{USER}"\npassword = "{PASSWORD}"\n'
        env = {"LEDGER_SECRET": "a-ledger-secret-of-this-test"}
        done = await relay("register", URL, env=env, config=config + gateway)
    events = [each["event"] for each in phone.webhooks]
    assert done.status == 0, done.err
    assert {"sms:received", "sms:sent", "sms:delivered", "sms:failed", "sms:cancelled"} <= set(events)
    assert len(events) == len(set(events))


@pytest.mark.parametrize("events", [",", "", "sms:recieved", "sms:sent,"])
async def test_an_unknown_event_type_is_refused(relay: Command, events: str) -> None:
    async with Gateway() as phone:
        result = await relay("register", URL, "--events", events, env=login(phone))
    assert (result.status, "there are: sms:received" in result.err, phone.requests) == (1, True, [])


async def test_a_slash_at_the_end_adds_no_registration(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, env=login(phone))
        await relay("register", f"{URL}/", env=login(phone))
    assert len(phone.webhooks) == len(DEFAULT_TYPES)


async def test_a_registration_for_one_phone_and_for_all_is_a_duplicate(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, "--events", "sms:received", "--device", "abc", env=login(phone))
        alone = await relay("register", URL, "--events", "sms:sent", "--device", "xyz", env=login(phone))
        both = await relay("register", URL, "--events", "sms:received", env=login(phone))
    assert "times with one URL" not in alone.out
    assert "! sms:received is registered 2 times" in both.out


@pytest.mark.parametrize(
    "answer",
    [Reply(200, b"<html>hi</html>"), Reply(200, b"\xff\xfe"), reply(200, None), reply(200, {"a": 1})],
)
@pytest.mark.parametrize("command", [("register", URL), ("registered",), ("unregister",)])
async def test_a_server_of_another_kind_is_reported_in_one_line(
    relay: Command, command: tuple[str, ...], answer: Reply
) -> None:
    async with Gateway() as phone:
        phone.always = answer
        result = await relay(*command, env=login(phone))
    assert (result.status, len(result.err.splitlines())) == (1, 1)
    assert "answers, but not with webhooks" in result.err


async def test_an_incomplete_registration_is_ignored(relay: Command) -> None:
    async with Gateway() as phone:
        phone.webhooks = [{"id": 1, "url": None, "event": "sms:sent"}, {"id": "a", "url": "https://x/"}]
        result = await relay("registered", "--json", env=login(phone))
    assert json.loads(result.out) == []


@pytest.mark.parametrize("url", ["http://[::1", "https://host:port/"])
async def test_an_invalid_server_url_is_refused(relay: Command, url: str) -> None:
    result = await relay("registered", env={"SMSGATE_URL": url, "SMSGATE_USER": "a", "SMSGATE_PASSWORD": "b"})
    assert (result.status, "SMSGATE_URL is not a valid URL" in result.err) == (1, True)


async def test_it_says_whose_list_it_is(relay: Command) -> None:
    async with Gateway() as phone:
        service = await relay("registered", env=login(phone, SMSGATE_URL=f"{phone.url}/3rdparty/v1"))
        own = await relay("registered", env=login(phone))
    assert "the phone's own list" in own.out
    assert "the list of the server 127.0.0.1" in service.out


async def test_the_list_is_complete_in_a_narrow_terminal(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, env=login(phone))
        result = await relay("registered", env=login(phone), columns=40)
    for each in phone.webhooks:
        assert each["id"] in result.out
    assert f"…{key_name(API_KEY.encode())}" in result.out


async def test_batches_are_registered_only_if_named(relay: Command) -> None:
    async with Gateway() as phone:
        result = await relay("register", URL, "--events", ",".join(BATCHES), env=login(phone))
    assert result.status == 0
    assert {each["event"] for each in phone.webhooks} == set(BATCHES)
    assert len({each["id"] for each in phone.webhooks}) == len(BATCHES)
    assert not BATCHES.keys() & DEFAULT_TYPES


@pytest.mark.parametrize("status", [400, 422])
async def test_an_event_that_the_server_does_not_accept_is_named(relay: Command, status: int) -> None:
    async with Gateway() as phone:
        phone.refused = {"mms:downloaded": status}
        result = await relay("register", URL, "--events", "sms:sent,mms:downloaded", env=login(phone))
    assert result.status == 1
    assert f"answers {status}: it does not accept a webhook for mms:downloaded" in result.err
    assert "update the app or your server" in result.err
    assert API_KEY not in result.out + result.err
    assert [each["event"] for each in phone.webhooks] == ["sms:sent"]


@pytest.mark.parametrize("status", [409, 429, 500, 503])
async def test_what_may_be_accepted_later_is_told_so(relay: Command, status: int) -> None:
    async with Gateway() as phone:
        phone.refused = {"sms:sent": status}
        result = await relay("register", URL, "--events", "sms:sent", env=login(phone))
    assert (result.status, f"answers {status}: try again later" in result.err) == (1, True)


async def test_calls_are_not_set_up_at_the_gateway(relay: Command) -> None:
    async with Gateway() as phone:
        result = await relay("register", URL, "--events", "sms:sent,call:ringing", env=login(phone))
    assert (result.status, phone.webhooks) == (1, [])
    assert "call:ringing is set up in the app CallGate" in result.err


async def test_events_a_device_and_the_watch_can_be_given(relay: Command) -> None:
    async with Gateway() as phone:
        await relay("register", URL, "--events", "sms:sent", "--device", "abc", "--watch", env=login(phone))
    assert {(each["event"], each["deviceId"]) for each in phone.webhooks} == {
        ("sms:sent", "abc"),
        ("system:ping", "abc"),
    }


async def test_duplicates_and_other_urls_are_reported(relay: Command) -> None:
    async with Gateway() as phone:
        twice = {"id": "mine", "url": f"{URL}?apiKey=old", "event": "sms:received"}
        stranger = {"id": "theirs", "url": "https://stranger.example/?apiKey=s3cret", "event": "sms:new-type"}
        phone.webhooks = [twice, stranger]
        result = await relay("register", URL, env=login(phone))
    assert "! sms:received is registered 2 times" in result.out
    assert "! events are also posted to https://stranger.example/?apiKey=…" in result.out
    assert "s3cret" not in result.out


async def test_the_list_masks_keys(relay: Command) -> None:
    async with Gateway() as phone:
        phone.webhooks = [{"id": "a", "url": f"{URL}?apiKey={API_KEY}", "event": "sms:received"}]
        table = await relay("registered", env=login(phone))
        rows = json.loads((await relay("registered", "--json", env=login(phone))).out)
    assert API_KEY not in table.out
    assert rows[0]["url"] == f"{URL}?apiKey=…{key_name(API_KEY.encode())}"


async def test_unregister_removes_its_own_or_the_given_webhooks(relay: Command) -> None:
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
        (f"{URL}#part", "remove #"),
        ("https://", "only to https"),
        ("https://[::1", "not a valid URL"),
        (f"https://relay.example/{'x' * 300}", str(MAX_URL_LENGTH)),
    ],
)
async def test_a_url_that_the_phone_cannot_use_is_refused(relay: Command, url: str, words: str) -> None:
    async with Gateway() as phone:
        result = await relay("register", url, env=login(phone))
    assert (result.status, words in result.err, phone.requests) == (1, True, [])


async def test_a_wrong_and_a_missing_login_are_reported(relay: Command) -> None:
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
    names = {webhook_id(URL, event, None), webhook_id(URL, event, "a"), webhook_id(f"{URL}x", event, None)}
    assert len(names) == 3
    assert max(map(len, names)) <= LONGEST_ID
    assert len({webhook_id(URL, each, None) for each in TYPES}) == len(TYPES)
