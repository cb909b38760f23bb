"""The gateway's own API: a list of webhooks, and SMS that a phone is asked to send.

As the server's source has it: an id is accepted once for each phone, and an unknown phone is refused.
https://github.com/android-sms-gateway/server
"""

import base64
from typing import Any
from urllib.parse import unquote

from testkit.service import Act, Reply, Request, Service, reply

USER, PASSWORD = "anna", "pass:word with ümlaut"
LONGEST_ID, LONGEST_URL = 36, 256
LONGEST_TEXT, LONGEST_NUMBER = 65535, 128
SHORTEST_TTL = 5


class Gateway(Service):
    """A server with a list of webhooks; `changes` counts what was asked to change it.

    `accepted` are the SMS that were taken on, by phone and id, and `devices` the phones that are known.
    """

    def __init__(self, *devices: str) -> None:
        super().__init__()
        self.webhooks: list[dict[str, Any]] = []
        self.changes = 0
        self.refused: dict[str, int] = {}
        """Types of events that are not accepted, and the status that says so."""
        self.devices = devices
        self.devices_path = "/devices"
        """Old versions have them at `/device`."""
        self.accepted: dict[tuple[str, str], dict[str, Any]] = {}
        self.states: dict[str, str] = {}

    async def respond(self, request: Request) -> Act:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return reply(401, {"message": "Unauthorized"})
        path = request.path.removeprefix("/3rdparty/v1")
        if path == "/messages" and request.method == "POST":
            return self._enqueue(request.json())
        if path == self.devices_path:
            return reply(200, [_describe(each) for each in self.devices])
        if path.startswith("/messages/"):
            return self._state(unquote(path.removeprefix("/messages/")))
        if path == "/webhooks":
            return reply(200, self.webhooks) if request.method == "GET" else self._put(request.json())
        if not path.startswith("/webhooks/"):
            return reply(404, {"message": f"Cannot {request.method} {path}"})
        return self._delete(path.removeprefix("/webhooks/"))

    def _enqueue(self, message: dict[str, Any]) -> Reply:
        problem = _problem(message)
        device = message.get("deviceId") or next(iter(self.devices), "")
        if not problem and device not in self.devices:
            problem = "device not found"
        if problem:
            return reply(400, {"message": problem})
        if (device, message["id"]) in self.accepted:
            return reply(409, {"message": "duplicate id"})
        self.accepted[device, message["id"]] = message
        self.states[message["id"]] = "Pending"
        return reply(202, self._shown(message["id"], device, message["phoneNumbers"]))

    def _shown(self, sms_id: str, device: str, numbers: list[str]) -> dict[str, Any]:
        state = self.states[sms_id]
        recipients = [{"phoneNumber": each, "state": state} for each in numbers]
        return {"id": sms_id, "deviceId": device, "state": state, "recipients": recipients}

    def _state(self, sms_id: str) -> Reply:
        for (device, known), message in self.accepted.items():
            if known == sms_id:
                return reply(200, self._shown(sms_id, device, message["phoneNumbers"]))
        return reply(404, {"message": "message not found"})

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


def _describe(device: str) -> dict[str, Any]:
    times = {"createdAt": "2026-01-02T03:04:05Z", "lastSeen": "2026-06-22T15:46:11.123Z"}
    return {"id": device, "name": "Google/oriole", **times}


def _problem(message: dict[str, Any]) -> str:
    """Return what the server does not accept of a message, empty if nothing."""
    text, numbers = message["textMessage"]["text"], message["phoneNumbers"]
    is_wrong = {
        "id": len(message.get("id", "")) > LONGEST_ID,
        "text": not 1 <= len(text) <= LONGEST_TEXT,
        "number": not numbers or not all(1 <= len(each) <= LONGEST_NUMBER for each in numbers),
        "sim": not 1 <= message.get("simNumber", 1) <= 3,
        "ttl": message.get("ttl", SHORTEST_TTL) < SHORTEST_TTL,
    }
    return ", ".join(name for name, wrong in is_wrong.items() if wrong)
