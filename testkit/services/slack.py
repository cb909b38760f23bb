"""Slack on this machine: an incoming webhook and the Web API, as strict as the real one where it is known."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from testkit.service import Reply, Request, Service, reply

HOOK = "/services/T0001/B0002/hook-secret-9d1c"
TOKEN = "xoxb-token-secret-77aa"
CHANNEL = "C0123456789"
UPLOAD_SECRET = "upload-secret-5e5e"


@dataclass
class Posted:
    """One message in the channel: what a reader sees, and what came over the wire."""

    shown: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    files: list[tuple[str, bytes]] = field(default_factory=list)


class Slack(Service):
    """A workspace with one channel. `refused` gives the answer to a method, or to "hook", one a time."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[Posted] = []
        self.uploads: dict[str, tuple[str, bytes | None]] = {}
        self.refused: dict[str, list[Reply]] = {}
        self.channel: dict[str, Any] = {"id": CHANNEL, "is_member": True, "is_archived": False}
        self.scopes: str | None = "chat:write,files:write,channels:read"

    async def respond(self, request: Request) -> Reply:
        if request.path == HOOK:
            return self._refusal("hook") or self._hooked(request.json())
        if request.path.startswith("/upload/"):
            return self._refusal("upload") or self._uploaded(request)
        method = request.path.removeprefix("/api/")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return no("invalid_auth")
        return self._refusal(method) or self._method(method, request)

    def _refusal(self, method: str) -> Reply | None:
        waiting = self.refused.get(method)
        return waiting.pop(0) if waiting else None

    def _hooked(self, payload: Mapping[str, Any]) -> Reply:
        problem = objection(payload)
        if problem:
            return Reply(400, problem.encode())
        self.posted.append(Posted(seen(payload), payload))
        return Reply(200, b"ok")

    def _method(self, method: str, request: Request) -> Reply:
        match method:
            case "auth.test":
                return yes(headers={"X-OAuth-Scopes": self.scopes} if self.scopes else {})
            case "conversations.info":
                known = request.form()["channel"] == CHANNEL
                return yes({"channel": self.channel}) if known else no("channel_not_found")
            case "chat.postMessage":
                return self._said(request.json())
            case "files.getUploadURLExternal":
                return self._asked(request.form())
            case "files.completeUploadExternal":
                return self._completed(request.json())
        return no("unknown_method")

    def _said(self, payload: Mapping[str, Any]) -> Reply:
        problem = "channel_not_found" if payload["channel"] != CHANNEL else objection(payload)
        if problem:
            return no(problem)
        self.posted.append(Posted(seen(payload), payload))
        return yes({"channel": CHANNEL, "ts": "1503435956.000247"})

    def _asked(self, form: Mapping[str, str]) -> Reply:
        if int(form["length"]) < 1 or not form["filename"]:
            return no("invalid_arguments")
        file_id = f"F{len(self.uploads):04}"
        self.uploads[file_id] = (form["filename"], None)
        return yes({"upload_url": f"{self.url}/upload/{file_id}?{UPLOAD_SECRET}", "file_id": file_id})

    def _uploaded(self, request: Request) -> Reply:
        assert "authorization" not in request.headers, "the token went to another address"
        file_id = request.path.removeprefix("/upload/")
        name, _ = self.uploads[file_id]
        self.uploads[file_id] = (name, request.body)
        return Reply(200, f"OK - {len(request.body)}".encode())

    def _completed(self, what: Mapping[str, Any]) -> Reply:
        files = []
        for each in what["files"]:
            name, data = self.uploads[each["id"]]
            if data is None or what["channel_id"] != CHANNEL:
                return no("file_not_found")
            files.append((name, data))
        texts = [data.decode() for name, data in files if name.endswith(".txt")]
        self.posted.append(Posted("\n".join(texts), what, files))
        return yes({"files": what["files"]})


def yes(more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(200, json.dumps({"ok": True, **(more or {})}).encode(), headers or {})


def no(word: str, status: int = 200, **more: Any) -> Reply:
    return reply(status, {"ok": False, "error": word, **more})


def objection(payload: Mapping[str, Any]) -> str:
    """Return the word by which Slack would refuse a message, or nothing."""
    if not str(payload.get("text", "")).strip():
        return "no_text"
    if "blocks" not in payload:
        return ""
    blocks = payload["blocks"]
    if len(blocks) > 50 or not all(map(_is_block, blocks)):
        return "invalid_blocks"
    return "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > 13_200 else ""


def _is_block(block: Mapping[str, Any]) -> bool:
    elements = list(_elements(block))
    known = block["type"] == "rich_text" and all(each["type"] in ("text", "link") for each in elements)
    return known and all(0 < len(each.get("text", "x")) <= 3000 for each in elements)


def _elements(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for section in block["elements"]:
        yield from section["elements"]


def seen(payload: Mapping[str, Any]) -> str:
    """Return what a reader sees: the blocks if there are any, else the text as mrkdwn shows it."""
    if "blocks" in payload:
        return "".join(each.get("text") or each["url"] for b in payload["blocks"] for each in _elements(b))
    return read_mrkdwn(payload["text"], markup=payload.get("mrkdwn", True))


def read_mrkdwn(text: str, *, markup: bool) -> str:
    """Show what is in angle brackets as Slack would: as a mention, not as it was typed."""
    text = re.sub(r"<([^>]*)>", r"MENTION OR LINK \1", text)
    if markup:
        text = re.sub(r"([*_~`])(\S.*?)\1", r"\2", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
