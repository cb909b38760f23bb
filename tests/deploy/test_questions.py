"""The questions that deploy.sh asks on a terminal, and what it does with the answers."""

import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Sequence

import pytest

from relay_cli.dotenv import read
from testkit.services.telegram import TOKEN
from tests.deploy.clone import Clone

NOTHING = ""
PROJECT = "DEPLOY_PROJECT=test-project\nDEPLOY_REGION=us-central1\n"


def run_with_answers(clone: Clone, answers: Sequence[str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run deploy.sh on a terminal, and type these lines."""
    keyboard, terminal = pty.openpty()
    clone.door.cloud = clone.cloud
    try:
        os.write(keyboard, "".join(f"{line}\n" for line in answers).encode())
        return subprocess.run(
            ["bash", "./deploy.sh", *words],
            check=False,
            cwd=clone.folder,
            env=clone.environ(),
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_missing_settings_are_asked_for_and_remembered(clone: Clone) -> None:
    clone.write(".env", NOTHING)
    answers = [
        "",
        "europe-west1",
        TOKEN,
        "-100123",
        "",
        "smtps://me:p$w d@mail:465",
        "me@example.org",
        "you@example.org",
        "s1gn",
    ]

    done = run_with_answers(clone, answers)

    assert done.returncode == 0, done.stderr
    assert clone.value("TELEGRAM_BOT_TOKEN") == TOKEN
    assert clone.value("SMTP_URL") == "smtps://me:p$w d@mail:465"
    assert clone.value("SIGNING_KEYS") == "s1gn"
    assert "SLACK_WEBHOOK_URL" not in clone.env
    assert clone.deployed()["serviceConfig"]["environmentVariables"]["TELEGRAM_CHAT_ID"] == "-100123"
    assert clone.deployed()["serviceConfig"]["environmentVariables"]["EMAIL_TO"] == "you@example.org"
    assert clone.deployed()["name"].split("/")[3] == "europe-west1"
    assert TOKEN not in done.stdout + done.stderr


def test_nothing_is_asked_twice(clone: Clone) -> None:
    clone.write(
        ".env",
        "TELEGRAM_BOT_TOKEN=1:A\nTELEGRAM_CHAT_ID=1\nDEPLOY_PROJECT=test-project\nDEPLOY_REGION=us-central1\n",
    )
    first = run_with_answers(clone, [""])
    clone.cloud.lines.clear()

    second = run_with_answers(clone, [])

    assert first.returncode == second.returncode == 0, second.stderr
    assert "SIGNING_KEYS" not in clone.env
    assert "Signing key" in first.stderr
    assert "Signing key" not in second.stderr
    assert clone.changes() == []


def test_with_a_configuration_file_destinations_are_not_asked_for(clone: Clone) -> None:
    clone.write(".env", f"{PROJECT}SIGNING_KEYS=s1gn\n")
    clone.write("config.toml", "")

    assert run_with_answers(clone, []).returncode == 0


def test_with_yes_nothing_is_asked(clone: Clone) -> None:
    clone.write(".env", NOTHING)

    done = run_with_answers(clone, [], "--project=test-project", "--yes")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("answer", "is_kept"), [("", True), ("yes", True), ("SIGNING_KEYS", False)])
def test_a_secret_that_env_lacks_is_deleted_only_if_its_name_is_typed(
    deployed: Clone, answer: str, is_kept: bool
) -> None:
    deployed.write(".env", re.sub("SIGNING_KEYS=.*\n", "DEPLOY_UNSIGNED=yes\n", deployed.env))

    done = run_with_answers(deployed, [answer])

    assert done.returncode == 0, done.stderr
    assert "no signature is checked" in done.stdout
    assert ("sms-relay-SIGNING_KEYS" in deployed.state["secrets"]) is is_kept
    assert ("SIGNING_KEYS" in deployed.deployed()["secrets"]) is is_kept
    assert ("SIGNING_KEYS=" in deployed.env) is is_kept


def test_the_whole_database_needs_a_second_word(deployed: Clone) -> None:
    run_with_answers(deployed, ["sms-relay", "yes"], "destroy", "--with-data")
    assert len(deployed.state["databases"]) == 1

    done = run_with_answers(deployed, ["sms-relay", "delete the database"], "destroy", "--with-data")

    assert done.returncode == 0, done.stderr
    assert deployed.state["databases"] == []


def test_destroy_wants_the_name_typed(deployed: Clone) -> None:
    assert "Nothing was changed" in run_with_answers(deployed, ["yes"], "destroy").stderr
    assert deployed.changes() == []

    assert run_with_answers(deployed, ["sms-relay"], "destroy").returncode == 0
    assert deployed.state["functions"] == []


def test_any_answer_can_be_written_and_read_again(clone: Clone) -> None:
    clone.write(".env", f"{PROJECT}TELEGRAM_BOT_TOKEN=1:A\n")
    typed = """it's "a\\b" & $c #d `e` |f/g"""

    done = run_with_answers(clone, [typed])

    assert done.returncode == 0, done.stderr
    assert clone.value("SIGNING_KEYS") == typed
    assert read(clone.folder / ".env")["SIGNING_KEYS"] == typed


def test_a_secret_is_not_shown_while_it_is_typed(clone: Clone) -> None:
    clone.write(".env", PROJECT)
    clone.door.cloud = clone.cloud
    keyboard, terminal = pty.openpty()
    command = ["bash", "./deploy.sh"]
    with subprocess.Popen(
        command, cwd=clone.folder, env=clone.environ(), stdin=terminal, stdout=terminal, stderr=terminal
    ) as running:
        try:
            shown = read_until(keyboard, "bot's token: ")
            await_echo(terminal, on=False)
            os.write(keyboard, f"{TOKEN}\n".encode())
            shown += read_until(keyboard, "chat's id: ")
            await_echo(terminal, on=True)
            os.write(keyboard, b"\x04")
            running.wait(60)
            shown += read_until(keyboard, "no answer")
        finally:
            running.kill()  # else one that still waits for an answer would be waited for
    os.close(keyboard)
    os.close(terminal)

    assert running.returncode == 1
    assert TOKEN not in shown
    assert clone.setting("TELEGRAM_BOT_TOKEN") == TOKEN
    assert "TELEGRAM_CHAT_ID" not in clone.env


def read_until(keyboard: int, words: str) -> str:
    """Return what the terminal shows up to these words."""
    shown = ""
    while words not in shown:
        assert select.select([keyboard], [], [], 30)[0], shown
        shown += os.read(keyboard, 4096).decode()
    return shown


def await_echo(terminal: int, *, on: bool) -> None:
    """Wait until it shows what is typed, or does not; a shell takes a moment to say so."""
    while bool(termios.tcgetattr(terminal)[3] & termios.ECHO) is not on:
        time.sleep(0.02)
