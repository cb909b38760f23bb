"""The operator's commands, run as an operator runs them: as processes in a copy of the project."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from anyio import to_thread

INHERITED = ("PATH", "HOME", "LANG")
API_KEY = "an-api-key-that-nobody-knows"
COMMANDS = Path(__file__).with_name("commands.py")


@dataclass(frozen=True)
class Result:
    """The exit status and the output of a command."""

    status: int
    out: str
    err: str


Command = Callable[..., Awaitable[Result]]


@pytest.fixture(scope="session")
def commands() -> Iterator[Callable[[object], int]]:
    """Run a command as `commands.py` describes, and return its exit status."""
    command = [sys.executable, str(COMMANDS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:

        def run(job: object) -> int:
            assert server.stdin
            assert server.stdout
            print(json.dumps(job), file=server.stdin, flush=True)
            return int(server.stdout.readline())

        yield run


@pytest.fixture
def relay(project: Path, tmp_path: Path, commands: Callable[[object], int]) -> Command:
    """Run `python -m relay` in a copy of the project; `env` becomes its `.env`, `config` its config.toml.

    `zone` is the time zone of the machine, `columns` the width of its terminal, and `answer` is typed when
    the command asks.
    """

    async def call(
        *words: str,
        env: dict[str, str] | None = None,
        config: str = "",
        zone: str = "UTC",
        columns: int = 200,
        answer: str = "",
    ) -> Result:
        lines = [f"{name}='{value}'" for name, value in ({"API_KEY": API_KEY} | (env or {})).items()]
        (project / ".env").write_text("\n".join(lines) + "\n")
        if config:
            (project / "config.toml").write_text(config)
        environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
        files = [tmp_path / name for name in ("input", "out", "err")]
        for file, text in zip(files, (f"{answer}\n", "", ""), strict=True):
            file.write_text(text)
        job = {
            "words": words,
            "folder": str(project),
            "environ": environ | {"COLUMNS": str(columns), "TZ": zone},
            "files": list(map(str, files)),
        }
        status = await to_thread.run_sync(commands, job)
        return Result(status, files[1].read_text(), files[2].read_text())

    return call
