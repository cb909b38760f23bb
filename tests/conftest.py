import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import settings

from testkit.services.firestore import emulator as running

ROOT = Path(__file__).parent.parent

settings.register_profile("house", deadline=None, print_blob=True)  # a slow machine breaks no property
settings.load_profile("house")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The function's source in a folder without what an operator may have beside it: a `config.toml`."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / "main.py", folder)
    for name in ("relay", "forwarders"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="session")
def samples() -> Mapping[str, bytes]:
    """Every sample body, byte for byte, by the name of its file without the ending."""
    return {path.stem: path.read_bytes() for path in sorted((ROOT / "samples").glob("*.json"))}


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """Find a program; without it the test is skipped, in CI only if that could not install it."""
    uninstallable = os.environ.get("CI_WITHOUT", "").split()

    def found(program: str) -> str:
        path = shutil.which(program)
        if path is None and os.environ.get("CI") and program not in uninstallable:
            pytest.fail(f"{program} is not installed, and CI is to run every test")
        return path or pytest.skip(f"{program} is not installed")

    return found


@pytest.fixture(scope="session")
def emulator(need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one emulator for all tests of a process; it starts with the first that asks."""
    need("java")
    with running(need("gcloud"), tmp_path_factory.mktemp("firestore") / "log") as address:
        yield address


LEFT = (
    "__pycache__",
    ".*_cache",
    ".venv",
    ".git",
    ".relay",
    ".env",
    "config.toml",
    ".hypothesis",
    ".coverage*",
)
"""What a work tree may hold beside the project."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give the project as a fresh clone has it, in a folder of its own; what no test changes are links."""
    folder = tmp_path / "project"
    folder.mkdir()
    for each in ROOT.iterdir():
        if any(fnmatch(each.name, left) for left in LEFT):
            continue
        if each.name == "docs":
            shutil.copytree(each, folder / each.name)
        elif each.is_dir():
            (folder / each.name).symlink_to(each)
        else:
            shutil.copy(each, folder)
    return folder
