"""The function as the cloud runs it: a process of the functions framework, and services on real sockets."""

import asyncio
import hashlib
import hmac
import importlib.util
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

API_KEY = "an-api-key-that-nobody-knows"
SIGNING_KEY = "Zk3yP9qa"
KEPT = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV", "FIRESTORE_EMULATOR_HOST")
START = 30.0
"""Seconds that the function may take to listen."""


class Function:
    """A running function; `output` is all that it has written."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path, signing: bool) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}/"
        self._log = log
        self._signing = signing
        self._client = httpx.AsyncClient(timeout=30)

    @property
    def output(self) -> str:
        return self._log.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The structured lines of its log."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    async def post(self, body: bytes, query: str | None = None, **headers: str) -> httpx.Response:
        """Post a body as the phone does."""
        given = {"content-type": "application/json"} | (signed(body) if self._signing else {}) | headers
        asked = f"apiKey={API_KEY}" if query is None else query
        return await self._client.post(f"{self.url}?{asked}", content=body, headers=given)

    async def request(self, method: str) -> httpx.Response:
        """Make another kind of request."""
        return await self._client.request(method, f"{self.url}?apiKey={API_KEY}")

    def signal(self, number: int) -> None:
        """Signal every process of the function."""
        os.killpg(self.process.pid, number)

    async def stop(self) -> int:
        """End it as the platform does; return its exit status."""
        await self._client.aclose()
        if self.process.returncode is None:
            self.process.terminate()
        return await self.process.wait()


Start = Callable[..., AbstractAsyncContextManager[Function]]


def signed(body: bytes, at: float | None = None, key: str = SIGNING_KEY) -> dict[str, str]:
    """Return the phone's headers for a body."""
    stamp = str(int(time.time() if at is None else at))
    made = hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"x-signature": made, "x-timestamp": stamp}


@pytest.fixture(scope="module")
def in_this_process() -> Iterator[None]:
    """Let the function be loaded here: it reads the environment and takes over the root logger."""
    before, root = dict(os.environ), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    kept = {name: value for name, value in before.items() if name in KEPT}
    os.environ.clear()
    os.environ.update(kept | {"API_KEY": API_KEY, "LOG_LEVEL": "ERROR"})
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def main(in_this_process: None, source: Path) -> ModuleType:
    """Load the module of the function."""
    del in_this_process
    spec = importlib.util.spec_from_file_location("function", source / "main.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def function(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Start the function with so many variables, from the project's source, and stop it at the end.

    `before` is called in the new process, before anything else.
    `warm` asks it something first: the first request gets only what the start has left of its time, and
    on a busy machine that is too little to deliver anything.
    """

    @asynccontextmanager
    async def start(
        variables: Mapping[str, str],
        *,
        config: str = "",
        warm: bool = True,
        before: Callable[[], None] | None = None,
    ) -> AsyncIterator[Function]:
        port = _free_port()
        folder = tmp_path_factory.mktemp("function")
        log = folder / "log"
        if config:
            (folder / "config.toml").write_text(config)
            variables = {**variables, "CONFIG_FILE": str(folder / "config.toml")}
        with open(log, "wb") as output:  # noqa: ASYNC230, PTH123  (a file of this machine, at once)
            process = await _process(source, port, variables, output, before)
        running = Function(process, port, log, "SIGNING_KEYS" in variables)
        try:
            await _listens(process, port, log)
            if warm:
                await running.post(b'{"event": "sms:sent"}')
            yield running
        finally:
            await _end(running)

    return start


async def _process(
    source: Path,
    port: int,
    variables: Mapping[str, str],
    output: Any,
    before: Callable[[], None] | None,
) -> asyncio.subprocess.Process:
    environ = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = ["-m", "functions_framework", "--target", "forward", "--source", str(source / "main.py")]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        "--port",
        str(port),
        env=environ | {"API_KEY": API_KEY} | dict(variables),
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=before,
    )


async def _listens(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise RuntimeError(f"it does not listen: {log.read_text()}")  # noqa: ASYNC240  (a file of this machine)


async def _end(running: Function) -> None:
    """Stop it, however it is doing."""
    try:
        running.signal(signal.SIGCONT)
        await asyncio.wait_for(running.stop(), 15)
    except ProcessLookupError:
        await running.stop()
    except TimeoutError:
        running.signal(signal.SIGKILL)
        await running.process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
