"""A process whose disk hangs while it keeps a body; it says what goes on meanwhile, one line each.

hanging.py FILE FLAG
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from relay.ledger import LedgerUnavailable
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import Debt, Due, Granted, Progress, Settlement, State
from relay.ledger.sqlite import SqliteLedger
from relay.ledger.tiered import FrontLedger
from tests.ledger.claimant import say

DEBT = Debt("sms:received", 1_800_000_000.0, (Due("family"),))
KEPT = {"family": Progress(State.OPEN)}
DELIVERED = {"family": Progress(State.DELIVERED)}


def hang(flag: str) -> None:
    Path(flag).touch()


def hangs(flag: str) -> bool:
    return Path(flag).exists()


def come_back(flag: str) -> None:
    Path(flag).unlink()


async def until_settled(far: SqliteLedger, key: str) -> None:
    """Wait until the disk is back."""
    while True:
        with suppress(LedgerUnavailable):
            await far.settle(key, Settlement("a", DEBT, KEPT))
            return


async def main(file: str, flag: str, how: str) -> None:
    problems: list[str] = []
    far = SqliteLedger(Path(file))
    front = FrontLedger(MemoryLedger(), far, problems.append)
    await front.claim(Identity("first"), DEBT, "a")
    hang(flag)
    hanging = asyncio.create_task(front.settle("first", Settlement("a", DEBT, KEPT, b"body")))
    await asyncio.sleep(0)
    claim = await front.claim(Identity("second"), DEBT, "b")
    await front.settle("second", Settlement("b", DEBT, DELIVERED))
    say(["answered while the disk hangs", hangs(flag), isinstance(claim, Granted)])
    await hanging
    say(["told", sorted(set(problems))])
    if how == "ends":
        await front.aclose()
        say(["ended while the disk hangs", hangs(flag)])
        return
    come_back(flag)
    await until_settled(far, "first")
    await front.claim(Identity("third"), DEBT, "c")
    await front.aclose()
    say(
        [
            "kept",
            [(key, (each.raw or b"").decode()) for key, each in await far.unsettled() if key != "third"],
        ]
    )
    say(["second", type(await far.claim(Identity("second"), DEBT, "d")).__name__])
    await far.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
