"""Google's Firestore emulator, a line to it that can be cut or kept silent, and stand-ins that misbehave."""

import asyncio
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from testkit.service import Act, Reply, Request, Service, reply

GUARD = Path(__file__).parent / "guard.py"
PATIENCE = 120.0
"""Seconds that the emulator may take to start, and then for its first write: it is a cold Java."""


@contextmanager
def emulator(gcloud: str, log: Path) -> Iterator[str]:
    """Run the emulator on a free port, warm; yield its address for `FIRESTORE_EMULATOR_HOST`."""
    address = f"127.0.0.1:{_free_port()}"
    command = [gcloud, "emulators", "firestore", "start", f"--host-port={address}", "--quiet"]
    with log.open("wb") as output:
        guarded = [sys.executable, str(GUARD), *command]
        process = subprocess.Popen(guarded, stdin=subprocess.PIPE, stdout=output, stderr=output)
    try:
        _await_first_write(address, process, log)
        yield address
    finally:
        process.communicate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _await_first_write(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    url = f"http://{address}/v1/projects/warm/databases/(default)/documents/up"
    give_up = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        with suppress(OSError):
            headers = {"Authorization": "Bearer owner", "Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(url, b"{}", headers), timeout=PATIENCE).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the emulator did not start: {log.read_text(errors='replace')[-2000:]}")


class Line:
    """A line to an address: `cut()` ends and refuses connections, `hush()` loses what is answered."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.partition(":")
        self._port = int(port)
        self._up = True
        self._silent = False
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        self._up = False
        for writer in self._writers:
            writer.transport.abort()

    def hush(self) -> None:
        """Pass on what is asked, and lose the answers."""
        self._silent = True

    def restore(self) -> None:
        """Work again; what was lost stays lost, so connections that were hushed are ended."""
        if self._silent:
            self.cut()
        self._up, self._silent = True, False

    async def join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if not self._up:
            back.transport.abort()
            return
        far, forth = await asyncio.open_connection(self._host, self._port)
        self._writers |= {back, forth}
        with suppress(ConnectionError):
            await asyncio.gather(self._pass_on(near, forth, answers=False), self._pass_on(far, back))
        self._writers -= {back, forth}

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = True
    ) -> None:
        while data := await reader.read(65536):
            if not (answers and self._silent):
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def line_to(address: str) -> AsyncIterator[tuple[Line, str]]:
    """Open a line to an address; yield it with the address of its near end."""
    line = Line(address)
    server = await asyncio.start_server(line.join, "127.0.0.1", 0)
    try:
        yield line, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        line.cut()
        await asyncio.sleep(0)


class FirestoreFront(Service):
    """Accepts every write, as a Firestore without any document would; a script makes it misbehave."""

    async def respond(self, request: Request) -> Act:
        """Answer a commit."""
        now = datetime.now(UTC).isoformat()
        results = [{"updateTime": now} for _ in request.json()["writes"]]
        return reply(200, {"writeResults": results, "commitTime": now})


class MetadataServer(Service):
    """Gives the tokens of a function's account, each another one, that are valid for `lives` seconds.

    With a `gate`, it gives none until that is open.

    https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
    """

    def __init__(self, lives: float = 3600.0) -> None:
        super().__init__()
        self.lives = lives
        self.given = 0
        self.gate: asyncio.Event | None = None

    async def respond(self, request: Request) -> Act:
        """Answer who shows that it means the metadata server."""
        if request.headers.get("metadata-flavor") != "Google":
            return reply(403, "Missing Metadata-Flavor:Google header.")
        if request.path == "/computeMetadata/v1/project/project-id":
            return Reply(200, b"project-of-the-account")
        if request.path != "/computeMetadata/v1/instance/service-accounts/default/token":
            return reply(404, None)
        if self.gate:
            await self.gate.wait()
        self.given += 1
        token = {"access_token": f"token-{self.given}", "expires_in": self.lives, "token_type": "Bearer"}
        return reply(200, token)
