"""docs/architecture.md draws the path of an SMS; here one takes it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio import to_thread

from testkit.services.telegram import CHAT, TOKEN, Telegram

pytestmark = pytest.mark.anyio

FILE = re.compile(r"[\w/]+\.py")
FUNCTION = re.compile(r"([\w.]+)\(\)")


@pytest.fixture
def drawing(root: Path) -> list[str]:
    page = (root / "docs" / "architecture.md").read_text()
    return page.partition("<!-- path -->\n```\n")[2].partition("```")[0].splitlines()


def drawn(lines: list[str]) -> Iterator[str]:
    """Yield the functions that are drawn, each as its module and its name."""
    for line in lines:
        if file := FILE.search(line):
            module = file[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield from (f"{module}:{name}" for name in FUNCTION.findall(line))


def called(source: Path, telegram: Telegram) -> list[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    keys = {"API_KEY": "a-key-of-this-test", "SIGNING_KEYS": "a-phone-of-this-test"}
    chat = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": CHAT, "TELEGRAM_API_URL": telegram.url}
    walk = subprocess.run(
        [sys.executable, "-m", "tests.walk", str(source)],
        cwd=Path(__file__).parent.parent,
        env=kept | keys | chat,
        check=True,
        stdout=subprocess.PIPE,
    )
    names: list[str] = json.loads(walk.stdout.splitlines()[-1])
    return names


async def test_an_sms_takes_the_path_that_is_drawn(drawing: list[str], source: Path) -> None:
    async with Telegram() as telegram:
        calls = await to_thread.run_sync(called, source, telegram)
    expected = list(drawn(drawing))

    assert len(expected) > 10
    assert set(expected) - set(calls) == set()
    assert [each for each in calls if each in set(expected)] == expected
