"""A clone of this project beside an empty Google Cloud project, and a function that answers."""

import hashlib
import hmac
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.deploy.cloud.record import Folder
from tests.deploy.cloud.state import State, empty

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAtheSecretOfTheBot"
SIGNING_KEY = "s1gn-k3y"
ENVIRONMENT = f"""
# what the person has decided
TELEGRAM_BOT_TOKEN={TOKEN}
TELEGRAM_CHAT_ID="-1001234567890"  # the family
SIGNING_KEYS='{SIGNING_KEY}'
export EMAIL_TO=anna@example.org, ben@example.org
SMSGATE_USER=operator
SMSGATE_PASSWORD=only-the-operator-knows
"""


class Function(ThreadingHTTPServer):
    """What stands at the function's address: it keeps what is posted, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.posts: list[dict[str, Any]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def types(self) -> list[str]:
        return [json.loads(each["body"])["event"] for each in self.posts]


class Post(BaseHTTPRequestHandler):
    server: Function

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = parse_qs(urlsplit(self.path).query).get("apiKey")
        self.server.posts.append({"key": key, "body": body, "headers": dict(self.headers)})
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()
        self.wfile.write(b'{"deliveries": {"telegram": "delivered"}}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Clone:
    """A clone of this project with its own `.env`, and the Google Cloud project it is deployed to."""

    def __init__(self, folder: Path, function: Function) -> None:
        self.folder = folder / "clone"
        self.function = function
        self.cloud = Folder(folder / "cloud")
        self.cloud.path.mkdir()
        (folder / "tmp").mkdir()
        self.cloud.save(empty() | {"url": function.url})
        self.lay_out()
        self.path = f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"

    def lay_out(self) -> None:
        for part in ("deploy", "dev"):
            shutil.copytree(ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "deploy.sh", self.folder)
        for name in ("main.py", "relay/keys.py", "requirements.txt", "requirements-apprise.txt"):
            self.write(name, f"# {name}\n")
        self.write(".env", ENVIRONMENT)
        python = f"PYTHONPATH={ROOT} exec {sys.executable} -S -m tests.deploy.cloud"
        self.program("gcloud", f'{python} "$@"')
        self.program("python", f'[ "$2" = relay ] && shift && {python} "$@"\nexec {sys.executable} "$@"')

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def program(self, name: str, text: str) -> None:
        self.write(f"bin/{name}", f"#!/bin/sh\n{text}\n")
        (self.folder / "bin" / name).chmod(0o755)

    def environ(self, **more: str) -> dict[str, str]:
        return {
            "PATH": self.path,
            "HOME": str(self.folder.parent),
            "TMPDIR": str(self.folder.parent / "tmp"),
            "CLOUD": str(self.cloud.path),
            "PYTHON": str(self.folder / "bin" / "python"),
            "DEPLOY_PAUSE": "0",
            "LC_ALL": "C.UTF-8",
            **more,
        }

    def deploy(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run deploy.sh where nobody can be asked."""
        return subprocess.run(
            ["bash", "./deploy.sh", *words],
            check=False,
            cwd=self.folder,
            env=self.environ(**environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def state(self) -> State:
        return self.cloud.state

    def change(self, **fields: Any) -> None:
        self.cloud.save(self.state | fields)

    def calls(self) -> list[dict[str, Any]]:
        return self.cloud.calls()

    def changes(self) -> list[str]:
        """Return what was asked to change, without the check of the configuration."""
        lines = [" ".join(each["argv"]) for each in self.calls() if not each["reads"]]
        return [each for each in lines if each != "relay check"]

    def forget_calls(self) -> None:
        (self.cloud.path / "calls.jsonl").unlink(missing_ok=True)

    def setting(self, name: str) -> str:
        found = [line.partition("=")[2] for line in self.env.splitlines() if line.startswith(f"{name}=")]
        return found[-1] if found else ""

    @property
    def env(self) -> str:
        return (self.folder / ".env").read_text()

    def value(self, name: str) -> str:
        """Return what is in Secret Manager."""
        version: dict[str, str] = self.state["secrets"][f"sms-relay-{name}"]["versions"][-1]
        return version["data"]


def signed(post: dict[str, Any], key: str) -> bool:
    """Tell whether a post carries the signature of a phone with that key."""
    moment = post["headers"]["X-Timestamp"]
    expected = hmac.new(key.encode(), post["body"] + moment.encode(), hashlib.sha256).hexdigest()
    return bool(post["headers"]["X-Signature"] == expected)


@pytest.fixture
def function() -> Iterator[Function]:
    with Function() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clone(tmp_path: Path, function: Function) -> Clone:
    return Clone(tmp_path, function)
