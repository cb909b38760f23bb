"""A ledger that several processes, or instances in the cloud, share: each thing is reported once."""

import asyncio
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.watch.deployment import Deployment, devices
from tests.watch.house import HOUR, MINUTE

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent.parent
SILENT = "anna has been silent for 3 h 10 min (last: charging, 80 %, Wi-Fi)."


async def start(folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.watch.ticker", str(folder)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


async def tick(process: asyncio.subprocess.Process, now: float) -> None:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{now}\n".encode())
    assert await process.stdout.readline() == b"done\n"


async def test_processes_that_tick_at_once_on_one_file_report_it_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, devices(["anna"])) as house:
        await house.live(HOUR, "anna")
        processes = [await start(tmp_path) for _ in range(2)]
        for _ in range(45):
            house.now += 5 * MINUTE
            await asyncio.gather(*(tick(each, house.now) for each in processes))
        for each in processes:
            await each.communicate(b"")

    assert [each.returncode for each in processes] == [0, 0]
    assert house.chat == [SILENT]


async def test_instances_that_share_firestore_report_it_once(
    emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    url = f"firestore://tests?collection=watch-{uuid.uuid4().hex}"
    async with Deployment(tmp_path, devices(["anna"]), ledger=url, instances=2) as house:
        house.now = time.time()  # Firestore's own clock decides what has expired
        await house.live(HOUR / 2, "anna", "somebody-else")
        for _ in range(40):
            house.now += 5 * MINUTE
            await asyncio.gather(house.tick(0), house.tick(1))
        await house.live(10 * MINUTE, "anna")
        known = (await house.watch().store.phones()).known

    assert [line for line in house.chat if "silent" in line] == [SILENT]
    assert len([line for line in house.chat if line.startswith("anna is back after")]) == 1
    assert sorted(each.name for each in known.values()) == ["anna", "phone y-else"]
