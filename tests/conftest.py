import compileall
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

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
    """Find a program; without it the test is skipped on one's own machine and fails in CI."""

    def found(program: str) -> str:
        path = shutil.which(program)
        if path is None and os.environ.get("CI"):
            pytest.fail(f"{program} is not installed, and CI is to run every test")
        return path or pytest.skip(f"{program} is not installed")

    return found


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


@pytest.fixture(scope="session")
def compiled_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, as a fresh clone has it, and compile it once: else each command of a test does it."""
    folder = tmp_path_factory.mktemp("compiled") / "project"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT))
    for name in ("relay", "relay_cli", "forwarders", "tools"):
        compileall.compile_dir(folder / name, quiet=2)
    return folder


@pytest.fixture
def project(compiled_project: Path, tmp_path: Path) -> Path:
    """Give the project in a folder of its own."""
    folder = tmp_path / "project"
    shutil.copytree(compiled_project, folder)
    return folder
