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
from relay.ledger.record import Granted, Progress, Settlement
from relay.ledger.sqlite import SqliteLedger
from relay.ledger.tiered import TieredLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch
from tests.ledger.claimant import say

DEBT = Dispatch("sms:received", 1_800_000_000.0, (DeliverySpec("family"),))
KEPT = {"family": Progress(DeliveryState.OPEN)}
DELIVERED = {"family": Progress(DeliveryState.DELIVERED)}


def hang(flag: str) -> None:
    Path(flag).touch()


def hangs(flag: str) -> bool:
    return Path(flag).exists()


def come_back(flag: str) -> None:
    Path(flag).unlink()


async def until_settled(durable: SqliteLedger, key: str) -> None:
    """Wait until the disk is back."""
    while True:
        with suppress(LedgerUnavailable):
            await durable.settle(key, Settlement("a", DEBT, KEPT))
            return


async def main(file: str, flag: str, how: str) -> None:
    problems: list[str] = []
    durable = SqliteLedger(Path(file))
    front = TieredLedger(MemoryLedger(), durable, problems.append)
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
    await until_settled(durable, "first")
    await front.claim(Identity("third"), DEBT, "c")
    await front.aclose()
    say(
        [
            "kept",
            [(key, (each.raw or b"").decode()) for key, each in await durable.unsettled() if key != "third"],
        ]
    )
    say(["second", type(await durable.claim(Identity("second"), DEBT, "d")).__name__])
    await durable.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
