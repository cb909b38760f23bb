"""A server that you run yourself, which trusts nobody without a valid signature."""

import hmac
import json
from base64 import b64decode, b64encode
from typing import Any

from testkit.service import Reply, Request, Service, reply

SECRET = "whsec_" + b64encode(b"a secret of this test, 32 bytes.").decode()
OLD = "whsec_" + b64encode(b"another secret, which is going..").decode()


class Server(Service):
    """`bodies` are those that came with a signature by the secret, by their webhook-id."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, Any] = {}

    async def respond(self, request: Request) -> Reply:
        if not signed(request, SECRET):
            return reply(401, {"error": "not signed"})
        self.bodies[request.headers["webhook-id"]] = json.loads(request.body)
        return Reply(204, b"")


def signed(request: Request, secret: str) -> bool:
    """Return whether one of the signatures was made with the secret."""
    name, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    key = b64decode(secret.removeprefix("whsec_"))
    code = hmac.digest(key, f"{name}.{timestamp}.".encode() + request.body, "sha256")
    return f"v1,{b64encode(code).decode()}" in request.headers["webhook-signature"].split(" ")
