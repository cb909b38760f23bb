from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseServer
from threading import Thread
from typing import TypeVar

import pytest

from tests.deploy.clone import Clone
from tests.deploy.cloud.door import Door
from tests.deploy.function import Function

S = TypeVar("S", bound=BaseServer)


@contextmanager
def serving(server: S) -> Iterator[S]:
    with server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    with serving(Door()) as opened:
        yield opened


@pytest.fixture(scope="session")
def address() -> Iterator[Function]:
    with serving(Function()) as server:
        yield server


@pytest.fixture
def function(address: Function) -> Function:
    address.posts.clear()
    address.statuses.clear()
    return address


@pytest.fixture
def clone(tmp_path: Path, door: Door, function: Function) -> Clone:
    """A clone with an empty Google Cloud project."""
    fresh = Clone(tmp_path, door, function)
    fresh.set_up()
    return fresh


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, door: Door, address: Function) -> Clone:
    """A clone that was deployed once, with everything; tests must not change it."""
    fresh = Clone(tmp_path_factory.mktemp("first"), door, address)
    fresh.set_up()
    done = fresh.deploy("--project=test-project", "--alerts=me@example.org")
    assert done.returncode == 0, done.stderr
    (fresh.folder.parent / "output").write_text(done.stdout)
    return fresh


@pytest.fixture
def deployed(first: Clone, tmp_path: Path, function: Function) -> Clone:
    """A clone that was deployed once, to be deployed again; its record of commands is empty."""
    assert function.url == first.function.url
    return first.copy(tmp_path)
