"""One's own server: each message as JSON, signed, with a name that stays the same at each attempt."""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar

from forwarders import base
from forwarders.base import Attachment, Forwarder, Message, Post, Probe
from forwarders.http import Http
from forwarders.status import refusal
from forwarders.webhook.options import WebhookOptions
from forwarders.webhook.signature import headers


@dataclass(frozen=True, slots=True)
class WebhookPost(Post):
    """One request; `name` is what the server knows a repeat by."""

    name: str
    body: str = field(repr=False)


class Webhook(Forwarder[WebhookPost]):
    """Post to one address. A server of one's own refuses nothing for good: its owner can mend it."""

    Options: ClassVar[type[base.Options]] = WebhookOptions

    def __init__(self, options: WebhookOptions, http: Http, clock: Callable[[], float] = time.time) -> None:
        self._url = options.url
        self._keys = options.keys
        self._http = http
        self._clock = clock

    def plan(self, message: Message) -> tuple[WebhookPost, ...]:
        """Return one post, however long the text is."""
        body = json.dumps(_told(message), ensure_ascii=False, separators=(",", ":"))
        return (WebhookPost(message.key or sha256(body.encode()).hexdigest(), body),)

    async def send(self, post: WebhookPost) -> str | None:
        """Sign the post as of now, and make it."""
        body = post.body.encode()
        signed = headers(self._keys, post.name, int(self._clock()), body)
        signed["Content-Type"] = "application/json"
        url = self._url.get_secret_value()
        answer = await self._http.request("POST", url, headers=signed, content=body, enough=_status_decides)
        refused = refusal(answer, "the server", accepts=None)
        if refused:
            raise refused
        return None

    async def probe(self) -> Probe:
        """Return that nothing is known: whatever is posted to a webhook is an event."""
        return Probe("unknown", "a webhook cannot be asked anything without sending something")


def _status_decides(_body: bytes) -> bool:
    """Return that no body is needed: it may never end, and every 2xx is an acceptance."""
    return True


def _told(message: Message) -> dict[str, Any]:
    """Return a message as the server reads it; the event, where it is there, has the bytes of its files."""
    whole = message.event is None
    return {
        "type": message.type,
        "message": {
            "title": message.title,
            "text": message.text,
            "fields": [{"label": label, "value": value} for label, value in message.fields],
            "notes": list(message.notes),
            "code": message.code,
            "attachments": [_file(each, whole=whole) for each in message.attachments],
            "silent": message.silent,
            "thread": message.thread,
        },
        "event": message.event,
    }


def _file(file: Attachment, *, whole: bool) -> dict[str, Any]:
    told = {"name": file.name, "content_type": file.content_type, "size": len(file.data)}
    return told | ({"data": b64encode(file.data).decode()} if whole else {})
