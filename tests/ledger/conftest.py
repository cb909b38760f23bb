from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relay.ledger import Ledger
from tests.ledger.places import PLACES, Place


@pytest.fixture
def firestore(emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the ledger find the emulator."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    return emulator


@pytest.fixture(params=sorted(PLACES))
def kind(request: pytest.FixtureRequest) -> str:
    """Which ledger a test runs on."""
    return str(request.param)


@pytest.fixture
def empty(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if kind == "firestore":
        request.getfixturevalue("firestore")
    return PLACES[kind](tmp_path)


@pytest.fixture
async def place(empty: Place) -> AsyncIterator[Place]:
    yield empty
    await empty.aclose()


@pytest.fixture
def ledger(place: Place) -> Ledger:
    return place.ledger()
