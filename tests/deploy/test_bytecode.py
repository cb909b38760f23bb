"""The bytecode in the image is valid: a cold start compiles nothing of ours."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.deploy.clone import ROOT, Clone

IMAGE_TIME = 315_532_800
"""When every file of the image was changed, as the buildpacks have it: 1980-01-01, in Unix seconds."""
IMPORT_ALL = """
import importlib, json, sys
from pathlib import Path
compiled = []
sys.addaudithook(lambda event, args: compiled.append(str(args[1])) if event == "compile" else None)
import functions_framework.aio
functions_framework.aio.create_asgi_app("forward", "main.py", "http")
for path in sorted(Path().glob("*/**/*.py")):
    importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
print(json.dumps([each for each in compiled if each.startswith((str(Path.cwd()), "main.py"))]))
"""
VARIABLES = {"API_KEY": "a-key-of-this-test", "LEDGER_URL": "firestore://test-project", "K_SERVICE": "relay"}
DESTINATION = {"NTFY_TOPIC": "a-topic-of-this-test"}


@pytest.fixture
def uploaded(tmp_path: Path) -> Path:
    """The files that are uploaded, without the one that only `python -m relay` uses."""
    folder = tmp_path / "workspace"
    for name in ("relay", "forwarders"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "__main__.py")
        )
    shutil.copy(ROOT / "main.py", folder)
    return folder


def build(folder: Path, variables: Mapping[str, str]) -> None:
    """Do what the buildpacks do with a function: compile it, and give all files one time.

    https://github.com/GoogleCloudPlatform/buildpacks/tree/main/cmd/python
    """
    command = [sys.executable, "-m", "compileall", "-f", "-q", "."]
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(command, cwd=folder, env={**environ, **variables}, check=True)
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (IMAGE_TIME, IMAGE_TIME))
        path.chmod(0o555 if path.is_dir() else 0o444)


def start(folder: Path) -> list[str]:
    """Start the function, import all that it may import later, and return what of it had to be compiled."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=folder,
        env=environ | VARIABLES | DESTINATION,
        stdout=subprocess.PIPE,
        check=True,
    )
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    compiled: list[str] = json.loads(done.stdout)
    return compiled


def test_no_module_is_compiled_at_the_start(first: Clone, uploaded: Path) -> None:
    build(uploaded, first.deployed()["build"])

    assert start(uploaded) == []


def test_without_the_build_variable_every_module_is(uploaded: Path) -> None:
    build(uploaded, {})

    assert len(start(uploaded)) == len([*uploaded.rglob("*.py")])
