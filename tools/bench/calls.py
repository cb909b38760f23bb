"""Tells what a function has loaded after its first SMS, and what each later one takes and leaves behind.

`python -m tools.bench.calls FILE` runs a function, configured by the environment, in this process, as the
framework builds it, and prints `{"modules": […], "calls": …, "garbage": …}`. The garbage is what only the
collector finds.
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

SEVERAL = 20
"""SMS that are counted, after one that builds what is built at the first."""


def main(source: str) -> None:
    """Print what the function in a file takes."""
    create: Any = functions_framework.aio.create_asgi_app  # it comes without types
    app = create("forward", source, "http")
    asyncio.run(_count(app))


async def _count(app: Any) -> None:
    await _post(app, 1)
    modules = sorted(sys.modules)
    await _post(app, 2)
    calls = 0

    def count(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    threading.setprofile(count)
    sys.setprofile(count)
    gc.collect()
    gc.disable()
    for number in range(SEVERAL):
        await _post(app, 3 + number)
    sys.setprofile(None)
    print(json.dumps({"modules": modules, "calls": calls / SEVERAL, "garbage": gc.collect() / SEVERAL}))


async def _post(app: Any, number: int) -> None:
    """Post one SMS the way a server does, without one."""
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
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await app({**scope, "headers": headers, "server": ("here", 80), "client": ("there", 1)}, receive, send)
    if said[0]["status"] != 200:  # noqa: PLR2004 - HTTP's
        raise RuntimeError(f"it answered {said}")


if __name__ == "__main__":
    main(sys.argv[1])
