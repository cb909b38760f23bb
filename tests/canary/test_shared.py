"""A ledger that several processes, or instances in the cloud, share: the gateway is asked once for a date."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import pytest

from relay.canary.plan import latest_date
from relay.ledger import LedgerUnavailable
from testkit.services.gateway import PASSWORD, USER
from tests.canary.deployment import Deployment
from tests.canary.parts import canary, phones
from tests.watch.test_shared import start, tick

pytestmark = pytest.mark.anyio

HOURLY = phones("anna", "ben") + canary("anna", more='every = "1h"\nwithin = "2m"')
DATES = 5


def asked(house: Deployment) -> list[Mapping[str, object]]:
    return [each.json() for each in house.gateway.requests if each.method == "POST"]


async def test_processes_that_tick_at_once_on_one_file_ask_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, HOURLY) as house:
        login = f'user = "{USER}"\npassword = "{PASSWORD}"\n'
        config = tmp_path / "config.toml"
        config.write_text(config.read_text().replace("[gateway]\n", f"[gateway]\n{login}"))
        loop = house.canaries().loops[0]
        await house.tick()
        processes = [await start(tmp_path) for _ in range(3)]
        date = latest_date(loop, house.now, UTC).begin
        for number in range(1, DATES + 1):
            now = date + number * loop.canary.every + 1
            await asyncio.gather(*(tick(each, now) for each in processes))
        for each in processes:
            await each.communicate(b"")

        assert [each.returncode for each in processes] == [0, 0, 0]
        assert len(house.sms) == len(asked(house)) == DATES


async def test_instances_that_share_firestore_ask_once(
    emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    url = f"firestore://tests?collection=canary-{uuid.uuid4().hex}"
    async with Deployment(tmp_path, HOURLY, ledger=url, instances=2) as house:
        loop = house.canaries().loops[0]
        house.now = time.time()  # Firestore's own clock decides what has expired
        await house.tick()
        date = latest_date(loop, house.now, UTC).begin
        for number in range(1, DATES + 1):
            house.now = date + number * loop.canary.every + 1
            ticks = asyncio.gather(house.tick(0), house.tick(1), return_exceptions=True)
            # One that finds the ledger busy for too long asks for nothing.
            assert all(each is None or isinstance(each, LedgerUnavailable) for each in await ticks)
            await house.receive()

        assert len(house.sms) == DATES
        assert len(asked(house)) == DATES
        assert house.chat == []
