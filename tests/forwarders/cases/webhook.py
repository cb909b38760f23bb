"""A server of one's own under the contract."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from forwarders.base import Misconfigured, TransientFailure
from testkit.case import Answered, HttpCase
from testkit.service import Reply
from testkit.services.webhook import SECRET, Server


class WebhookCase(HttpCase):
    path = "forwarders.webhook:Webhook"
    secrets = (SECRET, SECRET.removeprefix("whsec_"), "url-secret-77")
    service: Server
    acceptance = None  # any 2xx is one: the server is the operator's own
    answers: ClassVar = {
        **{str(status): Answered(Reply(status, b"fine"), None) for status in (200, 201, 202, 203, 204, 226)},
        "200, nothing": Answered(Reply(200, b""), None),
        "200, cut off": Answered(Reply(200, b"fi", length=500), None),
        **{
            str(status): Answered(Reply(status, b"no", {"Location": "/elsewhere"}), Misconfigured)
            for status in (301, 302, 307, 308, 400, 401, 403, 404, 410, 413, 418, 422)
        },
        **{
            str(status): Answered(Reply(status, b"later"), TransientFailure)
            for status in (408, 425, 500, 504)
        },
        "429": Answered(Reply(429, b"", {"Retry-After": "30"}), TransientFailure, retry_after=30.0),
        "503": Answered(Reply(503, b"", {"Retry-After": "7"}), TransientFailure, retry_after=7.0),
    }

    def __init__(self) -> None:
        super().__init__(Server())

    def options(self) -> dict[str, Any]:
        return {"url": f"{self.service.url}/in?key=url-secret-77", "secrets": [SECRET]}

    def shown(self) -> Sequence[str]:
        return ["\n".join(words(body["message"])) for body in self.service.bodies.values()]


def words(body: dict[str, Any]) -> Iterator[str]:
    yield from (body["title"], body["text"], str(body["code"]), *body["notes"])
    yield from (f"{field['label']}: {field['value']}" for field in body["fields"])
