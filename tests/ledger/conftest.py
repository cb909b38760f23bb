from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from relay.ledger import Ledger
from testkit.services.firestore import emulator as running
from tests.ledger.places import PLACES, Place


@pytest.fixture(scope="session")
def emulator(need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one emulator for all tests of a process; it starts with the first that asks."""
    need("java")
    with running(need("gcloud"), tmp_path_factory.mktemp("firestore") / "log") as address:
        yield address


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
