"""Counts the modules that a function loads for its first SMS, and the calls and garbage of each later one.

`python -m tools.bench.calls FILE` runs a function, configured by the environment and built by the
framework, in this process, and prints `{"modules": […], "calls": …, "garbage": …}`. Garbage is what only
the collector frees.
"""

import asyncio
import gc
import json
import sys
import threading
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import functions_framework.aio

from tools.bench.phone import sms

COUNTED = 20
"""How many SMS are measured, after those that load what is loaded at the first."""


def main(source: str) -> None:
    """Print what the function in a file loads and calls."""
    create: Any = functions_framework.aio.create_asgi_app  # it has no types
    app = create("forward", source, "http")
    asyncio.run(_count(app))


async def _count(app: Any) -> None:
    await _post(app, 1)
    modules = sorted(sys.modules)
    await _post(app, 2)
    calls = 0

    def count(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    threading.setprofile(count)
    sys.setprofile(count)
    gc.collect()
    gc.disable()
    for number in range(COUNTED):
        await _post(app, 3 + number)
    sys.setprofile(None)
    print(json.dumps({"modules": modules, "calls": calls / COUNTED, "garbage": gc.collect() / COUNTED}))


async def _post(app: Any, number: int) -> None:
    """Post one SMS as a server would, without a server."""
    head, _, body = sms(number).partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    url = urlsplit(first.split(b" ")[1])
    headers = [tuple(line.lower().split(b": ", 1)) for line in lines]
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "root_path": "",
    }
    scope |= {"path": url.path.decode(), "raw_path": url.path, "query_string": url.query}
    answer: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answer.append(message)

    await app({**scope, "headers": headers, "server": ("here", 80), "client": ("there", 1)}, receive, send)
    if answer[0]["status"] != 200:  # noqa: PLR2004 - HTTP's
        raise RuntimeError(f"it answered {answer}")


if __name__ == "__main__":
    main(sys.argv[1])
