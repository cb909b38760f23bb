"""Answers by SMS: the gateway's login reaches the function where it is used, and only there."""

import sys
from pathlib import Path

import pytest
from anyio import to_thread

from deploy.destinations import has_replies
from deploy.settings import Settings
from relay_cli.dotenv import read
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import Telegram
from tests.deploy.clone import Clone
from tests.deploy.function import Function
from tests.deploy.test_questions import run_with_answers

USERS = "TELEGRAM_REPLIES=4711\n"
URL = "SMSGATE_URL=https://sms.example.org/3rdparty/v1\n"
HIDDEN = "sms-relay-SMSGATE_PASSWORD"
CONFIGURATION = """
[destinations.me]
type = "telegram"
bot_token = "${TELEGRAM_BOT_TOKEN}"
chat_id = 1
"""


@pytest.fixture(scope="session")
def first_answered(first: Clone, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A relay that was deployed again, with answers; tests must not change it."""
    clone = first.copy(tmp_path_factory.mktemp("answered"))
    clone.write(".env", f"{clone.env}{USERS}{URL}")
    done = clone.deploy()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith(f"-m relay replies on {clone.function.url}")
    return clone


@pytest.fixture
def answered(first_answered: Clone, tmp_path: Path, function: Function) -> Clone:
    """A copy of it, with no record of commands."""
    assert function.url == first_answered.function.url
    return first_answered.copy(tmp_path)


def variables(clone: Clone) -> dict[str, str]:
    return dict(clone.deployed()["serviceConfig"]["environmentVariables"])


def test_without_answers_the_login_stays_with_the_operator(deployed: Clone) -> None:
    assert HIDDEN not in deployed.state["secrets"]
    assert "SMSGATE_PASSWORD" not in deployed.deployed()["secrets"]
    assert not {"SMSGATE_USER", "SMSGATE_URL", "TELEGRAM_REPLIES"} & variables(deployed).keys()
    done = deployed.deploy("restore-env")
    assert "Not in the cloud are SMSGATE_…, DEPLOY_ALERTS" in done.stdout


def test_with_answers_the_function_gets_it(answered: Clone) -> None:
    assert answered.value("SMSGATE_PASSWORD") == "only-the-operator-knows"
    assert answered.deployed()["secrets"]["SMSGATE_PASSWORD"] == f"{HIDDEN}:1"
    assert variables(answered).items() >= {
        ("SMSGATE_USER", "operator"),
        ("SMSGATE_URL", "https://sms.example.org/3rdparty/v1"),
        ("TELEGRAM_REPLIES", "4711"),
    }
    assert answered.deploy().returncode == 0
    assert answered.changes() == []


def test_a_new_password_reaches_it(answered: Clone) -> None:
    answered.write(".env", answered.env.replace("only-the-operator-knows", "another"))
    done = answered.deploy()
    assert done.returncode == 0, done.stderr
    assert answered.value("SMSGATE_PASSWORD") == "another"
    assert answered.deployed()["secrets"]["SMSGATE_PASSWORD"] == f"{HIDDEN}:2"
    assert "another" not in done.stdout + done.stderr


def test_an_empty_password_is_refused(deployed: Clone) -> None:
    deployed.write(".env", deployed.env.replace("=only-the-operator-knows", "=") + USERS)
    done = deployed.deploy()
    assert (done.returncode, deployed.changes()) == (1, [])
    assert "SMSGATE_PASSWORD is empty in .env." in done.stderr


def test_once_nobody_answers_any_more_the_secret_is_deleted(answered: Clone) -> None:
    answered.write(".env", answered.env.replace(USERS, ""))
    done = answered.deploy()
    assert done.returncode == 0, done.stderr
    assert HIDDEN not in answered.state["secrets"]
    assert "SMSGATE_PASSWORD" not in answered.deployed()["secrets"]
    assert not {"SMSGATE_USER", "SMSGATE_URL", "TELEGRAM_REPLIES"} & variables(answered).keys()
    assert answered.setting("SMSGATE_PASSWORD") == "only-the-operator-knows"
    assert answered.deploy("doctor").returncode == 0


@pytest.mark.parametrize("command", [["restore-env"], ["--yes"], ["rotate-key"]])
def test_a_new_clone_takes_it_over(answered: Clone, command: list[str]) -> None:
    before = read(answered.folder / ".env")
    answered.clear()
    done = answered.deploy(*command, "--project=test-project")
    assert done.returncode == 0, done.stderr
    after = read(answered.folder / ".env")
    names = ("SMSGATE_URL", "SMSGATE_USER", "SMSGATE_PASSWORD", "TELEGRAM_REPLIES")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}
    assert HIDDEN in answered.state["secrets"]
    assert "Not in the cloud are SMSGATE" not in done.stdout


def test_a_new_clone_with_another_password_is_stopped(answered: Clone) -> None:
    answered.clear()
    answered.write(".env", f"{USERS}SMSGATE_PASSWORD=another\n")
    done = answered.deploy("--project=test-project")
    assert (done.returncode, answered.changes()) == (1, [])
    assert "SMSGATE_PASSWORD in .env is not the deployed one" in done.stderr


def test_destroy_removes_it_and_says_that_telegram_still_posts(answered: Clone) -> None:
    dry = answered.deploy("destroy", "--dry-run")
    done = answered.deploy("destroy", "--yes")
    assert done.returncode == 0, done.stderr
    assert answered.state["secrets"] == {}
    assert f"secrets delete {HIDDEN}" in dry.stdout
    assert "Telegram still posts, too. To stop it:" in done.stdout


def test_the_dry_run_shows_it_and_not_its_value(answered: Clone) -> None:
    done = answered.deploy("--dry-run")
    assert f"SMSGATE_PASSWORD={HIDDEN}:1" in done.stdout
    assert "-m relay replies on https://THE-FUNCTION" in done.stdout
    assert "only-the-operator-knows" not in done.stdout


# Switch it on


@pytest.mark.parametrize(("answer", "is_on"), [("", True), ("no", False)])
def test_on_a_terminal_it_asks(answered: Clone, answer: str, is_on: bool) -> None:
    done = run_with_answers(answered, [answer])
    assert done.returncode == 0, done.stderr
    assert answered.state["answers"] == (answered.function.url if is_on else "")
    assert "✓ Telegram tells the function what people answer" in done.stdout or not is_on


def test_what_is_on_is_not_asked_for_again(answered: Clone) -> None:
    answered.state["answers"] = answered.function.url
    done = run_with_answers(answered, [])
    assert done.returncode == 0, done.stderr
    assert "People can answer once" not in done.stdout


def test_if_that_fails_the_function_runs_and_it_says_so(answered: Clone) -> None:
    answered.cloud.always_fails = "relay replies on"
    done = run_with_answers(answered, ["yes"])
    assert done.returncode == 1
    assert "Deployed: " in done.stdout
    assert "✗ Stopped at: Telegram tells the function what people answer" in done.stderr


def test_the_doctor_says_what_keeps_answers_away(answered: Clone) -> None:
    answered.state["not_registered"] = ["sms:sent", "sms:failed"]
    wrong = answered.deploy("doctor")
    answered.state["not_registered"] = []
    answered.state["answers"] = answered.function.url
    well = answered.deploy("doctor")
    assert (wrong.returncode, well.returncode) == (1, 0), well.stdout
    assert (
        "✗ Telegram tells the function what people answer\n"
        "  123456789: Telegram tells nobody what people write\n"
        "  no webhook for sms:sent, sms:failed: ./sms-relay register URL\n"
    ) in wrong.stdout
    assert "✓ Telegram tells the function what people answer\n" in well.stdout


@pytest.mark.anyio
async def test_the_doctor_asks_telegram_and_the_gateway_themselves(answered: Clone) -> None:
    """Run with the real commands, not with fakes."""
    answered.program("python", f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    async with Telegram() as bot, Gateway() as gateway:
        bot.webhook.url = "https://stranger.example/hook"
        login = f"SMSGATE_URL={gateway.url}\nSMSGATE_USER={USER}\nSMSGATE_PASSWORD={PASSWORD}\n"
        answered.write(".env", f"{answered.env}TELEGRAM_API_URL={bot.url}\n{login}")
        done = await to_thread.run_sync(answered.deploy, "doctor")
    assert "✗ Telegram tells the function what people answer\n" in done.stdout
    assert "  123456789: no relay with replies answers at this address" in done.stdout
    assert "  no webhook for sms:sent, sms:delivered, sms:failed, sms:cancelled: ./sms-relay" in done.stdout


# What the configuration says


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{CONFIGURATION}replies = [4711]\n", True),
        (f"{CONFIGURATION}[destinations.me.replies]\nfrom = [4711]\n", True),
        (f"[[canary]]\n{CONFIGURATION}", True),
        (CONFIGURATION, False),
        ("a = [", False),
        ("destinations = 1", False),
        ("[destinations]\nme = 1", False),
    ],
)
def test_a_configuration_file_says_whether_the_gateway_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"{USERS}SMSGATE_PASSWORD=secret\n")
    assert Settings(Path(".env")).uses_gateway
    (tmp_path / "config.toml").write_text(text)
    settings = Settings(Path(".env"))
    assert (settings.uses_gateway, "SMSGATE_PASSWORD" in settings.secrets()) == (expected, expected)


def test_only_the_variable_for_answers_makes_a_destination_answerable() -> None:
    assert has_replies({"TELEGRAM_REPLIES": "1"}, None)
    assert not has_replies({"TELEGRAM_BOT_TOKEN": "1", "TELEGRAM_CHAT_ID": "1", "X": "1"}, None)
