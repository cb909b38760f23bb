"""docs/writing-a-forwarder.md: what it shows works as it says, under the contract and in the function."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from anyio import to_thread

from relay.config.variables import KNOWN
from relay_cli.posting import post
from testkit.service import Service
from tools.function import HOST, free_port, running

pytestmark = pytest.mark.anyio

NAMES = ("gotify", "mattermost")
KEY = "a-key-of-this-test"


@pytest.fixture
def followed(project: Path) -> Path:
    """Give a project in which a reader has done what the document says."""
    text = (project / "docs" / "writing-a-forwarder.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    [config] = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    tests = project / "tests"
    shared = tests.resolve()
    tests.unlink()
    shutil.copytree(shared, tests, ignore=shutil.ignore_patterns("__pycache__"))
    for name, forwarder, test in zip(NAMES, blocks[::2], blocks[1::2], strict=True):
        (project / f"my_{name}.py").write_text(forwarder)
        (tests / f"test_my_{name}.py").write_text(test)
    (project / "config.toml").write_text(config)
    return project


@pytest.fixture
async def gotify() -> AsyncIterator[Service]:
    async with Service(b'{"id":1}') as service:
        yield service


def test_it_is_short(followed: Path) -> None:
    lines = (followed / "my_gotify.py").read_text().splitlines()

    assert sum(1 for line in lines if line.strip() and "import" not in line) <= 30


def test_the_forwarder_keeps_the_contract_by_the_test_that_is_shown(followed: Path) -> None:
    files = [f"tests/test_my_{name}.py" for name in NAMES]
    command = [sys.executable, "-m", "pytest", "-q", *files]

    ran = subprocess.run(command, cwd=followed, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout
    assert "failed" not in ran.stdout


def test_the_forwarder_and_its_test_are_as_tidy_as_those_that_are_built_in(followed: Path) -> None:
    files = [path for name in NAMES for path in (f"my_{name}.py", f"tests/test_my_{name}.py")]
    for command in (["mypy"], ["ruff", "check"], ["ruff", "format", "--check"]):
        ran = subprocess.run(
            [sys.executable, "-m", *command, *files],
            cwd=followed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout


async def test_the_function_delivers_by_it(
    followed: Path, gotify: Service, samples: Mapping[str, bytes]
) -> None:
    config = (followed / "config.toml").read_text()
    (followed / "config.toml").write_text(config.replace("https://gotify.example.org", f"{gotify.url}/"))
    environ = {name: value for name, value in os.environ.items() if name not in KNOWN}
    environ |= {"API_KEY": KEY, "GOTIFY_TOKEN": "token-of-this-test"}

    def play() -> str:
        port = free_port()
        with running(environ, port, followed):
            return post(f"http://{HOST}:{port}/?apiKey={KEY}", samples["sms-received"], "unasked").body

    answer = await to_thread.run_sync(play)

    assert json.loads(answer)["deliveries"] == {"home": "delivered"}
    (request,) = gotify.requests
    assert request.headers["x-gotify-key"] == "token-of-this-test"
    assert request.json()["message"].startswith("SMS from")


@pytest.mark.parametrize("url", ["http://gotify.example.org", "gotify.example.org", "https://a b"])
def test_the_forwarders_refuse_an_address_that_is_not_safe(followed: Path, url: str) -> None:
    for config in (
        f'[destinations.home]\ntype = "my_gotify:Gotify"\ntoken = "x"\nurl = "{url}"\n',
        f'[destinations.home]\ntype = "my_mattermost:Mattermost"\nurl = "{url}"\n',
    ):
        (followed / "config.toml").write_text(config)
        command = [sys.executable, "-m", "relay", "check"]
        environ = {"API_KEY": KEY, "PATH": os.environ["PATH"]}
        ran = subprocess.run(command, cwd=followed, env=environ, capture_output=True, text=True, check=False)

        assert (ran.returncode, "destinations.home.url: it " in ran.stderr) == (1, True), ran.stderr
