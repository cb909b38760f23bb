"""A URL names a ledger, and nothing is imported that it does not name."""

import subprocess
import sys
from pathlib import Path

import pytest

from relay.ledger import LedgerUnavailable, open_ledger
from relay.ledger.firestore import FirestoreLedger
from relay.ledger.sqlite import SqliteLedger

LOADED = """
import sys
import relay.ledger.tiered
from relay.ledger import open_ledger
open_ledger(sys.argv[1])
print(*sorted({"sqlite3", "relay.ledger.firestore", "google.auth"} & sys.modules.keys()))
"""


@pytest.mark.parametrize(
    ("url", "loaded"),
    [("memory:", ""), ("sqlite:///{}/ledger", "sqlite3"), ("firestore:", "relay.ledger.firestore")],
)
def test_only_what_is_configured_is_imported(tmp_path: Path, root: Path, url: str, loaded: str) -> None:
    command = [sys.executable, "-W", "error", "-c", LOADED, url.format(tmp_path)]
    assert (
        subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout == f"{loaded}\n"
    )


def test_memory_is_in_front_of_every_ledger_and_needs_no_other() -> None:
    assert open_ledger("memory:") is None


@pytest.mark.parametrize(
    ("url", "file"), [("sqlite:////{}/x.db", "/{}/x.db"), ("sqlite:///x y?.db", "x y?.db")]
)
def test_a_file_is_named_absolutely_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = str(tmp_path).lstrip("/")
    ledger = open_ledger(url.format(folder))
    assert isinstance(ledger, SqliteLedger)
    assert Path(file.format(folder)).exists()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("firestore:", (None, None, "relay")),
        ("firestore://a-project", ("a-project", None, "relay")),
        ("firestore://a-project/other", ("a-project", "other", "relay")),
        ("firestore://a-project/(default)?collection=sms_1", ("a-project", "(default)", "sms_1")),
        ("firestore://example.com:a-project", ("example.com:a-project", None, "relay")),
        ("firestore:?collection=sms", (None, None, "sms")),
    ],
)
def test_a_firestore_is_named_by_its_parts(url: str, place: tuple[str | None, str | None, str]) -> None:
    ledger = open_ledger(url)
    assert isinstance(ledger, FirestoreLedger)
    assert (ledger._connection._project, ledger._connection._database, ledger._collection) == place


def test_what_is_no_ledger_is_said() -> None:
    with pytest.raises(LedgerUnavailable, match="write memory:, sqlite:///FILE or firestore:"):
        open_ledger("redis://somewhere")
