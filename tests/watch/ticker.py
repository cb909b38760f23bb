"""A process that ticks on a ledger in a file: `python -m tests.watch.ticker FOLDER`.

Each line on standard input is the time of a tick; the answer is a line once it has ended.
"""

import asyncio
import sys
from pathlib import Path

from relay.app import build_app
from relay.config import load
from relay.logs import Log
from tests.watch.deployment import KEY


async def main(folder: Path) -> None:
    now = [0.0]
    config = load(KEY | {"LEDGER_URL": f"sqlite:///{folder}/ledger.sqlite"}, folder)
    app = build_app(config, Log(structured=False), lambda: now[0])
    assert app.watch
    while line := await asyncio.to_thread(sys.stdin.readline):
        now[0] = float(line)
        await app.watch.tick()
        print("done", flush=True)  # noqa: T201  (read by the test)
    await app.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
