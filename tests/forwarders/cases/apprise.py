"""Apprise under the contract, by the plainest of its services: JSON to an address."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from forwarders.base import TransientFailure
from testkit.case import Answered, FileRefused, HttpCase
from testkit.service import Reply, Request, Service

PASSWORD = "password-91ee"


class JsonServer(Service):
    """`bodies` are those that it accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[dict[str, Any]] = []

    async def respond(self, request: Request) -> Reply:
        self.bodies.append(request.json())
        return Reply()


class AppriseCase(HttpCase):
    path = "forwarders.apprise:Apprise"
    secrets = (PASSWORD, "token-in-path")
    service: JsonServer
    acceptance = None  # Apprise knows what its services say, and reports no more than yes or no
    file_refusals: ClassVar = {
        "for whatever reason": FileRefused(Reply(413, b""), TransientFailure, words=False)
    }
    answers: ClassVar = {
        "200": Answered(Reply(200, b"fine"), None),
        "204": Answered(Reply(204, b""), None),
        **{
            str(status): Answered(
                Reply(status, b"no", {"Location": "/elsewhere", "Retry-After": "7"}), TransientFailure
            )
            for status in (301, 307, 400, 401, 403, 404, 410, 418, 429, 500, 503)
        },
    }

    def __init__(self) -> None:
        super().__init__(JsonServer())

    def carries_file(self, request: Request) -> bool:
        return bool(request.json()["attachments"])

    def options(self) -> dict[str, Any]:
        return {"urls": [f"json://me:{PASSWORD}@127.0.0.1:{self.service.port}/token-in-path"]}

    def shown(self) -> Sequence[str]:
        return ["\n".join(words(body)) for body in self.service.bodies]


def words(body: dict[str, Any]) -> Iterator[str]:
    yield from (body["title"], body["message"])
    for file in body["attachments"]:
        if file["filename"].endswith(".txt"):
            yield b64decode(file["base64"]).decode()
