"""The operator's commands, run as an operator runs them: as processes in a copy of the project."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

INHERITED = ("PATH", "HOME", "LANG")
API_KEY = "an-api-key-that-nobody-knows"


@dataclass(frozen=True)
class Result:
    """The exit status and the output of a command."""

    status: int
    out: str
    err: str


Command = Callable[..., Awaitable[Result]]


@pytest.fixture
def relay(project: Path) -> Command:
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
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "relay",
            *words,
            cwd=project,
            env=environ | {"COLUMNS": str(columns), "TZ": zone},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(answer.encode() + b"\n")
        return Result(process.returncode or 0, out.decode(), err.decode())

    return call
