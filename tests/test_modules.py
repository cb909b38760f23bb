"""What one SMS costs, held without a clock: the modules that are loaded for it, and the calls it takes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.bench.process import API_KEY
from tools.bench.services import Services, services

ROOT = Path(__file__).parent.parent
EMPTY, BY_HAND = ROOT / "tools/bench/functions/empty.py", ROOT / "tools/bench/functions/by_hand.py"
EXPECTED = {
    *("_zoneinfo", "annotated_types", "forwarders", "main", "pydantic", "pydantic_core", "pyreqwest"),
    *("relay", "sysconfig", "telegram", "typing_extensions", "typing_inspection", "zoneinfo"),
}
"""The packages that a deployment to one chat loads beside those that an empty function loads."""
UNASKED = (
    "forwarders.apprise",
    "forwarders.console",
    "forwarders.discord",
    "forwarders.email",
    "forwarders.ntfy",
    "forwarders.slack",
    "testkit",
    "forwarders.webhook",
    "relay_cli",
    "relay.config.document",
    "relay_cli.dotenv",
    "relay.ledger.firestore",
    "relay.ledger.sqlite",
    "relay.names.contacts",
    "relay.rendering.attachments",
    "relay.routing.conditions",
    "relay.routing.rules",
    "relay.rendering.templates",
    "telegram.ext",
)
"""Modules that something has to ask for: another destination, a file, a ledger, a route, a picture."""
FEWER = 1.5
"""By how many times an SMS takes fewer calls than in the function written by hand; it was 2.1."""


@pytest.fixture(scope="module")
def accepting() -> Iterator[Services]:
    with services() as running:
        yield running


def counted(source: Path, accepting: Services) -> Any:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = subprocess.run(
        [sys.executable, "-m", "tools.bench.calls", str(source)],
        cwd=ROOT,
        env=kept | {"API_KEY": API_KEY, **accepting.telegram},
        check=True,
        stdout=subprocess.PIPE,
        timeout=60,
    )
    return json.loads(said.stdout)


def packages(modules: list[str]) -> set[str]:
    """Return the first words; a module of data about this machine's own build is none of them."""
    return {name.partition(".")[0] for name in modules if not name.startswith("_sysconfigdata")}


@pytest.fixture(scope="module")
def ours(source: Path, accepting: Services) -> Any:
    return counted(source / "main.py", accepting)


def test_nothing_is_loaded_that_is_not_configured(ours: Any, accepting: Services) -> None:
    empty = counted(EMPTY, accepting)

    assert packages(ours["modules"]) - packages(empty["modules"]) - EXPECTED == set()


def test_of_what_is_ours_nothing_is_loaded_that_nothing_asks_for(ours: Any) -> None:
    assert [name for name in ours["modules"] if name.startswith(UNASKED)] == []


def test_an_sms_takes_far_fewer_calls_than_in_the_function_written_by_hand(
    ours: Any, accepting: Services
) -> None:
    by_hand = counted(BY_HAND, accepting)

    assert by_hand["calls"] / ours["calls"] > FEWER


def test_an_sms_leaves_nothing_for_the_garbage_collector(ours: Any) -> None:
    assert ours["garbage"] == 0
