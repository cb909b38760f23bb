"""When a request is answered, whatever the services do; on a clock that only this test moves."""

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from relay.config import load
from relay.logs import Log
from tests.end_to_end.conftest import API_KEY
from tests.end_to_end.test_path import outcomes, sms
from tests.virtual_time import VirtualLoop

pytestmark = pytest.mark.anyio

CONFIG = """
default = ["one", "other"]
[destinations.one]
type = "tests.end_to_end.hanging:Hanging"
[destinations.other]
type = "tests.end_to_end.hanging:Accepting"
"""


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
def function(main: ModuleType, tmp_path: Path) -> Any:
    (tmp_path / "config.toml").write_text(CONFIG)
    return main.Function(load({"API_KEY": API_KEY}, tmp_path), Log(structured=True))


async def asked(function: Any) -> tuple[Mapping[str, str], float]:
    """Post an SMS; return the outcomes, and after how many seconds they were there."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await function.answer(Request(scope, receive))
        answer.background = None  # what goes on after the answer
        await answer(scope, receive, send)

    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://relay") as phone:
        answer = await phone.post(f"/?apiKey={API_KEY}", content=sms(secrets.token_hex(8)))
    assert answer.status_code == 503
    return outcomes(answer), loop.time() - begun


@pytest.mark.parametrize(("age", "left"), [(0.0, 4.0), (1.0, 3.0), (3.5, 1.5), (4.875, 1.5), (5.0, 4.0)])
async def test_the_first_request_gets_what_the_start_has_left_and_the_next_its_whole_time(
    main: ModuleType, function: Any, monkeypatch: pytest.MonkeyPatch, age: float, left: float
) -> None:
    monkeypatch.setattr(main, "_STARTED", asyncio.get_running_loop().time() - age)
    for seconds in (left, 4.0):
        _, taken = await asked(function)
        assert 0.9 * seconds < taken <= seconds


async def test_a_service_that_hangs_delays_neither_the_others_nor_the_answer(
    main: ModuleType, function: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "_STARTED", asyncio.get_running_loop().time() - main.COLD)
    answered, taken = await asked(function)
    assert answered == {"one": "deferred", "other": "delivered"}
    assert 3.6 < taken <= 4.0
