"""Discord on this machine: a webhook, as strict as the real one where it is known, and what a reader sees."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forwarders.text import utf16
from testkit.service import File, Reply, Request, Service, reply

SECRET = "hook-secret-41c7"
HOOK = f"/api/webhooks/1234567890/{SECRET}"
THREAD = "777000777"
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 4, 4096

_RULES = (
    (re.compile(r"\\([^0-9A-Za-z\s])"), "text"),
    (re.compile(r"(https?://[^\s<]+[^<.,:;\"'\]\s])"), "text"),
    (re.compile(r"<(?:@|#|a?:|t:|id:|/)[^>\n]*>|@everyone|@here"), "MENTION"),
    (re.compile(r":[\w+-]+:"), "EMOJI"),
    (re.compile(r"(?s)(?:```|``|`)(.+?)(?:```|``|`)"), "text"),
    (re.compile(r"(?s)\[((?:\\.|[^\\\]])+)\]\([^)\s]+\)"), "markup"),
    (re.compile(r"(?s)(?:\*\*|__|~~|\|\|)((?:\\.|[^\\])+?)(?:\*\*|__|~~|\|\|)"), "markup"),
    (re.compile(r"(?s)[*_](?=\S)((?:\\.|[^\\])+?)[*_]"), "markup"),
)
_LINE = re.compile(r"(?m)^[^\S\n]*(#{1,3}\s|-#\s|>(?:>>)?\s|[-*+]\s|\d+\.\s)")


@dataclass
class Posted:
    """One message in the channel: what a reader sees, and what came over the wire."""

    shown: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)


class Discord(Service):
    """A channel with one webhook and one thread. `refused` are answers to posts, one a time."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[Posted] = []
        self.refused: list[Reply] = []
        self.largest = 10 << 20

    async def respond(self, request: Request) -> Reply:
        if request.path != HOOK:
            return reply(404, {"message": "Unknown Webhook", "code": 10015})
        if request.method == "GET":
            return reply(200, {"id": "1234567890", "type": 1, "channel_id": "42", "token": SECRET})
        if self.refused:
            return self.refused.pop(0)
        return self._posted(request)

    def _posted(self, request: Request) -> Reply:
        files = list(request.files().values())
        payload = json.loads(request.form()["payload_json"]) if files else request.json()
        problem = self._objection(request, payload, files)
        if problem:
            return problem
        words = [file.data.decode() for file in files if (file.name or "").endswith(".txt")]
        shown = "\n".join([read(payload["content"]), *words]).strip()
        self.posted.append(Posted(shown, payload, files))
        return reply(200, {"id": str(len(self.posted))}) if "wait=true" in request.target else Reply(204, b"")

    def _objection(self, request: Request, payload: Mapping[str, Any], files: list[File]) -> Reply | None:
        thread = re.search(r"thread_id=(\d+)", request.target)
        if thread and thread[1] != THREAD:
            return no(404, 10003)
        if not payload["content"].strip() and not files:
            return no(400, 50006)
        if utf16(payload["content"]) > 2000 or len(files) > 10:
            return no(400, 50035, errors={"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH"}]}})
        return no(413, 40005) if any(len(file.data) > self.largest for file in files) else None


def no(status: int, code: int, **more: Any) -> Reply:
    return reply(status, {"message": "words of Discord", "code": code, **more})


def read(text: str) -> str:
    """Return what a reader sees of a text: markup is gone, mentions and emoji are what they became."""
    return _inline(_LINE.sub("MARKUP ", text).strip())


def _inline(text: str) -> str:
    shown, at = "", 0
    while at < len(text):
        for rule, kind in _RULES:
            found = rule.match(text, at)
            if found:
                shown += _shown(found, kind)
                at = found.end()
                break
        else:
            shown += text[at]
            at += 1
    return shown


def _shown(found: re.Match[str], kind: str) -> str:
    if kind == "text":
        return found[1]
    return _inline(found[1]) if kind == "markup" else kind
