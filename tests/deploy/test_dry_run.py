"""The dry run shows what would happen, and needs neither gcloud nor packages."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.clone import ROOT, Clone


def on_a_fresh_clone(folder: Path, *words: str) -> str:
    """Run it without gcloud, without packages and without a terminal."""
    for part in ("deploy", "forwarders", "relay_cli"):
        (folder / part).symlink_to(ROOT / part)
    python = Path(sys.executable).resolve()  # the one below the virtual environment: without its packages
    done = subprocess.run(
        ["bash", shutil.copy(ROOT / "deploy.sh", folder), "--dry-run", *words],
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def commands(output: str) -> list[list[str]]:
    """Return the first words of each gcloud command that is shown."""
    joined = output.replace(" \\\n         ", " ")
    lines = [line.split() for line in joined.splitlines() if line.startswith("     gcloud ")]
    return [[word for word in line[1:] if not word.startswith("-")][:3] for line in lines]


@pytest.mark.parametrize(
    "words", [(), ("rotate-key",), ("rotate-key", "--finish"), ("destroy", "--with-data")]
)
def test_it_runs_on_a_fresh_clone(tmp_path: Path, words: tuple[str, ...]) -> None:
    output = on_a_fresh_clone(tmp_path, *words)

    assert "CLOUDSDK_CORE_PROJECT=your-project" in output
    assert "If it fails: " in output
    assert "@NAME@" not in output


def test_it_changes_nothing(clone: Clone) -> None:
    before = {path: path.read_bytes() for path in clone.folder.rglob("*") if path.is_file()}

    done = clone.deploy("--dry-run", "--project=test-project")

    assert done.returncode == 0, done.stderr
    assert clone.cloud.lines == []
    assert {path: path.read_bytes() for path in clone.folder.rglob("*") if path.is_file()} == before
    assert not [*clone.temporary.iterdir()]


def test_it_shows_every_command_of_a_real_run(first: Clone) -> None:
    output = commands(first.deploy("--dry-run", "--alerts=me@example.org").stdout)

    for line in first.changes():
        if not line.startswith("relay"):
            assert [word for word in line.split() if not word.startswith("-")][:3] in output


def test_it_shows_no_secret(deployed: Clone) -> None:
    output = deployed.deploy("--dry-run").stdout

    assert "sms-relay-TELEGRAM_BOT_TOKEN" in output
    for name in deployed.deployed()["secrets"]:
        assert deployed.value(name) not in output
