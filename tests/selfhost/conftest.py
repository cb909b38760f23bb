"""The programs that stand in front of the relay, as processes with the project's own files."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.function import ROOT, running

API_KEY = "an-api-key-that-nobody-logs"
START = 30.0
"""Seconds that a program may take to listen."""


@pytest.fixture(scope="module")
def certificates(need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Follow the document's steps for an authority of your own, for this machine's address."""
    need("openssl")
    page = (ROOT / "docs" / "self-hosting.md").read_text()
    script = page.partition("<!-- run: certificate -->\n```sh\n")[2].partition("```")[0]
    script = script.replace("192.168.178.20", "127.0.0.1")
    folder = tmp_path_factory.mktemp("authority")
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, check=True, capture_output=True)
    return folder / "certificates"


@pytest.fixture
def trust(certificates: Path) -> ssl.SSLContext:
    """What a phone trusts on which the authority's certificate is installed, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificates / "ca.crt")
    return context


@contextmanager
def relay(port: int) -> Iterator[None]:
    """Run the function at a port."""
    environ = {"PATH": "/usr/bin:/bin", "API_KEY": API_KEY, "LOG_LEVEL": "ERROR", "LEDGER_URL": "memory:"}
    with running(environ, port):
        yield


@contextmanager
def program(command: list[str], port: int, log: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Run a program until the end of the block; all that it writes goes to a file."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environ)
        try:
            _listens(process, port, log)
            yield
        finally:
            process.terminate()
            process.wait(START)


def _listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), START).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(log.read_text())
