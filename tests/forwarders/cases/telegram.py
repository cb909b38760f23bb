"""Telegram under contract."""

from collections.abc import Mapping
from typing import Any, ClassVar

from forwarders.base import MessageRefused, Misconfigured, TransientFailure
from testkit.case import Answered, FileRefused, HttpCase
from testkit.service import Reply, reply
from testkit.services import telegram
from testkit.services.telegram import CHAT, TOKEN


def refused(status: int, description: str, **parameters: int) -> Reply:
    return telegram.Refused(status, description, **parameters).reply


ANSWERS: Mapping[str, Answered] = {
    "200": Answered(reply(200, {"ok": True, "result": True}), None),
    "200, of another form": Answered(reply(200, {"ok": True, "result": {"unheard": "of"}}), None),
    "201": Answered(reply(201, {"ok": True}), None),
    "200, without a word": Answered(reply(200, {"result": {"unheard": "of"}}), Misconfigured),
    "200, no, cut off": Answered(Reply(200, b'{"ok": false, "descr', length=500), TransientFailure),
    "301": Answered(Reply(301, b"", {"Location": "/elsewhere"}), Misconfigured),
    "307": Answered(Reply(307, b"", {"Location": "/elsewhere"}), Misconfigured),
    "400": Answered(Reply(400, b""), Misconfigured),
    "400, not an object": Answered(reply(400, ["x"]), Misconfigured),
    "400, of another form": Answered(
        reply(400, {"description": 5, "parameters": {"retry_after": "x"}}), Misconfigured
    ),
    "400, unheard of": Answered(refused(400, "Bad Request: WONDER_INVALID"), Misconfigured),
    "400, chat not found": Answered(refused(400, "Bad Request: chat not found"), Misconfigured),
    "400, no rights": Answered(
        refused(400, "Bad Request: not enough rights to send text messages to the chat"), Misconfigured
    ),
    "400, no topic": Answered(refused(400, "Bad Request: message thread not found"), Misconfigured),
    "400, markup": Answered(
        refused(400, "Bad Request: can't parse entities: Unsupported start tag"), Misconfigured, attempts=2
    ),
    "400, too long": Answered(refused(400, "Bad Request: message is too long"), MessageRefused, attempts=2),
    "400, empty": Answered(refused(400, "Bad Request: message text is empty"), MessageRefused, attempts=2),
    "400, moved": Answered(
        refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009),
        Misconfigured,
        attempts=2,
    ),
    "401": Answered(refused(401, "Unauthorized"), Misconfigured),
    "402": Answered(Reply(402, b""), Misconfigured),
    "403": Answered(refused(403, "Forbidden: bot was blocked by the user"), Misconfigured),
    "404": Answered(refused(404, "Not Found"), Misconfigured),
    "405": Answered(Reply(405, b"no"), Misconfigured),
    "408": Answered(Reply(408, b""), TransientFailure),
    "409": Answered(refused(409, "Conflict: terminated by other getUpdates request"), Misconfigured),
    "413": Answered(Reply(413, b"<html>"), Misconfigured),
    "418": Answered(Reply(418, b""), Misconfigured),
    "429": Answered(
        refused(429, "Too Many Requests: retry after 7", retry_after=7), TransientFailure, retry_after=7
    ),
    "429, without a time": Answered(Reply(429, b"slow down"), TransientFailure),
    "500": Answered(refused(500, "Internal Server Error"), TransientFailure),
    "502": Answered(Reply(502, b"<html>bad gateway</html>"), TransientFailure),
    "503": Answered(Reply(503, b""), TransientFailure),
    "599": Answered(Reply(599, b""), TransientFailure),
}


FILE_REFUSALS: Mapping[str, FileRefused] = {
    "unavailable": FileRefused(
        refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), TransientFailure
    ),
    "a part is missing": FileRefused(refused(400, "Bad Request: FILE_PART_0_MISSING"), TransientFailure),
    "parts": FileRefused(refused(400, "Bad Request: FILE_PARTS_INVALID"), TransientFailure),
    "internal": FileRefused(refused(400, "Bad Request: internal media error"), TransientFailure),
    "unheard of": FileRefused(refused(400, "Bad Request: FILE_WONDER_INVALID"), TransientFailure),
    "a proxy": FileRefused(Reply(413, b"<html>Request Entity Too Large"), Misconfigured),
    "too large": FileRefused(refused(413, "Request Entity Too Large"), MessageRefused),
    "too big": FileRefused(refused(400, "Bad Request: file is too big"), MessageRefused),
    "no document": FileRefused(refused(400, "Bad Request: DOCUMENT_INVALID"), MessageRefused),
}


class TelegramCase(HttpCase):
    path = "forwarders.telegram:Telegram"
    acceptance = b'{"ok":true'
    file_refusals: ClassVar = FILE_REFUSALS
    secrets = (TOKEN, TOKEN.partition(":")[2])
    answers: ClassVar = ANSWERS

    def __init__(self) -> None:
        self.server = telegram.Telegram()
        super().__init__(self.server)

    def options(self) -> dict[str, Any]:
        return {"bot_token": TOKEN, "chat_id": CHAT, "api_url": self.server.url}

    def shown(self) -> list[str]:
        seen = []
        for shown in self.server.shown:
            files = [file.data.decode() for file in shown.files if file.content_type == "text/plain"]
            seen += [text for text in (shown.text, *files) if text]
        return seen
