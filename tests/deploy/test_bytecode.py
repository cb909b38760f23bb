"""The bytecode in the image is valid: a cold start compiles nothing of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.clone import Clone
from tools.bench.deployed import BUILD, build, copy_upload, unlock

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
    """The files that are uploaded."""
    return copy_upload(tmp_path / "workspace")


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
    unlock(folder)
    compiled: list[str] = json.loads(done.stdout)
    return compiled


def test_no_module_is_compiled_at_the_start(first: Clone, uploaded: Path) -> None:
    assert first.deployed()["build"] == BUILD

    build(uploaded, BUILD)

    assert start(uploaded) == []


def test_without_the_build_variable_every_module_is(uploaded: Path) -> None:
    build(uploaded, {})

    assert len(start(uploaded)) == len([*uploaded.rglob("*.py")])
