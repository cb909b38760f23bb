"""Discord under the contract."""

from collections.abc import Sequence
from typing import Any, ClassVar

from forwarders.base import MessageRefused, Misconfigured, TransientFailure
from testkit.case import Answered, FileRefused, HttpCase
from testkit.service import Reply, reply
from testkit.services.discord import HOOK, SECRET, Discord, no


class DiscordCase(HttpCase):
    path = "forwarders.discord:Discord"
    secrets = (SECRET,)
    acceptance = b'{"type":0,"content":"\\"id\\":1","embeds":[{"id":"2"}],"id":"1"'
    file_refusals: ClassVar = {
        "a proxy": FileRefused(Reply(413, b"<html>"), TransientFailure),
        "limited": FileRefused(no(403, 400001), TransientFailure),
        "too large": FileRefused(no(413, 40005), MessageRefused),
        "one too large": FileRefused(no(400, 50045), MessageRefused),
        "not valid": FileRefused(no(400, 50046), MessageRefused),
    }
    service: Discord
    answers: ClassVar = {
        "200": Answered(reply(200, {"id": "1"}), None),
        "200, the id last": Answered(reply(200, {"content": '"id":"7"', "embeds": [], "id": "1"}), None),
        "200, another's id": Answered(
            reply(200, {"content": '"id":"7"', "author": {"id": "1"}}), Misconfigured
        ),
        "200, a refusal": Answered(reply(200, {"code": 50006}), MessageRefused),
        "302": Answered(Reply(302, b"", {"Location": "/elsewhere"}), Misconfigured),
        "400": Answered(Reply(400, b""), Misconfigured),
        "400, a list": Answered(reply(400, [1]), Misconfigured),
        "400, a form": Answered(no(400, 50035, errors={"flags": {}}), Misconfigured),
        "400, too long": Answered(no(400, 50035, errors={"content": {}}), MessageRefused),
        "400, empty": Answered(no(400, 50006), MessageRefused),
        "400, harmful": Answered(no(400, 240000), MessageRefused),
        "400, a forum": Answered(no(400, 220001), Misconfigured),
        "400, a code that is none": Answered(reply(400, {"code": "50006"}), Misconfigured),
        "401": Answered(no(401, 50027), Misconfigured),
        "403": Answered(no(403, 50013), Misconfigured),
        "404": Answered(no(404, 10015), Misconfigured),
        "404, no thread": Answered(no(404, 10003), Misconfigured),
        "404 in HTML": Answered(Reply(404, b"<html>"), Misconfigured),
        "408": Answered(Reply(408, b""), TransientFailure),
        "413": Answered(no(413, 40005), Misconfigured),
        "429": Answered(
            reply(429, {"retry_after": 0.65, "global": False}, Retry_After="1"),
            TransientFailure,
            retry_after=0.65,
        ),
        "429 of the door": Answered(
            Reply(429, b"<html>", {"Retry-After": "30"}), TransientFailure, retry_after=30.0
        ),
        "429, unreadable": Answered(reply(429, {"retry_after": "soon"}), TransientFailure),
        "500": Answered(Reply(500, b"oops"), TransientFailure),
        "502": Answered(Reply(502, b"<html>"), TransientFailure),
        "503": Answered(Reply(503, b"", {"Retry-After": "7"}), TransientFailure, retry_after=7.0),
    }

    def __init__(self) -> None:
        super().__init__(Discord())

    def options(self) -> dict[str, Any]:
        return {"webhook_url": f"{self.service.url}{HOOK}"}

    def shown(self) -> Sequence[str]:
        return [posted.shown for posted in self.service.posted]
