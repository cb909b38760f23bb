"""Whatever is posted is answered: 200 and delivered if it is an event, 400 if it is none."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any, get_args

import httpx
import pytest
from functions_framework.aio import create_asgi_app
from hypothesis import given, settings
from hypothesis import strategies as st

from forwarders.base import Forwarder
from forwarders.http import Http
from relay.events import BATCHES, INBOUND, TYPES, parse, split
from relay.model import DeliverySpec, Visibility
from relay.rendering import Renderer
from tests.configured import SEEN, configured
from tests.conftest import ROOT
from tests.end_to_end.conftest import API_KEY
from tests.forwarders.test_contract import CASES
from tests.test_events import SHOWN

Post = Callable[[bytes], httpx.Response]
RENDERER = Renderer(configured())
EVERYTHING = """
[destinations.terminal]
type = "console"
[[routes]]
events = "*"
to = "terminal"
"""
DELIVERED = [(200, {"terminal": outcome}) for outcome in ("delivered", "duplicate")]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
KINDS = st.sampled_from(sorted(TYPES)) | st.sampled_from(sorted(INBOUND)) | st.text(min_size=1)
DATA = st.binary().map(lambda data: b64encode(data).decode())
FILES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text() | JSON,
        "contentType": st.sampled_from(["image/png", "text/plain", "application/smil"]) | JSON,
        "size": JSON,
        "data": DATA | JSON,
    },
)
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
FITTING = {"message": st.text(), "data": DATA, "attachments": st.lists(FILES), "receivedAt": MOMENTS}
PAYLOADS = JSON | st.fixed_dictionaries(
    {}, optional={name: FITTING.get(name, st.nothing()) | JSON for name in SHOWN}
)
BATCHED = st.fixed_dictionaries({"messages": st.lists(PAYLOADS, max_size=4) | JSON})
EVENTS = st.builds(
    lambda fields, kind, payload: json.dumps(fields | {"event": kind, "payload": payload}).encode(),
    st.dictionaries(st.sampled_from(["id", "deviceId", "webhookId"]) | st.text(), JSON, max_size=5),
    KINDS,
    PAYLOADS,
) | st.builds(
    lambda name, kind, payload: json.dumps({"id": name, "event": kind, "payload": payload}).encode(),
    st.text(min_size=1),
    st.sampled_from(sorted(BATCHES)),
    BATCHED,
)


@pytest.fixture(scope="module")
def post(in_this_process: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Post to the framework's own application, in this process."""
    del in_this_process
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text(EVERYTHING)
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setenv("CONFIG_FILE", str(config))
        app = create_asgi_app("forward", str(ROOT / "main.py"))  # type: ignore[no-untyped-call]  # the framework has no types
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://relay")

        def answered(body: bytes) -> httpx.Response:
            return runner.run(client.post(f"/?apiKey={API_KEY}", content=body))

        yield answered
        runner.run(client.aclose())


@settings(max_examples=150)
@given(body=EVENTS)
def test_any_event_is_delivered(post: Post, body: bytes) -> None:
    answer = post(body)
    assert (answer.status_code, answer.json()["deliveries"]) in DELIVERED


@settings(max_examples=150)
@given(
    body=st.binary()
    | JSON.filter(lambda value: not isinstance(value, dict)).map(lambda v: json.dumps(v).encode())
)
def test_anything_else_is_refused(post: Post, body: bytes) -> None:
    assert post(body).status_code == 400


@pytest.fixture(scope="module")
def forwarders() -> Iterator[Sequence[Forwarder[Any]]]:
    """Every kind of destination, in each of its ways."""
    cases = [case() for kind in CASES.values() for case in kind]

    async def made() -> list[Forwarder[Any]]:
        for case in cases:
            await services.enter_async_context(case.running())
        return [case.forwarder(http) for case in cases]

    with asyncio.Runner() as runner:
        services, http = AsyncExitStack(), Http()
        yield runner.run(made())
        runner.run(services.aclose())


@settings(max_examples=100)
@given(body=EVENTS, content=st.sampled_from(get_args(Visibility)))
def test_any_event_can_be_put_into_every_form(
    forwarders: Sequence[Forwarder[Any]], body: bytes, content: Visibility
) -> None:
    spec = DeliverySpec("family", content=content)
    for event in split(parse(body)):
        message = RENDERER.message(event, spec, key="0f" * 32, first_seen_at=SEEN)
        for forwarder in forwarders:
            assert forwarder.plan(message), type(forwarder)
