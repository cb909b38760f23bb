"""A server for the fake gcloud: a shell script in place of gcloud calls the fake in the test's process."""

from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock

from tests.deploy.cloud import Cloud
from tests.deploy.cloud.state import Refused

PROGRAM = """#!/bin/bash
# Sends its arguments, its folder and, if it reads it, its standard input, and prints the answer.
exec 3<>/dev/tcp/127.0.0.1/{port}
{{
  printf '%s\\0' {first} "$@" "$PWD"
  [[ " $* " != *" --data-file=- "* ]] || cat
  printf '\\0\\0'
}} >&3
read -r status warning <&3
[[ -z $warning || $CLOUDSDK_CORE_VERBOSITY == error ]] || echo "$warning" >&2
if [[ $status == 0 ]]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
"""


class Door(ThreadingTCPServer):
    """It serves one cloud at a time."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.cloud = Cloud()
        self.lock = Lock()

    def program(self, first: str = "") -> str:
        """Return a shell script; `first` are arguments that precede those it is given."""
        return PROGRAM.format(port=self.server_address[1], first=first)


class Connection(StreamRequestHandler):
    server: Door

    def handle(self) -> None:
        words = self.read().decode().split("\0")
        *argv, folder, given = words
        with self.server.lock:
            self.wfile.write(self.answer(argv, Path(folder), given).encode())

    def read(self) -> bytes:
        body = b""
        while not body.endswith(b"\0\0"):
            body += self.request.recv(65536)
        return body[:-2]

    def answer(self, argv: list[str], folder: Path, given: str) -> str:
        try:
            answer = self.server.cloud.run(argv, folder, given)
        except Refused as refusal:
            return f"1\nERROR: (gcloud) {refusal}\n"
        warning = self.server.cloud.state["unreachable"] if argv[:2] == ["functions", "list"] else ""
        return f"0 {warning}\n{answer}"
