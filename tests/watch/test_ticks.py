"""`make run` lets the watch tick while the function runs, with the secret of the tick."""

import asyncio

import pytest

from testkit.service import Act, Reply, Request, Service
from tools import ticks

pytestmark = pytest.mark.anyio


class Function(Service):
    """Notices each tick."""

    def __init__(self) -> None:
        super().__init__()
        self.ticked = asyncio.Event()

    async def respond(self, request: Request) -> Act:
        self.ticked.set()
        return await super().respond(request)


async def test_it_ticks_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "EVERY", 0.01)
    async with Function() as function:
        function.acts.append(Reply(503))
        with ticks.ticking(function.url, b"a-secret-of-this-test"):
            await asyncio.wait_for(function.ticked.wait(), 60)

    first, second = function.requests[:2]
    assert (first.method, first.path, first.headers["authorization"]) == (
        "POST",
        "/tick",
        "Bearer a-secret-of-this-test",
    )
    assert second.path == "/tick"


async def test_without_a_secret_nothing_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "EVERY", 0.0)
    async with Function() as function:
        with ticks.ticking(function.url, None):
            pass

    assert function.requests == []
