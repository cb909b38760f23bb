"""`./sms-relay`: the commands from any folder, with the files of the project and those of the caller."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relay.ledger.identity import Identity
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, Dispatch
from tests.relay_cli.conftest import API_KEY, INHERITED

CONFIG = 'default = "log"\n[destinations.log]\ntype = "console"\n'
EVENT = {"event": "sms:received", "id": "1", "payload": {"sender": "Mum", "message": "from the caller"}}


@pytest.fixture
def installed(project: Path) -> Path:
    """A project whose commands can run, with its settings and a file for the ledger."""
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (project / ".venv" / ".needed").touch()
    (project / ".env").write_text(f"API_KEY={API_KEY}\nLEDGER_URL=sqlite:///kept.db\n")
    (project / "config.toml").write_text(CONFIG)
    return project


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The caller's folder: another project, whose files must not be taken for ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / ".env").write_text("not a setting")
    (folder / "config.toml").write_text("not TOML")
    for name in ("relay", "relay_cli", "click", "json"):
        (folder / f"{name}.py").write_text("raise SystemExit('a module of the caller was imported')")
    return folder


async def keep(project: Path) -> None:
    """Record an undelivered event in a file beside the project's settings."""
    ledger = SqliteLedger(project / "kept.db")
    dispatch = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("log"),))
    await ledger.claim(Identity("a" * 64), dispatch, "owner")
    await ledger.aclose()


def run_program(program: Path | str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [program, *words]
    environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return subprocess.run(
        command, check=False, cwd=folder, env=environ, capture_output=True, text=True, timeout=60
    )


@pytest.mark.anyio
@pytest.mark.parametrize("linked", [False, True])
async def test_from_another_folder_it_uses_the_settings_and_the_ledger_of_the_project(
    installed: Path, elsewhere: Path, linked: bool
) -> None:
    await keep(installed)
    program = installed / "sms-relay"
    if linked:
        (elsewhere / "bin").mkdir()
        program = elsewhere / "bin" / "renamed"
        program.symlink_to("../../project/sms-relay")

    checked = run_program(program, "check", folder=elsewhere)
    listed = run_program(program, "undelivered", "--json", folder=elsewhere)

    assert (checked.returncode, "log (console)" in checked.stdout) == (0, True), checked.stderr
    assert [row["key"] for row in json.loads(listed.stdout)] == ["a" * 64]
    assert not (elsewhere / "kept.db").exists()


def test_a_file_that_is_an_argument_is_the_callers(installed: Path, elsewhere: Path) -> None:
    (elsewhere / "event.json").write_text(json.dumps(EVENT))

    shown = run_program(installed / "sms-relay", "explain", "event.json", folder=elsewhere)
    missing = run_program(installed / "sms-relay", "explain", "samples/sms-received.json", folder=elsewhere)

    assert (shown.returncode, "from the caller" in shown.stdout) == (0, True), shown.stderr
    assert (missing.returncode, "does not exist" in missing.stderr) == (2, True)


@pytest.mark.anyio
async def test_a_ledger_that_is_an_argument_is_the_projects(installed: Path, elsewhere: Path) -> None:
    await keep(installed)
    words = ("ledger", "move", "sqlite:///kept.db", "sqlite:///new.db", "--yes")

    run_program(installed / "sms-relay", *words, folder=elsewhere)

    assert ((installed / "new.db").exists(), (elsewhere / "new.db").exists()) == (True, False)


MAKEFILE = """
setup:
	mkdir -p .venv/bin
	printf '#!/bin/sh\\nexec %s "$$@"\\n' {python} >.venv/bin/python
	chmod +x .venv/bin/python
	touch .venv/.needed
"""


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_without_the_packages_it_installs_them_first(
    project: Path, elsewhere: Path, is_interrupted: bool
) -> None:
    (project / "Makefile").write_text(MAKEFILE.format(python=sys.executable))
    (project / ".env").write_text(f"API_KEY={API_KEY}\n")
    if is_interrupted:
        (project / ".venv" / "bin").mkdir(parents=True)
        (project / ".venv" / "bin" / "python").touch(0o755)

    result = run_program(project / "sms-relay", "check", folder=elsewhere)

    assert (result.returncode, "The configuration is valid" in result.stdout) == (0, True), result.stderr
    assert "touch .venv/.needed" in result.stderr


def test_packages_that_cannot_be_installed_are_reported(project: Path, elsewhere: Path) -> None:
    (project / "Makefile").write_text("setup:\n\t@echo no Python >&2; exit 1\n")

    result = run_program(project / "sms-relay", "check", folder=elsewhere)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("no Python\n")
    assert "Error: what the commands need could not be installed" in result.stderr


def test_a_python_without_the_packages_names_what_to_run(project: Path, tmp_path: Path) -> None:
    environment = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")]
    subprocess.run(environment, check=True)

    result = run_program(tmp_path / "bare/bin/python", "-m", "relay", "check", folder=project)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: this Python does not have the packages")
    assert "Run ./sms-relay instead" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_bash_completes_commands_and_options(installed: Path, elsewhere: Path) -> None:
    script = run_program(installed / "sms-relay", "completion", "bash", folder=elsewhere).stdout
    ask = """
    COMP_WORDS=("$1" "$2" "$3") COMP_CWORD=$4 COMPREPLY=()
    _sms_relay_completion "$1"
    printf '%s\\n' "${COMPREPLY[@]}"
    """

    def completed(*words: str) -> list[str]:
        command = (str(installed / "sms-relay"), *words)
        shell = run_program("bash", "-c", script + ask, "bash", *command, folder=elsewhere)
        return shell.stdout.split()

    assert completed("un", "", "1") == ["unregister", "undelivered"]
    assert completed("check", "--l", "2") == ["--live"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_given_a_script(installed: Path, elsewhere: Path, shell: str) -> None:
    script = run_program(installed / "sms-relay", "completion", shell, folder=elsewhere).stdout

    assert "_SMS_RELAY_COMPLETE" in script
    assert "sms-relay" in script


@pytest.mark.anyio
async def test_the_module_can_still_be_called_from_the_projects_folder(installed: Path) -> None:
    await keep(installed)

    listed = run_program(sys.executable, "-m", "relay", "undelivered", "--json", folder=installed)

    assert [row["key"] for row in json.loads(listed.stdout)] == ["a" * 64], listed.stderr
