"""Prints which functions of ours an SMS calls, in the order of their first calls, as JSON.

`python -m tests.walk FOLDER` runs the function in that folder in this process, configured by the environment.
The first SMS builds what is built once; the second is followed.
"""

import asyncio
import hmac
import json
import os
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import functions_framework.aio
import httpx

PACKAGES = ("forwarders", "main", "relay")


async def walk(folder: Path) -> list[str]:
    create: Any = functions_framework.aio.create_asgi_app  # it comes without types
    app = create("forward", str(folder / "main.py"), "http")
    called: dict[str, None] = {}

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        module = str(frame.f_globals.get("__name__"))
        if event == "call" and module.partition(".")[0] in PACKAGES:
            called.setdefault(f"{module}:{frame.f_code.co_qualname}")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        await post(client, "first")
        sys.setprofile(note)
        await post(client, "second")
        sys.setprofile(None)
    return list(called)


async def post(client: httpx.AsyncClient, name: str) -> None:
    payload = {
        "sender": "MyBank",
        "message": f"481516 is your {name} code",
        "receivedAt": "2026-06-22T15:47:00Z",
    }
    body = json.dumps({"event": "sms:received", "id": name, "payload": payload}).encode()
    timestamp = str(int(time.time()))
    signature = hmac.digest(os.environ["SIGNING_KEYS"].encode(), body + timestamp.encode(), "sha256").hex()
    answer = await client.post(
        "/",
        params={"apiKey": os.environ["API_KEY"]},
        content=body,
        headers={"X-Signature": signature, "X-Timestamp": timestamp},
    )
    answer.raise_for_status()


if __name__ == "__main__":
    json.dump(asyncio.run(walk(Path(sys.argv[1]))), sys.stdout)
