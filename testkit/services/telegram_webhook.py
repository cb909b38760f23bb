"""The webhook of a bot, as a Bot API server keeps it: https://core.telegram.org/bots/api#setwebhook.

What it answers is what the server's source has: https://github.com/tdlib/telegram-bot-api
"""

import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

from testkit.service import Reply, Request, reply

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PORTS = {None, 443, 80, 88, 8443}
UPDATES = {
    *("message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "inline_query"),
    *("my_chat_member", "chat_member", "chat_join_request", "poll", "poll_answer", "message_reaction"),
}
IN_USE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Webhook:
    """Where a server posts what is written to its bot.

    One that `is_local` is somebody's own: it also posts to http, and to any port. `updates` are those that
    have not been fetched, and `pending` counts those that wait for the webhook.
    """

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.connections = 40
        self.allowed: list[str] = []
        self.is_local = True
        self.updates: list[dict[str, Any]] = []
        self.pending = 0
        self.error = ""
        self.drops = 0
        """How often it was asked to forget what waits."""

    def answer(self, method: str, request: Request) -> Reply | None:
        """Answer a request that is about the webhook, or about fetching in its place."""
        match method:
            case "setWebhook":
                return self._set(_read(request))
            case "deleteWebhook":
                return self._delete(_read(request))
            case "getWebhookInfo":
                return _accepted(self._info())
            case "getUpdates":
                return self._fetch(_read(request))
        return None

    def _set(self, form: dict[str, Any]) -> Reply:
        url, secret = str(form["url"]), str(form.get("secret_token", ""))
        if problem := self._problem(url, secret, form):
            return _refused(400, f"Bad Request: {problem}")
        was_set = (url, secret) == (self.url, self.secret)
        self.url, self.secret, self.error = url, secret, ""
        self.connections = int(form.get("max_connections", 40))
        self.allowed = form.get("allowed_updates", self.allowed)
        self._drop(form)
        return _accepted(True, "Webhook is already set" if was_set else "Webhook was set")

    def _problem(self, url: str, secret: str, form: dict[str, Any]) -> str:
        address = urlsplit(url)
        if not self.is_local and address.scheme != "https":
            return "bad webhook: An HTTPS URL must be provided for webhook"
        if not self.is_local and address.port not in PORTS:
            return "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
        if secret and not SECRET.fullmatch(secret):
            return "secret token contains unallowed characters"
        if not set(form.get("allowed_updates", ())) <= UPDATES:
            return "there is no such type of update"  # the real one ignores it
        return "" if 1 <= int(form.get("max_connections", 40)) <= 100 else "wrong number of connections"

    def _delete(self, form: dict[str, Any]) -> Reply:
        was_set, self.url, self.secret, self.error = bool(self.url), "", "", ""
        self._drop(form)
        return _accepted(True, "Webhook was deleted" if was_set else "Webhook is already deleted")

    def _drop(self, form: dict[str, Any]) -> None:
        if form.get("drop_pending_updates"):
            self.drops += 1
            self.pending = 0

    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": self.pending,
        }
        if self.error:
            info |= {"last_error_date": int(time.time()) - 90, "last_error_message": self.error}
        if self.url:
            info |= {"max_connections": self.connections, "ip_address": "203.0.113.7"}
        return info | ({"allowed_updates": self.allowed} if self.allowed else {})

    def _fetch(self, form: dict[str, Any]) -> Reply:
        if self.url:
            return _refused(409, IN_USE)
        self.allowed = form.get("allowed_updates", self.allowed)
        return _accepted(self.updates)


def _read(request: Request) -> dict[str, Any]:
    """Return the parameters, which may come as JSON or as a form."""
    if request.headers.get("content-type") == "application/json":
        return dict(request.json())
    form: dict[str, Any] = dict(request.form())
    return form | {name: json.loads(form[name]) for name in ("allowed_updates",) if name in form}


def _accepted(result: Any, description: str = "") -> Reply:
    return reply(200, {"ok": True, "result": result} | ({"description": description} if description else {}))


def _refused(status: int, description: str) -> Reply:
    return reply(status, {"ok": False, "error_code": status, "description": description})
