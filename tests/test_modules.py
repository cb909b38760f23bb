"""The cost of one SMS, measured without a clock: the modules that are loaded for it, and its calls."""

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
"""The packages that a deployment to one chat loads in addition to those of an empty function."""
UNUSED = (
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
    "relay.canary",
    "relay.config.canary",
    "relay.config.watch",
    "relay_cli.dotenv",
    "relay.ledger.firestore",
    "relay.ledger.sqlite",
    "relay.names.contacts",
    "relay.rendering.attachments",
    "relay.routing.conditions",
    "relay.routing.rules",
    "relay.rendering.templates",
    "relay.watch",
    "telegram.ext",
)
"""Modules that are needed only for another destination, a file, a ledger, a route, a picture or a watch."""
MIN_RATIO = 1.5
"""How many times as many calls the function written by hand makes for an SMS, at least; it was 2.1."""


@pytest.fixture(scope="module")
def accepting() -> Iterator[Services]:
    with services() as running:
        yield running


def count_calls(source: Path, accepting: Services, **variables: str) -> Any:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.calls", str(source)],
        cwd=ROOT,
        env=inherited | {"API_KEY": API_KEY, **accepting.telegram, **variables},
        check=True,
        stdout=subprocess.PIPE,
        timeout=60,
    )
    return json.loads(done.stdout)


def top_level(modules: list[str]) -> set[str]:
    """Return the names of top-level packages, without the module with the build settings of this Python."""
    return {name.partition(".")[0] for name in modules if not name.startswith("_sysconfigdata")}


@pytest.fixture(scope="module")
def ours(source: Path, accepting: Services) -> Any:
    return count_calls(source / "main.py", accepting)


def test_no_unexpected_package_is_loaded(ours: Any, accepting: Services) -> None:
    empty = count_calls(EMPTY, accepting)

    assert top_level(ours["modules"]) - top_level(empty["modules"]) - EXPECTED == set()


def test_no_unused_module_of_the_project_is_loaded(ours: Any) -> None:
    assert [name for name in ours["modules"] if name.startswith(UNUSED)] == []


def test_the_ledger_of_a_deployment_loads_nothing_but_itself(
    source: Path, ours: Any, accepting: Services
) -> None:
    deployed = count_calls(source / "main.py", accepting, **accepting.firestore)
    added = set(deployed["modules"]) - set(ours["modules"])

    assert [name for name in added if not name.startswith("relay.ledger.")] == []


def test_an_sms_makes_far_fewer_calls_than_in_the_function_written_by_hand(
    ours: Any, accepting: Services
) -> None:
    by_hand = count_calls(BY_HAND, accepting)

    assert by_hand["calls"] / ours["calls"] > MIN_RATIO


def test_an_sms_leaves_nothing_for_the_garbage_collector(ours: Any) -> None:
    assert ours["garbage"] == 0
