"""`status`, `tick` and `forget`, run as an operator runs them."""

import asyncio
import json
from pathlib import Path

import pytest

from relay.app import App, build_app
from relay.config import load
from relay.events import Event
from relay.logs import Log
from tests.relay_cli.conftest import API_KEY, Command
from tests.watch.house import ping

pytestmark = pytest.mark.anyio

SECRET = "a-ledger-secret-of-this-test"
CONFIG = """
[watch]
to = "log"
[devices.anna]
ids = "anna-device"
[destinations.log]
type = "console"
"""


@pytest.fixture
async def env(project: Path) -> dict[str, str]:
    """The settings of a function that has heard two phones."""
    env = {"LEDGER_URL": f"sqlite:///{project}/ledger.db", "LEDGER_SECRET": SECRET}
    (project / "config.toml").write_text(CONFIG)
    app: App = build_app(load(env | {"API_KEY": API_KEY}, project), Log(structured=False))
    assert app.watch
    for device in ("anna-device", "0123456789abcdef"):
        sample = ping()
        app.watch.recorder.record(Event("", sample.type, device, "", sample.payload, sample.raw))
    await app.watch.recorder.finish(asyncio.get_running_loop().time() + 10)
    await app.aclose()
    return env


async def test_status_is_well_once_a_tick_has_come(relay: Command, env: dict[str, str]) -> None:
    before = await relay("status", env=env, config=CONFIG)
    ticked = await relay("tick", env=env, config=CONFIG)
    after = await relay("status", env=env, config=CONFIG)
    plain = await relay("status", "--json", env=env, config=CONFIG)

    assert (before.status, ticked.status, after.status, plain.status) == (1, 0, 0, 0)
    assert "✗ The latest tick was never: nobody is judged" in before.out
    assert ticked.out == "✓ 2 phones, 0 silent; 0 sent\n"
    lines = after.out.splitlines()
    assert lines[1].split() == ["anna", "0", "min", "ago", "never", "80", "%,", "charging", "Wi-Fi", "well"]
    assert lines[2].split()[:2] == ["phone", "abcdef"]
    assert lines[4].split() == ["log", "works", "0"]
    assert [each["name"] for each in json.loads(plain.out)["phones"]] == ["anna", "phone abcdef"]


@pytest.mark.parametrize("name", ["phone abcdef", "0123456789abcdef"])
async def test_a_phone_is_forgotten_by_its_name_or_its_id(
    name: str, relay: Command, env: dict[str, str]
) -> None:
    done = await relay("forget", name, env=env, config=CONFIG)
    again = await relay("forget", name, env=env, config=CONFIG)
    ticked = await relay("tick", env=env, config=CONFIG)

    assert (done.status, done.out) == (0, "✓ Forgotten: phone abcdef\n")
    assert again.status == 1
    assert again.err.endswith(f'Error: no phone is called "{name}"; `status` lists those that are known\n')
    assert ticked.out == "✓ 1 phone, 0 silent; 0 sent\n"


@pytest.mark.parametrize("command", [["status"], ["tick"], ["forget", "anna"]])
async def test_what_is_not_watched_or_not_stored(command: list[str], relay: Command, project: Path) -> None:
    url = f"sqlite:///{project}/ledger.db"
    (project / "ledger.db").touch()
    unwatched = await relay(*command, env={"LEDGER_URL": url})
    memory = await relay(*command, env={"LEDGER_URL": "memory:", "WATCH": "console"})

    assert (unwatched.status, memory.status) == (1, 1)
    assert unwatched.err.endswith("Error: nothing is watched: add [watch] to config.toml, or set WATCH\n")
    assert "LEDGER_URL is memory" in memory.err


async def test_a_wrong_duration(relay: Command, env: dict[str, str]) -> None:
    done = await relay("tick", "--every", "often", env=env, config=CONFIG)

    assert done.status == 2
    assert "not a duration" in done.err
