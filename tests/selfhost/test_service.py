"""The service of systemd: the unit, its settings, and what the installation copies."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from selfhost.health import is_healthy, read_address
from selfhost.settings import to_systemd
from tests.selfhost.conftest import relay
from tools.function import ROOT, free_port

UNITS = [ROOT / "selfhost" / name for name in ("sms-relay.service", "sms-relay-tick.service")]
TIMER = ROOT / "selfhost" / "sms-relay-tick.timer"
EXPOSURE = 1.5
"""The most that the service may be exposed, from 0 to 10, as systemd counts it."""


def test_systemd_takes_the_units(need: Callable[[str], str], tmp_path: Path) -> None:
    """Their program is replaced by one that every machine has: systemd looks whether it exists."""
    units = [tmp_path / each.name for each in (*UNITS, TIMER)]
    for source, unit in zip((*UNITS, TIMER), units, strict=True):
        unit.write_text(source.read_text().replace("/opt/sms-relay/.venv/bin/python", "/bin/true"))

    verified = subprocess.run(
        [need("systemd-analyze"), "verify", *map(str, units)], check=False, capture_output=True, text=True
    )

    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_is_hardly_exposed(unit: Path, need: Callable[[str], str]) -> None:
    command = [need("systemd-analyze"), "security", "--offline=true", "--no-pager", str(unit)]
    shown = subprocess.run(command, check=False, capture_output=True, text=True).stdout

    found = re.search(r"Overall exposure level for [\w-]+.service: ([\d.]+)", shown)
    assert found, shown
    assert float(found[1]) <= EXPOSURE


@pytest.mark.parametrize(
    "value", ["plain", "with space", 'a "quote"', "$HOME `id` \\n", "it's", "#hash", "é", "a=b", "\\", ""]
)
def test_settings_reach_the_service_as_they_are(value: str) -> None:
    """systemd reads double quotes as a shell does: a backslash only escapes what it must."""
    [line] = to_systemd({"API_KEY": value})

    shell = subprocess.run(
        ["sh", "-c", f'{line}\nprintf %s "$API_KEY"'], check=True, capture_output=True, text=True
    )
    assert shell.stdout == value


def test_the_service_has_a_ledger_of_its_own() -> None:
    urls = ("sqlite:///.relay/ledger.db", "memory:", "firestore://project")
    assert [list(to_systemd({"LEDGER_URL": url})) for url in urls] == [[], [], [f'LEDGER_URL="{urls[2]}"']]


def test_the_installation_waits_for_the_address_in_the_settings(tmp_path: Path) -> None:
    settings, port = tmp_path / "env", free_port()
    assert read_address(settings) == ("127.0.0.1", 8080)
    settings.write_text(f'HOST="0.0.0.0"\nPORT="{port}"\n')
    assert read_address(settings) == ("127.0.0.1", port)
    assert not is_healthy("127.0.0.1", port)
    with relay(port):
        assert is_healthy("127.0.0.1", port)


def test_all_that_the_function_and_its_commands_need_is_copied() -> None:
    script = (ROOT / "selfhost" / "install.sh").read_text()
    copied = set(re.findall(r"^  cp -r (.*) \"\$APP\.new\"$", script, re.MULTILINE)[0].split())

    assert {"relay", "relay_cli", "forwarders", "selfhost", "pyproject.toml", ".env.example"} <= copied
    assert "for file in *.py config.toml" in script


@pytest.mark.parametrize(("line", "said"), [("PORT=", "PORT is not a number"), ("HOST=''", "HOST is empty")])
def test_an_address_at_which_the_service_cannot_listen_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / ".env").write_text(f"{line}\n")

    written = subprocess.run(
        [sys.executable, "-m", "selfhost.settings"],
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert (written.returncode, written.stdout) == (1, "")
    assert written.stderr.startswith(f"Error: {said}")
