"""The first SMS of an instance on Google: what it asks for, and when."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from starlette.requests import Request

from forwarders.http import Http
from relay.config import load
from relay.ledger.firestore import FirestoreLedger
from relay.logs import Log
from testkit.failing import until
from testkit.services.firestore import FirestoreFront, MetadataServer
from testkit.services.telegram import Telegram
from tests.end_to_end.conftest import API_KEY
from tests.end_to_end.test_path import sms, telegram

pytestmark = pytest.mark.anyio


@pytest.fixture
async def metadata(main: ModuleType, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MetadataServer]:
    """The metadata server of the machine that this process believes to be on."""
    del main  # it has cleared the environment
    async with MetadataServer() as server:
        monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{server.port}")
        yield server


async def test_the_first_sms_makes_four_requests_and_the_token_comes_with_its_body(
    main: ModuleType, metadata: MetadataServer, tmp_path: Path
) -> None:
    async with Telegram() as bot, FirestoreFront() as front:
        config, http = load({"API_KEY": API_KEY} | telegram(bot), tmp_path), Http()
        function = main.Function(config, Log(structured=True, stream=io.StringIO))
        ledger = function._relay._shared.ledger
        ledger._durable = FirestoreLedger(project="tests", http=http, service=front.url)

        async def receive() -> dict[str, Any]:
            await until(lambda: metadata.given == 1)
            return {"type": "http.request", "body": sms()}

        query = f"apiKey={API_KEY}".encode()
        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": query}
        answer = await function.answer(Request(scope, receive))

        assert (answer.status_code, len(bot.shown)) == (200, 1)
        requests = [len(each.requests) for each in (metadata, front, bot)]
        assert requests == [1, 2, 1]  # the token; the claim and the settlement; the message
        await http.aclose()
