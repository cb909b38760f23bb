"""What the ledger in Firestore adds to an SMS: a claim and a settlement, against the emulator."""

import asyncio
import os
import time
from collections.abc import Mapping
from statistics import median

from relay.ledger import open_ledger
from relay.ledger.identity import Identity
from relay.ledger.record import Progress, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch

REPEATS = 300
"""How many SMS are measured, after as many that warm the emulator up, which is a program in Java."""
_DISPATCH = Dispatch("sms:received", 1_800_000_000.0, (DeliverySpec("telegram"),))


def claim_and_settle(variables: Mapping[str, str]) -> float:
    """Return the median milliseconds of both together, with the ledger that the variables name."""
    os.environ["FIRESTORE_EMULATOR_HOST"] = variables["FIRESTORE_EMULATOR_HOST"]
    return asyncio.run(_measure(variables["LEDGER_URL"]))


async def _measure(url: str) -> float:
    ledger = open_ledger(url, patience=10)
    assert ledger is not None
    took = []
    for number in range(2 * REPEATS):
        key, begun = f"{time.time_ns()}", time.perf_counter()
        await ledger.claim(Identity(key), _DISPATCH, "bench")
        accepted = Settlement("bench", _DISPATCH, {"telegram": Progress(DeliveryState.DELIVERED)})
        await ledger.settle(key, accepted)
        if number >= REPEATS:
            took.append((time.perf_counter() - begun) * 1000)
    await ledger.aclose()
    return median(took)
