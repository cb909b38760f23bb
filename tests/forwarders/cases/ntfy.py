"""ntfy under the contract."""

from collections.abc import Sequence
from typing import Any, ClassVar

from forwarders.base import MessageRefused, Misconfigured, TransientFailure
from testkit.case import Answered, FileRefused, HttpCase
from testkit.service import Reply, Request, reply
from testkit.services.ntfy import TOKEN, TOPIC, Ntfy, no


class NtfyCase(HttpCase):
    path = "forwarders.ntfy:Ntfy"
    secrets = (TOKEN, TOPIC)
    service: Ntfy
    acceptance = b'{"id":"sxaMNNYWQDNd"'
    file_refusals: ClassVar = {
        "quota": FileRefused(no(413, 41301), TransientFailure),
        "bandwidth": FileRefused(no(429, 42905), TransientFailure),
        "disk": FileRefused(no(500, 50001), TransientFailure),
        "a proxy": FileRefused(Reply(413, b"<html>"), Misconfigured),
        "none at all": FileRefused(no(400, 40014), MessageRefused),
    }
    answers: ClassVar = {
        "200": Answered(reply(200, {"id": "1"}), None),
        "200, a refusal": Answered(no(200, 40301), Misconfigured),
        "307": Answered(Reply(307, b"", {"Location": "/elsewhere"}), Misconfigured),
        "400": Answered(Reply(400, b""), Misconfigured),
        "400, no such topic": Answered(no(400, 40009), Misconfigured),
        "400, no such button": Answered(no(400, 40018), Misconfigured, attempts=2),
        "400, a code that is none": Answered(reply(400, {"code": "40018"}), Misconfigured),
        "401": Answered(no(401, 40101), Misconfigured),
        "403": Answered(no(403, 40301), Misconfigured),
        "404": Answered(no(404, 40401), Misconfigured),
        "413": Answered(no(413, 41303), Misconfigured),
        "429": Answered(no(429, 42901), TransientFailure),
        "429 of the door": Answered(Reply(429, b"", {"Retry-After": "30"}), TransientFailure, retry_after=30),
        "500": Answered(no(500, 50001), TransientFailure),
        "503": Answered(Reply(503, b"", {"Retry-After": "7"}), TransientFailure, retry_after=7.0),
        "507": Answered(no(507, 50701), TransientFailure),
    }

    def __init__(self) -> None:
        super().__init__(Ntfy())

    def carries_file(self, request: Request) -> bool:
        return request.method == "PUT"

    def options(self) -> dict[str, Any]:
        return {"url": self.service.url, "topic": TOPIC, "token": TOKEN}

    def shown(self) -> Sequence[str]:
        return [notified.shown for notified in self.service.notified.values()]
