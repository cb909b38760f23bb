"""`canary`, `register` and `check` for test SMS, run as an operator runs them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from relay.app import App, build_app
from relay.canary.journal import LEASE, Journal, Trip
from relay.config import load
from relay.events import parse
from relay.logs import Log
from testkit.services.gateway import PASSWORD, USER, Gateway
from tests.relay_cli.conftest import API_KEY, Command, Result

pytestmark = pytest.mark.anyio

NUMBER = "+12025550143"
CONFIG = f"""
[watch]
to = "log"
[devices.anna]
ids = "anna-device"
numbers = {{ 1 = "{NUMBER}", 2 = "+12025550144" }}
[[canary]]
device = "anna"
to = "{NUMBER}"
within = "2m"
[destinations.log]
type = "console"
"""
TWO = f'{CONFIG}\n[[canary]]\ndevice = "anna"\nname = "work"\nto = "+12025550144"\n'


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway("anna-device") as gateway:
        yield gateway


@pytest.fixture
def env(project: Path, gateway: Gateway) -> dict[str, str]:
    (project / "ledger.db").touch()
    return {
        "LEDGER_URL": f"sqlite:///{project}/ledger.db",
        "LEDGER_SECRET": "a-ledger-secret-of-this-test",
        "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
        "SMSGATE_USER": USER,
        "SMSGATE_PASSWORD": PASSWORD,
    }


async def play_phone(project: Path, env: dict[str, str], gateway: Gateway, *steps: str) -> None:
    """Be the running function and its phone: wait for the SMS, and let these events come of it."""
    while not gateway.accepted:  # noqa: ASYNC110  (the command is a process of its own)
        await asyncio.sleep(0.05)
    [sms] = gateway.accepted.values()
    app: App = build_app(load(env | {"API_KEY": API_KEY}, project), Log(structured=False))
    about: dict[str, Any] = {"sms:received": {"message": sms["textMessage"]["text"], "sender": NUMBER}}
    for step in steps:
        payload = about.get(step, {"messageId": sms["id"], "reason": "TTL expired"})
        body = json.dumps({"event": step, "deviceId": "anna-device", "payload": payload}).encode()
        await app.relay.handle(parse(body), body, asyncio.get_running_loop().time() + 5)
    await app.aclose()


async def run(relay: Command, project: Path, env: dict[str, str], gateway: Gateway, *steps: str) -> Result:
    (project / "config.toml").write_text(CONFIG)
    phone = asyncio.create_task(play_phone(project, env, gateway, *steps))
    result = await relay("canary", env=env, config=CONFIG)
    async with asyncio.timeout(10):
        await phone
    return result


async def test_it_waits_until_the_test_is_back(
    relay: Command, project: Path, env: dict[str, str], gateway: Gateway
) -> None:
    done = await run(relay, project, env, gateway, "sms:sent", "sms:delivered", "sms:received")
    lines = done.out.splitlines()

    assert (done.status, lines[0]) == (0, "The gateway has accepted the test of anna")
    assert lines[-1].startswith("✓ Back after ")
    assert NUMBER not in done.out + done.err
    shown = await relay("status", env=env, config=CONFIG)
    assert "anna    0 min ago, took " in shown.out
    plain = await relay("status", "--json", env=env, config=CONFIG)
    assert [each["name"] for each in json.loads(plain.out)["canaries"]] == ["anna"]


async def test_it_says_why_a_test_was_not_sent(
    relay: Command, project: Path, env: dict[str, str], gateway: Gateway
) -> None:
    done = await run(relay, project, env, gateway, "sms:failed")

    assert done.status == 1
    assert done.out.splitlines()[-1] == "✗ Not sent: it was not sent in time"


async def test_it_says_why_the_gateway_refuses(relay: Command, env: dict[str, str]) -> None:
    done = await relay("canary", "anna", env=env | {"SMSGATE_PASSWORD": "wrong"}, config=CONFIG)

    assert done.status == 1
    assert done.out.startswith("✗ Not sent: 127.0.0.1 answers 401: it does not accept the user")


async def test_it_asks_again_once_the_login_is_right(
    relay: Command, project: Path, env: dict[str, str], gateway: Gateway
) -> None:
    await relay("canary", "anna", env=env | {"SMSGATE_PASSWORD": "wrong"}, config=CONFIG)
    done = await run(relay, project, env, gateway, "sms:sent", "sms:received")

    assert done.out.splitlines()[-1].startswith("✓ Back after ")


async def test_it_waits_for_one_that_a_tick_is_asking_for(
    relay: Command, project: Path, env: dict[str, str], gateway: Gateway
) -> None:
    (project / "config.toml").write_text(CONFIG)
    app = build_app(load(env | {"API_KEY": API_KEY}, project), Log(structured=False))
    assert app.canaries
    [loop] = app.canaries.loops
    tried = time.time() - LEASE + 3
    await app.canaries.store.update(loop, lambda _: Journal(1.0, Trip(int(tried), tried, tried)))
    await app.aclose()
    done = await run(relay, project, env, gateway, "sms:sent", "sms:received")

    assert done.out.splitlines()[-1].startswith("✓ Back after ")
    assert len(gateway.accepted) == 1


NONE = CONFIG.partition("[[canary]]")[0] + '[destinations.log]\ntype = "console"\n'


@pytest.mark.parametrize(
    ("name", "config", "problem"),
    [
        ((), TWO, "say which test: anna, work"),
        (("wrk",), TWO, 'no test is called "wrk"; did you mean "work"?'),
        ((), NONE, "there is no test: add [[canary]] to config.toml"),
    ],
)
async def test_which_test_is_meant(
    name: tuple[str, ...], config: str, problem: str, relay: Command, env: dict[str, str]
) -> None:
    done = await relay("canary", *name, env=env, config=config)

    assert done.status == 1
    assert f"Error: {problem}" in done.err


async def test_a_ledger_that_only_the_function_sees_is_of_no_use(relay: Command, env: dict[str, str]) -> None:
    done = await relay("canary", env=env | {"LEDGER_URL": "memory:"}, config=CONFIG)

    assert done.status == 1
    assert "LEDGER_URL is memory: nothing is stored outside the function" in done.err


async def test_what_a_test_needs_is_registered(relay: Command, env: dict[str, str], gateway: Gateway) -> None:
    before = await relay("check", "--live", env=env, config=CONFIG)
    await relay("register", "https://relay.example.org/sms", env=env, config=CONFIG)
    after = await relay("check", "--live", env=env, config=CONFIG)
    events = [each["event"] for each in gateway.webhooks]

    assert {"sms:received", "sms:sent", "sms:delivered", "sms:failed", "system:ping"} <= set(events)
    assert len(events) == len(set(events))
    assert "✗ canary: no webhook posts sms:received, sms:sent, sms:delivered, sms:failed" in before.out
    assert "✓ canary: what a test needs is registered" in after.out
    assert (before.status, after.status) == (1, 0)
    assert "? canary anna: ./sms-relay canary NAME sends one" in after.out


async def test_a_server_that_refuses_the_login_is_one_line_of_the_check(
    relay: Command, env: dict[str, str]
) -> None:
    done = await relay("check", "--live", env=env | {"SMSGATE_PASSWORD": "wrong"}, config=CONFIG)

    assert done.status == 1
    assert "✗ canary: 127.0.0.1 answers 401" in done.out
    assert "ledger: " in done.out
