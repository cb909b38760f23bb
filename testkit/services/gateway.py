"""The gateway's own API, as far as webhooks go: a list that a login may read and change."""

import base64
from typing import Any
from urllib.parse import unquote

from testkit.service import Reply, Request, Service, reply

USER, PASSWORD = "anna", "pass:word with ümlaut"
LONGEST_ID, LONGEST_URL = 36, 256


class Gateway(Service):
    """A server with a list of webhooks; `changes` counts what was asked to change it."""

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: list[dict[str, Any]] = []
        self.changes = 0
        self.refused: dict[str, int] = {}
        """Types of events that are not accepted, and the status that says so."""

    async def respond(self, request: Request) -> Reply:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return reply(401, {"message": "Unauthorized"})
        path = request.path.removeprefix("/3rdparty/v1")
        if path == "/webhooks":
            return reply(200, self.webhooks) if request.method == "GET" else self._put(request.json())
        return self._delete(path.removeprefix("/webhooks/"))

    def _put(self, webhook: dict[str, Any]) -> Reply:
        if len(webhook["id"]) > LONGEST_ID or len(webhook["url"]) > LONGEST_URL:
            return reply(400, {"message": "too long"})
        if status := self.refused.get(webhook["event"]):
            return reply(status, {"message": f"no {webhook['event']} with {webhook['url']}"})
        self.changes += 1
        self.webhooks = [each for each in self.webhooks if each["id"] != webhook["id"]] + [webhook]
        return reply(201, webhook)

    def _delete(self, webhook_id: str) -> Reply:
        if "/" in webhook_id:
            return reply(404, {"message": "Not found"})
        self.changes += 1
        self.webhooks = [each for each in self.webhooks if each["id"] != unquote(webhook_id)]
        return Reply(204, b"")
