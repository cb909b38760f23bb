"""A server that you run: each message as signed JSON, with an id that is the same at each attempt."""

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
from forwarders.webhook.signature import sign


@dataclass(frozen=True, slots=True)
class WebhookPost(Post):
    """One request; `name` identifies it at every attempt."""

    name: str
    body: str = field(repr=False)


class Webhook(Forwarder[WebhookPost]):
    """Post to one address. No refusal is final: whoever runs the server can fix it."""

    Options: ClassVar[type[base.Options]] = WebhookOptions

    def __init__(self, options: WebhookOptions, http: Http, clock: Callable[[], float] = time.time) -> None:
        self._url = options.url
        self._keys = options.keys
        self._http = http
        self._clock = clock

    def plan(self, message: Message) -> tuple[WebhookPost, ...]:
        """Return one post, however long the text is."""
        body = json.dumps(_to_json(message), ensure_ascii=False, separators=(",", ":"))
        return (WebhookPost(message.key or sha256(body.encode()).hexdigest(), body),)

    async def send(self, post: WebhookPost) -> str | None:
        """Sign the post with the current time, and make it."""
        body = post.body.encode()
        signed = sign(self._keys, post.name, int(self._clock()), body)
        signed["Content-Type"] = "application/json"
        url = self._url.get_secret_value()
        answer = await self._http.request("POST", url, headers=signed, content=body, enough=_status_decides)
        failure = refusal(answer, "the server", accepts=None)
        if failure:
            raise failure
        return None

    async def probe(self) -> Probe:
        """Return unknown: whatever is posted to a webhook is an event."""
        return Probe("unknown", "a webhook cannot be checked without sending something")


def _status_decides(_body: bytes) -> bool:
    """Return true: every 2xx is an acceptance, and the body may never end."""
    return True


def _to_json(message: Message) -> dict[str, Any]:
    """Return a message as JSON; the files' bytes are in the event, if there is one, else in the message."""
    with_data = message.event is None
    return {
        "type": message.type,
        "message": {
            "title": message.title,
            "text": message.text,
            "fields": [{"label": label, "value": value} for label, value in message.fields],
            "notes": list(message.notes),
            "code": message.code,
            "attachments": [_file_to_json(each, with_data=with_data) for each in message.attachments],
            "silent": message.silent,
            "thread": message.thread,
        },
        "event": message.event,
    }


def _file_to_json(file: Attachment, *, with_data: bool) -> dict[str, Any]:
    fields = {"name": file.name, "content_type": file.content_type, "size": len(file.data)}
    return fields | ({"data": b64encode(file.data).decode()} if with_data else {})
