"""Slack under the contract, by a webhook and by a bot."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from testkit.case import Answered, FileRefused, HttpCase
from testkit.service import Reply, Request, reply
from testkit.services.slack import CHANNEL, HOOK, TOKEN, UPLOAD_SECRET, Slack, no

TRANSIENT = ("service_unavailable", "request_timeout", "internal_error", "fatal_error")
OPERATOR = (
    *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"),
    *("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_thread"),
    "a_word_of_tomorrow",
)
MESSAGE = ("msg_too_long", "no_text", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
HOOK_ANSWERS: Mapping[str, tuple[int, type[Failure]]] = {
    "invalid_payload": (400, MessageRefused),
    "invalid_blocks": (400, MessageRefused),
    "no_text": (400, MessageRefused),
    "user_not_found": (400, Misconfigured),
    "action_prohibited": (403, Misconfigured),
    "posting_to_general_channel_denied": (403, Misconfigured),
    "team_disabled": (403, Misconfigured),
    "invalid_token": (403, Misconfigured),
    "channel_not_found": (404, Misconfigured),
    "no_service": (404, Misconfigured),
    "no_team": (404, Misconfigured),
    "channel_is_archived": (410, Misconfigured),
    "rollup_error": (500, TransientFailure),
    "a_word_of_tomorrow": (400, Misconfigured),
}
STATUSES: Mapping[str, Answered] = {
    "302": Answered(Reply(302, b"", {"Location": "/elsewhere"}), Misconfigured),
    "404 in HTML": Answered(Reply(404, b"<html>not here</html>"), Misconfigured),
    "408": Answered(Reply(408, b""), TransientFailure),
    "429": Answered(Reply(429, b"", {"Retry-After": "30"}), TransientFailure, retry_after=30.0),
    "500": Answered(Reply(500, b"oops"), TransientFailure),
    "503": Answered(Reply(503, b"", {"Retry-After": "7"}), TransientFailure, retry_after=7.0),
}


def posts(failure: type[Failure]) -> int:
    return 2 if failure is MessageRefused else 1  # the plainer form


class SlackCase(HttpCase):
    path = "forwarders.slack:Slack"
    service: Slack

    def __init__(self) -> None:
        super().__init__(Slack())

    def shown(self) -> Sequence[str]:
        return [posted.shown for posted in self.service.posted]


class SlackByWebhook(SlackCase):
    secrets = (HOOK.rpartition("/")[2],)
    acceptance = b"ok"
    answers: ClassVar = {
        "ok": Answered(Reply(200, b"ok"), None),
        "ok, with a line": Answered(Reply(200, b"ok\n"), None),
        "ok of Hookshot": Answered(reply(200, {"ok": True}), None),
        "ok of Rocket.Chat": Answered(reply(200, {"success": True}), None),
        "no of Rocket.Chat": Answered(reply(200, {"success": False}), Misconfigured),
        "ok, and more": Answered(Reply(200, b"ok computer"), Misconfigured),
        "no page": Answered(Reply(200, b"\xff<html>fine</html>"), Misconfigured),
        "no, with 200": Answered(Reply(200, b"no_service"), Misconfigured),
        "no, as a bot is told": Answered(no("invalid_auth"), Misconfigured),
        "no, for a reason of tomorrow": Answered(no("a_word_of_tomorrow"), Misconfigured),
        "429 with a word": Answered(
            Reply(429, b"rate_limited", {"Retry-After": "5"}), TransientFailure, retry_after=5.0
        ),
        **STATUSES,
        **{
            word: Answered(Reply(status, word.encode()), failure, posts(failure))
            for word, (status, failure) in HOOK_ANSWERS.items()
        },
    }

    def holds(self, name: str) -> bool:
        return super().holds(name) or any("2 of 2 attachments are missing" in text for text in self.shown())

    def options(self) -> dict[str, Any]:
        return {"webhook_url": f"{self.service.url}{HOOK}"}


class SlackByBot(SlackCase):
    secrets = (TOKEN, UPLOAD_SECRET)
    acceptance = b'{"ok":true'
    file_refusals: ClassVar = {
        "busy": FileRefused(no("ratelimited", 429), TransientFailure),
        "down": FileRefused(Reply(503, b""), TransientFailure),
        "a portal": FileRefused(Reply(200, b"<html>"), Misconfigured),
        "no scope": FileRefused(no("missing_scope"), Misconfigured),
        "its type": FileRefused(no("file_type_not_allowed"), MessageRefused),
        "its size": FileRefused(no("file_upload_size_restricted"), MessageRefused),
        "none at all": FileRefused(no("file_uploads_disabled"), MessageRefused),
    }
    answers: ClassVar = {
        "ok": Answered(reply(200, {"ok": True}), None),
        "ok with a warning": Answered(reply(200, {"ok": True, "warning": "missing_charset"}), None),
        "no, without a reason": Answered(reply(200, {"ok": False}), TransientFailure),
        "ratelimited": Answered(
            reply(429, {"ok": False, "error": "ratelimited"}, Retry_After="5"),
            TransientFailure,
            retry_after=5.0,
        ),
        "a word before its status": Answered(no("invalid_auth", 503), Misconfigured),
        **STATUSES,
        **{word: Answered(no(word), TransientFailure) for word in TRANSIENT},
        **{word: Answered(no(word), Misconfigured) for word in OPERATOR},
        **{word: Answered(no(word), MessageRefused, attempts=2) for word in MESSAGE},
    }

    def carries_file(self, request: Request) -> bool:
        return request.path.endswith("files.getUploadURLExternal")

    def options(self) -> dict[str, Any]:
        return {"bot_token": TOKEN, "channel": CHANNEL, "api_url": f"{self.service.url}/api"}
