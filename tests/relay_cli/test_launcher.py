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


def test_without_the_packages_it_says_how_to_install_them(project: Path, elsewhere: Path) -> None:
    result = run_program(project / "sms-relay", "check", folder=elsewhere)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.endswith(f"Install them: make -C {project} setup\n")


@pytest.mark.anyio
async def test_the_module_can_still_be_called_from_the_projects_folder(installed: Path) -> None:
    await keep(installed)

    listed = run_program(sys.executable, "-m", "relay", "undelivered", "--json", folder=installed)

    assert [row["key"] for row in json.loads(listed.stdout)] == ["a" * 64], listed.stderr
