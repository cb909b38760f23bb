from collections.abc import AsyncIterator

import pytest

from forwarders.http import Http
from testkit.services.telegram import Telegram


@pytest.fixture
async def server() -> AsyncIterator[Telegram]:
    async with Telegram() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()
