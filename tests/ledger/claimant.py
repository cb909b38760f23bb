"""A process that uses a ledger; it says what came of it, one JSON value a line.

    claimant.py URL VERB OWNER [COUNT]

It opens the ledger, says "ready", and goes on when a line comes in.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter

from relay.ledger import Ledger, Note, open_ledger
from relay.ledger.identity import Identity
from relay.ledger.record import Granted, Progress, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch

KEY = "c1a1" * 16
DEBT = Dispatch("sms:received", 1_800_000_000.0, (DeliverySpec("family"),))


def say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def claim(ledger: Ledger, owner: str, count: int) -> None:
    """Claim one key many times at once, each time as another owner."""
    answers = await asyncio.gather(*(ledger.claim(Identity(KEY), DEBT, f"{owner} {n}") for n in range(count)))
    say(Counter(type(each).__name__ for each in answers))


async def deliver(ledger: Ledger, owner: str, count: int) -> None:
    """Claim many keys, and settle each that was granted."""
    granted = 0
    for number in range(count):
        key = f"{number:04x}{KEY}"
        if isinstance(await ledger.claim(Identity(key), DEBT, owner), Granted):
            outcome = Progress(DeliveryState.DELIVERED, by=(owner,))
            await ledger.settle(key, Settlement(owner, DEBT, {"family": outcome}))
            granted += 1
    say(granted)


async def work(ledger: Ledger, owner: str, count: int) -> None:
    """Deliver many keys, and tell of each."""
    for number in range(count):
        key = f"{number:04x}{KEY}"
        await ledger.claim(Identity(key), DEBT, owner)
        outcome = Progress(DeliveryState.DELIVERED, by=(owner,))
        await ledger.settle(key, Settlement(owner, DEBT, {"family": outcome}))
        say(number)


async def die(ledger: Ledger, owner: str, _count: int) -> None:
    """Claim a key, and wait to be killed before it is settled."""
    say(type(await ledger.claim(Identity(KEY), DEBT, owner)).__name__)
    time.sleep(60)  # noqa: ASYNC251 - this process does nothing else any more


async def count_up(ledger: Ledger, _owner: str, count: int) -> None:
    """Count a memo up, one by one."""

    def more(memo: Note | None) -> Note:
        return {"count": memo["count"] + 1 if memo else 1}

    for _ in range(count):
        await ledger.update_note("count", more)
    say("counted")


async def fork(ledger: Ledger, owner: str, count: int) -> None:
    """Claim one key as `claim` does; the ledger was opened before this process forked."""
    await claim(ledger, f"{owner} {os.getpid()}", count)


VERBS = {"claim": claim, "deliver": deliver, "work": work, "die": die, "count": count_up, "fork": fork}


async def run(ledger: Ledger, verb: str, owner: str, count: int) -> None:
    await VERBS[verb](ledger, owner, count)
    await ledger.aclose()


def main(url: str, verb: str, owner: str, count: str = "1") -> None:
    ledger = open_ledger(url, patience=20)
    assert ledger is not None
    say("ready")
    sys.stdin.readline()
    child = os.fork() if verb == "fork" else None
    asyncio.run(run(ledger, verb, owner, int(count)))
    if child:
        assert os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
