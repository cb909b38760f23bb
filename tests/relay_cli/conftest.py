"""The operator's commands, as an operator calls them: processes in a copy of the project."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

KEPT = ("PATH", "HOME", "LANG")
API_KEY = "an-api-key-that-nobody-knows"


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Command = Callable[..., Awaitable[Said]]


@pytest.fixture
def relay(project: Path) -> Command:
    """Call `python -m relay` in a copy of the project; `env` becomes its `.env`, `config` its config.toml.

    `zone` is the machine's, `columns` is how wide its terminal is,
    `answer` is typed when it asks.
    """

    async def call(
        *words: str,
        env: dict[str, str] | None = None,
        config: str = "",
        zone: str = "UTC",
        columns: int = 200,
        answer: str = "",
    ) -> Said:
        lines = [f"{name}='{value}'" for name, value in ({"API_KEY": API_KEY} | (env or {})).items()]
        (project / ".env").write_text("\n".join(lines) + "\n")
        if config:
            (project / "config.toml").write_text(config)
        environ = {name: os.environ[name] for name in KEPT if name in os.environ}
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
        return Said(process.returncode or 0, out.decode(), err.decode())

    return call
