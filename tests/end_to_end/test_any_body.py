"""Whatever is posted is answered: 200 or 503 if it is an event, 400 if it is none, never 500."""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from functions_framework.aio import create_asgi_app
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.end_to_end.conftest import API_KEY, KEPT

Post = Callable[[bytes], int]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
TYPES = st.sampled_from(
    ["sms:received", "mms:downloaded", "system:ping", "app:started", "sms:failed"]
) | st.text(min_size=1)


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    """Post to the framework's own application, in this process."""
    before, root = dict(os.environ), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    kept = {name: value for name, value in before.items() if name in KEPT}
    os.environ.clear()
    os.environ.update(kept | {"API_KEY": API_KEY, "LOG_LEVEL": "ERROR"})
    with asyncio.Runner() as runner:
        app = create_asgi_app("forward", str(ROOT / "main.py"))  # type: ignore[no-untyped-call]  # the framework has no types
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://relay")

        def answered(body: bytes) -> int:
            return runner.run(client.post(f"/?apiKey={API_KEY}", content=body)).status_code

        yield answered
        runner.run(client.aclose())
    root.handlers[:] = handlers
    root.setLevel(level)
    os.environ.clear()
    os.environ.update(before)


@settings(max_examples=150)
@given(event=st.dictionaries(st.text(), JSON, max_size=5), kind=TYPES, payload=JSON)
def test_any_event_is_answered(post: Post, event: dict[str, Any], kind: str, payload: object) -> None:
    body = json.dumps(event | {"event": kind, "payload": payload}).encode()
    assert post(body) in (200, 503)


@settings(max_examples=150)
@given(
    body=st.binary()
    | JSON.filter(lambda value: not isinstance(value, dict)).map(lambda v: json.dumps(v).encode())
)
def test_anything_else_is_refused(post: Post, body: bytes) -> None:
    assert post(body) == 400
