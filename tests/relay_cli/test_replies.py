"""`replies on`, `off` and `status`, run as an operator runs them, against a Bot API server and a gateway."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from pydantic import SecretStr

from forwarders.http import Http
from forwarders.telegram.conversation import HEADER, webhook_secret
from forwarders.telegram.options import TelegramOptions
from relay.config.gateway import GatewaySettings
from relay_cli.bots import Bot, BotFailure, ask
from relay_cli.gateway_state import ask_gateway
from relay_cli.reply_address import complete, find_problem
from relay_cli.reply_status import read_status
from testkit.service import Act, Reply, Trouble, reply
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.relay_cli.answering import BOT, SECRET, Function, settings
from tests.relay_cli.conftest import API_KEY, Command
from tools.function import HOST, free_port, running

pytestmark = pytest.mark.anyio

PHONE = "ffffffffceb0b1db0000018e937c815b"
REPORTED = ("sms:sent", "sms:delivered", "sms:failed", "sms:cancelled")
THEIRS = "https://stranger.example/hooks/s3cret"
SECRETS = (TOKEN, SECRET, API_KEY, PASSWORD, webhook_secret(BOT, SECRET.encode()), "s3cret")


@pytest.fixture
async def bot() -> AsyncIterator[Telegram]:
    async with Telegram() as server:
        yield server


@pytest.fixture
async def function() -> AsyncIterator[Function]:
    async with Function() as server:
        yield server


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway(PHONE) as server:
        server.webhooks = [
            {"id": each, "event": each, "url": "https://relay.example/?apiKey=x"} for each in REPORTED
        ]
        yield server


def methods(bot: Telegram) -> list[str]:
    return [each.path.rpartition("/")[2] for each in bot.requests]


# On


async def test_on_lets_telegram_post_to_the_function(
    relay: Command, bot: Telegram, function: Function, gateway: Gateway
) -> None:
    first = await relay("replies", "on", function.at, env=settings(bot, gateway))
    again = await relay("replies", "on", f"{function.at}/telegram/", env=settings(bot, gateway))

    address = f"{function.at}/telegram"
    assert (first.status, again.status) == (0, 0)
    assert first.out.splitlines() == [
        f"✓ bot {BOT} (telegram) posts what people write to {address}",
        f"Now let the phone report what it sends: ./sms-relay register {function.at}",
    ]
    assert again.out == first.out
    assert bot.webhook.url == address
    assert bot.webhook.secret == webhook_secret(BOT, SECRET.encode())
    assert bot.webhook.allowed == ["message", "callback_query"]
    assert (bot.webhook.connections, bot.webhook.drops) == (4, 0)
    assert not [each for each in SECRETS if each in first.out + first.err]


async def test_the_function_itself_is_asked_and_answers(
    relay: Command, bot: Telegram, gateway: Gateway, source: Path, tmp_path: Path
) -> None:
    """Not a stand-in: it runs with these settings, then no longer."""
    env, port = settings(bot, gateway), free_port()
    ledger = {"LEDGER_URL": f"sqlite:///{tmp_path}/ledger.db", "API_KEY": API_KEY}
    url = f"http://{HOST}:{port}"
    with running({"PATH": os.environ["PATH"], **ledger, **env}, port, source):
        other = await relay("replies", "on", url, env=env | {"LEDGER_SECRET": "another-ledger-secret"})
        on = await relay("replies", "on", url, env=env)
        well = await relay("replies", "status", env=env)
    gone = await relay("replies", "status", env=env)

    assert "refuses this bot's secret (401): it runs with another LEDGER_SECRET" in other.out
    assert (other.status, on.status, well.status, gone.status) == (1, 0, 0, 1)
    assert "no relay with replies answers at this address" in gone.out


async def test_each_bot_is_switched_on_once(relay: Command, bot: Telegram, function: Function) -> None:
    """Three destinations can be answered, one cannot; two have one bot, and one has a bot that is gone."""
    async with Gateway() as gateway:
        env = {
            key: value
            for key, value in settings(bot, gateway).items()
            if not key.startswith("TELEGRAM") or key == "TELEGRAM_BOT_TOKEN"
        }
        tables = (
            destination("mum", "${TELEGRAM_BOT_TOKEN}", "1", bot.url)
            + destination("dad", "${TELEGRAM_BOT_TOKEN}", "2", bot.url)
            + destination("gone", f"987654321:{'x' * 35}", "3", bot.url)
            + destination("mute", f"555:{'x' * 35}", "4", bot.url).replace("replies = [7]\n", "")
        )
        done = await relay("replies", "on", function.at, env=env, config=f'default = ["mum"]\n{tables}')

    assert methods(bot).count("setWebhook") == 1
    assert done.status == 1
    assert f"✓ bot {BOT} (mum, dad) posts what people write to" in done.out
    assert "✗ bot 987654321 (gone): Telegram rejects its token: copy it again from @BotFather" in done.out
    assert "555" not in done.out


def destination(name: str, token: str, chat: str, url: str) -> str:
    return (
        f'[destinations.{name}]\ntype = "telegram"\nbot_token = "{token}"\nchat_id = {chat}\n'
        f'replies = [7]\napi_url = "{url}"\n'
    )


async def test_a_webhook_of_another_program_stays_unless_it_may_be_replaced(
    relay: Command, bot: Telegram, function: Function, gateway: Gateway
) -> None:
    bot.webhook.url = THEIRS
    refused = await relay("replies", "on", function.at, env=settings(bot, gateway))
    off = await relay("replies", "off", env=settings(bot, gateway))
    assert (refused.status, off.status, bot.webhook.url) == (1, 1, THEIRS)
    assert "posts to https://stranger.example/… now; to replace that, add --replace" in refused.out
    assert "where no relay answers; to remove that, add --replace" in off.out
    assert not [each for each in SECRETS if each in refused.out + off.out]

    replaced = await relay("replies", "on", function.at, "--replace", env=settings(bot, gateway))
    assert (replaced.status, bot.webhook.url) == (0, f"{function.at}/telegram")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(404, {"error": "not-found"}), "runs without replies"),
        (reply(404, "?"), "answers 404 and not 401: is this the function's address?"),
        (reply(200, {"event": ""}), "answers 200 and not 401"),
        (Reply(302, b"", {"Location": "https://elsewhere.example/"}), "answers 302 and not 401"),
        (Reply(403, b"<html>"), "Google lets nobody in"),
        (Reply(503, b""), "answers 503: ./deploy.sh logs says why"),
        (reply(401, {"error": "unauthorized"}), "refuses this bot's secret (401)"),
        (Reply(401, b"Who are you?"), "something else asks for a login there"),
        (Trouble.DROP_READ, "closed the connection before it answered: is this the function's address?"),
    ],
)
async def test_what_is_there_in_place_of_the_function_is_named(
    answer: Act, words: str, function: Function
) -> None:
    function.always = answer
    http = Http()
    try:
        problem = await find_problem(http, f"{function.at}/telegram", "secret", HEADER)
    finally:
        await http.aclose()
    assert words in problem
    assert problem.isprintable()
    is_sent = any(HEADER in each.headers for each in function.requests)
    assert is_sent == ("refuses" in words)  # only a relay learns the secret


async def test_nothing_is_set_unless_the_function_answers_there(
    relay: Command, bot: Telegram, function: Function, gateway: Gateway
) -> None:
    function.path = "/elsewhere"
    done = await relay("replies", "on", function.at, env=settings(bot, gateway))
    assert (done.status, bot.webhook.url, len(done.out.splitlines())) == (1, "", 1)
    assert "runs without replies: deploy it with them first (./deploy.sh); --unchecked skips" in done.out

    unchecked = await relay("replies", "on", function.at, "--unchecked", env=settings(bot, gateway))
    assert (unchecked.status, bot.webhook.url) == (0, f"{function.at}/telegram")


@pytest.mark.parametrize("typed", ["y", ""])
async def test_on_a_terminal_it_asks_before_it_removes_what_may_not_be_ours(
    typed: str, relay: Command, bot: Telegram, gateway: Gateway, project: Path
) -> None:
    bot.webhook.url = THEIRS
    await relay("--version", env=settings(bot, gateway))  # writes .env
    status = await to_thread.run_sync(type_answer, project, typed)
    assert (status, bot.webhook.url) == ((0, "") if typed == "y" else (1, THEIRS))


def type_answer(project: Path, answer: str) -> int:
    """Run `replies off` on a terminal, and type an answer."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, f"{answer}\n".encode())
        command = [sys.executable, "-m", "relay", "replies", "off"]
        return subprocess.run(
            command, cwd=project, stdin=terminal, check=False, capture_output=True
        ).returncode
    finally:
        os.close(keyboard)
        os.close(terminal)


async def test_a_function_with_another_secret_is_noticed(
    relay: Command, bot: Telegram, gateway: Gateway
) -> None:
    async with Function("another-ledger-secret") as function:
        done = await relay("replies", "on", function.at, env=settings(bot, gateway))
    assert (done.status, bot.webhook.url) == (1, "")
    assert "it runs with another LEDGER_SECRET" in done.out


async def test_where_nobody_can_answer_it_says_what_to_set(
    relay: Command, bot: Telegram, gateway: Gateway
) -> None:
    env = settings(bot, gateway)
    del env["TELEGRAM_REPLIES"]
    done = await relay("replies", "status", env=env)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert "set TELEGRAM_REPLIES, or replies = [USER]" in done.err
    env = settings(bot, gateway)
    del env["LEDGER_SECRET"]
    assert "LEDGER_SECRET: not set" in (await relay("replies", "off", env=env)).err
    assert bot.requests == []


async def test_check_says_how_to_see_whether_answers_are_sent(
    relay: Command, bot: Telegram, gateway: Gateway
) -> None:
    answered = await relay("check", env=settings(bot, gateway))
    plain = await relay("check")
    assert "? telegram: ./sms-relay replies status says whether answers are sent\n" in answered.out
    assert "replies" not in plain.out


# The address


def bot_at(url: str) -> Bot:
    options = {"bot_token": TOKEN, "chat_id": CHAT, "api_url": url, "replies": [7]}
    return Bot({"telegram": TelegramOptions.model_validate(options)})


OFFICIAL, OWN = bot_at("https://api.telegram.org"), bot_at("http://telegram-bot-api:8081")


@pytest.mark.parametrize(
    ("url", "bot", "address"),
    [
        (
            "https://a-b.cloudfunctions.net/sms-relay",
            OFFICIAL,
            "https://a-b.cloudfunctions.net/sms-relay/telegram",
        ),
        ("https://relay.example", OFFICIAL, "https://relay.example/telegram"),
        ("https://relay.example:8443/", OFFICIAL, "https://relay.example:8443/telegram"),
        ("https://relay.example/x/telegram/", OFFICIAL, "https://relay.example/x/telegram"),
        ("http://relay:8080", OWN, "http://relay:8080/telegram"),
        ("https://relay.example:9999", OWN, "https://relay.example:9999/telegram"),
    ],
)
def test_the_path_is_added_to_the_url_of_the_function(url: str, bot: Bot, address: str) -> None:
    assert complete(url, [bot]) == address


@pytest.mark.parametrize(
    ("url", "bot", "words"),
    [
        ("http://relay.example", OFFICIAL, "only to https"),
        ("http://relay.example", OWN, "only to https"),
        ("https://192.168.178.20", OFFICIAL, "in your own network"),
        ("https://relay.lan", OFFICIAL, "in your own network"),
        ("https://relay.example:8080", OFFICIAL, "443, 80, 88 and 8443, not to 8080"),
        ("https://relay.example/?apiKey=x", OFFICIAL, "leave apiKey out"),
        ("https://relay.example/?a=b", OFFICIAL, "nothing after its path"),
        ("https://relay.example/#a", OFFICIAL, "nothing after its path"),
        ("https://me:pass@relay.example/", OFFICIAL, "no login"),
        ("https://relay.example/a b", OFFICIAL, "nothing after its path"),
        ("relay.example", OFFICIAL, "not a valid URL"),
        ("https://", OFFICIAL, "not a valid URL"),
        ("https://[::1", OFFICIAL, "not a valid URL"),
        ("https://relay.example:x", OFFICIAL, "not a valid URL"),
        ("ftp://relay.example", OFFICIAL, "not a valid URL"),
    ],
)
def test_where_telegram_does_not_post_is_refused(url: str, bot: Bot, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        complete(url, [OWN, bot])


async def test_a_wrong_address_ends_with_one_line(relay: Command, bot: Telegram, gateway: Gateway) -> None:
    done = await relay("replies", "on", "http://relay.example", env=settings(bot, gateway))
    assert (done.status, len(done.err.splitlines()), bot.requests) == (1, 1, [])


# Off


async def test_off_removes_our_webhook(
    relay: Command, bot: Telegram, function: Function, gateway: Gateway
) -> None:
    bot.webhook.url = f"{function.at}/telegram"
    first = await relay("replies", "off", env=settings(bot, gateway))
    again = await relay("replies", "off", env=settings(bot, gateway))
    assert (first.status, bot.webhook.url, bot.webhook.drops) == (0, "", 0)
    assert f"no longer posts to {function.at}/telegram" in first.out
    assert (again.status, again.out) == (0, f"✓ bot {BOT} (telegram) posts nowhere: nothing to do\n")
    assert function.updates == []


async def test_a_webhook_of_another_program_is_removed_if_that_is_wanted(
    relay: Command, bot: Telegram, gateway: Gateway
) -> None:
    bot.webhook.url = THEIRS
    done = await relay("replies", "off", "--replace", env=settings(bot, gateway))
    assert (done.status, bot.webhook.url) == (0, "")


# Status


async def test_status_shows_who_may_answer_and_that_all_is_well(
    relay: Command, bot: Telegram, function: Function, gateway: Gateway
) -> None:
    names = f'[devices.anna]\nids = "{PHONE}"\n'
    tables = destination("family", "${TELEGRAM_BOT_TOKEN}", CHAT, bot.url)
    env = settings(bot, gateway)
    env = {
        key: value for key, value in env.items() if not key.startswith("TELEGRAM_") or key.endswith("TOKEN")
    }
    config = f'default = ["family"]\n{tables}{names}'
    await relay("replies", "on", function.at, env=env, config=config)
    done = await relay("replies", "status", env=env, config=config)
    plain = json.loads((await relay("replies", "status", "--json", env=env, config=config)).out)

    assert done.status == 0, done.out
    table, where, login, phones = done.out.split("\n", 2)[1], *done.out.split("\n")[2:4], done.out
    assert table.split() == ["family", BOT, "7", "20", "yes", "no"]
    assert where == f"✓ bot {BOT} (family) posts to {function.at}/telegram"
    assert login == "✓ 127.0.0.1 accepts the login"
    assert f"anna   {PHONE}" in phones
    [one] = plain["bots"]
    assert (one["is_ours"], one["pending"], one["problems"]) == (True, 0, [])
    assert one["destinations"] == [
        {"name": "family", "chat_id": CHAT, "from": [7], "per_hour": 20, "confirm": True, "new": False}
    ]
    assert plain["gateway"]["phones"] == [{"id": PHONE, "name": "anna", "last_seen": 1782143171.123}]
    assert plain["gateway"]["not_registered"] == []
    assert function.updates == function.updates[:1]  # the check of `replies on`, and no other
    assert not [each for each in SECRETS if each in done.out + str(plain)]


async def test_status_names_all_that_is_wrong(relay: Command, bot: Telegram, gateway: Gateway) -> None:
    gateway.webhooks = gateway.webhooks[:1]
    bot.webhook.url, bot.webhook.pending = THEIRS, 3
    bot.webhook.error = "Wrong response from the webhook: 401 Unauthorized\x1b[31m\nno"
    done = await relay("replies", "status", env=settings(bot, gateway))
    plain = await relay("replies", "status", "--json", env=settings(bot, gateway))

    assert (done.status, plain.status) == (1, 1)
    for words in (
        "✗ bot 123456789 (telegram) posts to https://stranger.example/…\n",
        "it is somebody else's, or an old one: ./sms-relay replies on URL --replace\n",
        "Telegram does not tell what answers need, or more",
        "waits: Wrong response from the webhook: 401 Unauthorized[31m no: the function has another LEDGER",
        "  3 waiting\n",
        "  the latest error, 1 min ago: Wrong response",
        "✗ No webhook for sms:delivered, sms:failed, sms:cancelled: ./sms-relay register URL",
    ):
        assert words in done.out, words
    assert json.loads(plain.out)["bots"][0]["url"] == "https://stranger.example/…"
    assert not [each for each in SECRETS if each in done.out + plain.out]
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Wrong response from the webhook: 404 Not Found", "the function runs without replies"),
        ("Wrong response from the webhook: 403 Forbidden", "Google lets nobody in"),
        ("Wrong response from the webhook: 503 Service Unavailable", "./deploy.sh logs says why"),
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "of a public authority"),
        ("Connection refused", "is it open to the internet?"),
        ("Connection timed out", "is it open to the internet?"),
        ("Failed to resolve host: Name or service not known", "does not find this name"),
        ("Read timeout expired", "Telegram tries again by itself"),
    ],
)
async def test_what_telegram_says_about_the_latest_error_is_explained(
    error: str, words: str, bot: Telegram, function: Function, gateway: Gateway
) -> None:
    bot.webhook.url, bot.webhook.allowed = f"{function.at}/telegram", ["callback_query", "message"]
    bot.webhook.pending, bot.webhook.error = 1, error
    http = Http()
    login = GatewaySettings(url=gateway.url, user=USER, password=SecretStr(PASSWORD))
    try:
        status = await read_status([bot_at(bot.url)], login, {}, http)
        bot.webhook.pending = 0  # what waited was told since
        later = await read_status([bot_at(bot.url)], login, {}, http)
    finally:
        await http.aclose()
    [problem] = status.bots[0].problems
    assert problem.startswith(f"what people wrote waits: {error}: ")
    assert words in problem
    assert later.is_well


async def test_status_says_how_to_switch_it_on(relay: Command, bot: Telegram, gateway: Gateway) -> None:
    done = await relay("replies", "status", env=settings(bot, gateway))
    assert done.status == 1
    assert f"✗ bot {BOT} (telegram) posts nowhere\n" in done.out
    assert "Telegram tells nobody what people write: ./sms-relay replies on URL\n" in done.out


# What goes wrong


WRONG: list[tuple[Act, str]] = [
    (reply(401, {"ok": False, "description": "Unauthorized"}), "copy it again from @BotFather"),
    (reply(404, {"ok": False, "description": "Not Found"}), "copy it again from @BotFather"),
    (reply(404, {"message": "no"}), "answers 404, but not as a Bot API server: check api_url"),
    (Reply(200, b"<html>hi</html>"), "answers 200, but not as a Bot API server: check api_url"),
    (Reply(200, b"\xff"), "not as a Bot API server"),
    (reply(200, [1]), "not as a Bot API server"),
    (
        reply(400, {"ok": False, "description": "Bad Request:\nbad\x1b webhook"}),
        "refuses it: Bad Request: bad webhook",
    ),
    (
        reply(409, {"ok": False, "description": "Conflict: terminated by other setWebhook"}),
        "(Conflict: terminated by other setWebhook): end it, then run this again",
    ),
    (reply(429, {"ok": False, "parameters": {"retry_after": 7}}), "try again in 7 s"),
    (reply(429, {"ok": False, "parameters": {"retry_after": "x"}}), "try again in 60 s"),
    (reply(429, {"ok": False}), "try again in 60 s"),
    (reply(502, {"ok": False, "description": "Bad Gateway"}), "answers 502: try again later"),
    (Trouble.DROP_READ, "closed the connection before it answered: check api_url"),
]


@pytest.mark.parametrize(("answer", "words"), WRONG)
async def test_what_telegram_refuses_is_one_line_with_what_to_do(
    answer: Act, words: str, bot: Telegram
) -> None:
    bot.always = answer
    with pytest.raises(BotFailure) as refused:
        await call(bot)
    assert words in str(refused.value)
    assert str(refused.value).isprintable()
    assert TOKEN not in str(refused.value)


async def test_a_server_that_does_not_answer_is_not_waited_for(bot: Telegram) -> None:
    bot.always = Trouble.HANG
    with pytest.raises(BotFailure, match=r"has not answered within 0.05 s: check api_url"):
        await call(bot, seconds=0.05)


async def call(bot: Telegram, **more: Any) -> None:
    http = Http()
    try:
        await ask(http, bot_at(bot.url), "getWebhookInfo", **more)
    finally:
        await http.aclose()


@pytest.mark.parametrize("command", [["on", "http://127.0.0.1:1"], ["status"]])
async def test_the_commands_report_it_for_the_bot(
    command: list[str], relay: Command, bot: Telegram, gateway: Gateway
) -> None:
    bot.always = reply(401, {"ok": False, "description": "Unauthorized"})
    done = await relay("replies", *command, env=settings(bot, gateway))
    assert done.status == 1
    assert "Telegram rejects its token" in done.out
    assert not [each for each in SECRETS if each in done.out + done.err]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (reply(401, {"message": "Unauthorized"}), "answers 401: check SMSGATE_USER and SMSGATE_PASSWORD"),
        (reply(403, {}), "answers 403: check SMSGATE_USER"),
        (reply(404, {}), "answers 404: check SMSGATE_URL"),
        (reply(429, {}), "answers 429: try again later"),
        (Reply(500, b""), "answers 500: try again later"),
        (Reply(200, b"<html>"), "answers, but not as a gateway: check SMSGATE_URL"),
        (reply(200, {"a": 1}), "answers, but not as a gateway"),
        (Trouble.HANG, "has not answered within 0.05 s: try again later"),
        (Trouble.DROP_READ, "closed the connection before it answered: check SMSGATE_URL"),
    ],
)
async def test_what_is_wrong_with_the_gateway_is_one_line(
    answer: Act, problem: str, gateway: Gateway
) -> None:
    gateway.always = answer
    state = await look(gateway, seconds=0.05 if answer is Trouble.HANG else 5)
    assert problem in state.problem
    assert PASSWORD not in state.problem


@pytest.mark.parametrize("path", ["/devices", "/device"])
async def test_the_gateway_tells_its_phones_and_what_is_registered(path: str, gateway: Gateway) -> None:
    gateway.devices_path = path
    state = await look(gateway, seconds=5)
    assert (state.problem, set(state.events)) == ("", set(REPORTED))
    assert [(each.id, each.name, each.seen) for each in state.phones] == [
        (PHONE, "Google/oriole", 1782143171.123)
    ]


@pytest.mark.parametrize("seen", [None, "", "yesterday", 7, "9999999-01-01"])
async def test_a_phone_whose_time_is_not_understood_is_shown(seen: Any, gateway: Gateway) -> None:
    gateway.acts.extend([reply(200, [{"event": 1}, 2]), reply(200, [{"id": "a", "lastSeen": seen}, 3])])
    state = await look(gateway, seconds=5)
    assert [(each.id, each.seen) for each in state.phones] == [("a", 0.0)]


async def look(gateway: Gateway, seconds: float) -> Any:
    http = Http()
    settings = GatewaySettings(url=f"{gateway.url}/3rdparty/v1", user=USER, password=SecretStr(PASSWORD))
    try:
        return await ask_gateway(settings, http, seconds)
    finally:
        await http.aclose()


@pytest.mark.parametrize("url", ["https://[evil/telegram", "https://a\u2100b/telegram", "//", "\ud800"])
async def test_no_address_of_another_program_breaks_the_commands(
    relay: Command, bot: Telegram, gateway: Gateway, url: str
) -> None:
    bot.objection = lambda each: _info(url) if each.path.endswith("getWebhookInfo") else None
    for words in (("status",), ("off",)):
        result = await relay("replies", *words, env=settings(bot, gateway))
        assert "Traceback" not in result.err
        assert result.status == 1


async def test_a_webhook_that_was_not_set_is_said(relay: Command, bot: Telegram, gateway: Gateway) -> None:
    bot.objection = lambda each: (
        reply(200, {"ok": True, "result": False}) if each.path.endswith("setWebhook") else None
    )
    result = await relay("replies", "on", "https://relay.example", "--unchecked", env=settings(bot, gateway))
    assert result.status == 1
    assert "has not changed the webhook" in result.out + result.err


def _info(url: str) -> Reply:
    content = {"url": url, "last_error_date": 10**400, "pending_update_count": -1}
    return reply(200, {"ok": True, "result": content})
