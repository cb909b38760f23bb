"""Apprise under the contract, by the plainest of its services: JSON to an address."""

from collections.abc import Sequence
from typing import Any, ClassVar

from forwarders.base import TransientFailure
from forwarders.testing.case import Answered, HttpCase
from forwarders.testing.service import Reply

PASSWORD = "password-91ee"


class AppriseCase(HttpCase):
    path = "forwarders.apprise:Apprise"
    secrets = (PASSWORD, "token-in-path")
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

    def options(self) -> dict[str, Any]:
        return {"urls": [f"json://me:{PASSWORD}@127.0.0.1:{self.service.port}/token-in-path"]}

    def shown(self) -> Sequence[str]:
        bodies = [request.json() for request in self.service.requests]
        return ["\n".join([body["title"], body["message"]]) for body in bodies]
