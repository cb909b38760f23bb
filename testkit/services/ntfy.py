"""An ntfy server on this machine, with one topic and its limits."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import decode_header
from typing import Any

from testkit.service import Reply, Request, Service, reply

TOPIC = "topic-secret-0a9b"
TOKEN = "tk_token-secret-55d2"
LONGEST = 4096


@dataclass
class Notified:
    """One notification: what a reader sees, and what came over the wire."""

    title: str
    text: str
    priority: int
    body: Mapping[str, Any] = field(default_factory=dict)
    file: bytes | None = None

    @property
    def shown(self) -> str:
        words = self.file.decode() if self.file and str(self.body.get("filename")).endswith(".txt") else ""
        return "\n".join(filter(None, [self.title, self.text, words]))


class Ntfy(Service):
    """`old` servers know no button that copies, `files` says whether they take any; `refused` are answers."""

    def __init__(self) -> None:
        super().__init__()
        self.notified: dict[str, Notified] = {}
        self.refused: list[Reply] = []
        self.old = False
        self.files = True
        self.limits: dict[str, int] = {}

    async def respond(self, request: Request) -> Reply:
        if request.headers.get("authorization", f"Bearer {TOKEN}") != f"Bearer {TOKEN}":
            return no(401, 40101)
        if request.method == "GET":
            return reply(200, {"healthy": True, "username": "me", "limits": self.limits})
        if self.refused:
            return self.refused.pop(0)
        if request.method == "PUT":
            return self._put(request)
        return self._published(request) if request.path == "/" else no(404, 40401)

    def _published(self, request: Request) -> Reply:
        body = json.loads(request.body)
        if len(request.body) > 2 * LONGEST:
            return no(413, 41303)
        actions = [each["action"] for each in body.get("actions", [])]
        if self.old and "copy" in actions:
            return no(400, 40018)
        text = body.get("message") or "triggered"
        if len(text.encode()) > LONGEST:
            text = "a file, because it was too long"
        return self._keep(
            body["topic"], Notified(_decoded(body.get("title", "")), text, body["priority"], body)
        )

    def _put(self, request: Request) -> Reply:
        if not self.files:
            return no(400, 40014)
        body = {name: _decoded(value) for name, value in request.headers.items()}
        notified = Notified(body["title"], "", int(body["priority"]), body, request.body)
        return self._keep(request.path.removeprefix("/"), notified)

    def _keep(self, topic: str, notified: Notified) -> Reply:
        if topic != TOPIC:
            return no(403, 40301)
        name = notified.body.get("sequence_id") or notified.body.get("x-sequence-id")
        self.notified[name or f"number {len(self.notified)}"] = notified
        return reply(200, {"id": "x", "event": "message"})


def no(status: int, code: int) -> Reply:
    return reply(status, {"code": code, "http": status, "error": "words of ntfy"})


def _decoded(header: str) -> str:
    """Decode every encoded word, as the server does: https://pkg.go.dev/mime#WordDecoder.DecodeHeader."""
    return re.sub(r"=\?utf-8\?[bq]\?[^ ?]*\?=", _decode_word, header, flags=re.IGNORECASE)


def _decode_word(found: re.Match[str]) -> str:
    (words, _), *_ = decode_header(found[0])
    return words.decode() if isinstance(words, bytes) else words
