"""A forwarder in a process of its own, `python -m testkit.alone`; it reads what to do line by line.

The first line of standard input is a JSON object with `path` and `options`. Then each line is a word:
`send` a message, `cancel` one that is under way after a moment, or `leave` one under way. Each is
answered by a line that says what came of it. The process ends when the input ends.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from forwarders.base import Failure, Forwarder, Message
from forwarders.http import Http
from testkit.case import deliver, load

MESSAGE = Message(title="Anna", text="Are you coming?")
MOMENT = 0.2
"""Seconds that are enough for a request to be under way on this machine."""


async def main() -> None:
    """Read the settings, then carry out one line after another."""
    lines = _lines()
    settings = json.loads(await anext(lines))
    forwarder = load(settings["path"], settings["options"], Http())
    async for word in lines:
        print("outcome:", await _outcome(forwarder, word), flush=True)  # noqa: T201  read by the test


async def _lines() -> AsyncIterator[str]:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield line.decode().strip()


async def _outcome(forwarder: Forwarder[Any], word: str) -> str:
    attempt = asyncio.create_task(deliver(forwarder, MESSAGE))
    if word != "send":
        await asyncio.wait([attempt], timeout=MOMENT)
    if word == "leave":
        return "left"
    if word == "cancel":
        attempt.cancel()
    try:
        await attempt
    except asyncio.CancelledError:
        return "cancelled"
    except Failure as failure:
        return type(failure).__name__
    return "delivered"


if __name__ == "__main__":
    asyncio.run(main())
