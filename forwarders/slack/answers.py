"""What Slack's answers mean: it explains a refusal by an error code in words, whatever the status."""

import re
from typing import Any

from forwarders.acceptance import is_ok, member
from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.http import Answer, retry_after
from forwarders.status import not_accepted

_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}")
_BUSY = {"ratelimited", "rate_limited", "service_unavailable", "request_timeout", "internal_error"}
_BUSY |= {"fatal_error", "rollup_error", "team_added_to_org"}
_REFUSED = {"msg_too_long", "msg_blocks_too_long", "no_text", "invalid_payload"}
_FILE_REFUSED = {"file_type_not_allowed", "blocked_file_type", "slack_connect_blocked_file_type"}
_FILE_REFUSED |= {"file_upload_size_restricted", "malware_detected", "file_uploads_disabled"}
_FILE_REFUSED |= {"file_uploads_except_images_disabled", "slack_connect_file_upload_sharing_blocked"}
_TOKEN = "the bot token is not valid, or no longer: set a new one"  # noqa: S105  a sentence, no token
_HOOK = "the webhook is not valid, or no longer: make a new one and set its URL"
_ARCHIVED = "the channel is archived: choose another"
_FORBIDDEN = "the workspace does not allow posting there: ask its administrator, or choose another channel"
_REMEDIES = {
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "account_inactive": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "not_allowed_token_type": _TOKEN,
    "invalid_token": _HOOK,
    "no_service": _HOOK,
    "no_team": _HOOK,
    "team_disabled": _HOOK,
    "is_archived": _ARCHIVED,
    "channel_is_archived": _ARCHIVED,
    "action_prohibited": _FORBIDDEN,
    "posting_to_general_channel_denied": _FORBIDDEN,
    "channel_not_found": "there is no such channel, or the bot is not in it: invite it by /invite @its-name",
    "not_in_channel": "the bot is not in the channel: invite it by /invite @its-name",
    "user_not_found": "the webhook's user is gone: make a new webhook and set its URL",
}
_RESTRICTED = {"restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_locked"}
_RESTRICTED |= {"restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"}
_INVALID_BLOCKS = {"invalid_blocks", "invalid_blocks_format"}
_SCOPES = {
    "chat:write",
    "chat:write.public",
    "files:write",
    "channels:read",
    "groups:read",
    "incoming-webhook",
}
_FINE = range(200, 300)
_NOT_NOW = (408, 429, *range(500, 600))


def read_result(answer: Answer) -> dict[str, Any]:
    """Return what a method of the Web API answered; its `ok` counts even if the rest is cut off.

    Raises:
        TransientFailure, Misconfigured, MessageRefused: the answer is anything else.
    """
    if answer.status not in _FINE or not is_ok(answer.body):
        raise translate_answer(answer)
    body = answer.json()
    return body if isinstance(body, dict) else {}


def is_hook_acceptance(body: bytes) -> bool:
    """Return whether an incoming webhook, of Slack or of a compatible server, has accepted a message.

    Slack and Mattermost answer `ok`, Matrix's Hookshot `{"ok":true}`, Rocket.Chat `{"success":true}`.
    https://github.com/mattermost/mattermost/blob/master/server/channels/web/webhook.go
    https://github.com/matrix-org/matrix-hookshot/blob/main/src/generic/Router.ts
    https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/api/server/ApiClass.ts
    """
    return body.strip() == b"ok" or is_ok(body) or member(body, "success") is True


def check_hook_answer(answer: Answer) -> None:
    """Check what an incoming webhook answered.

    Raises:
        TransientFailure, Misconfigured, MessageRefused: it is no acceptance.
    """
    if answer.status not in _FINE or not is_hook_acceptance(answer.body):
        raise translate_answer(answer)


def translate_answer(answer: Answer) -> Failure:
    """Return what a refusal means, by its error code if that is known, else by its status."""
    code = read_error_code(answer)
    if failure := _translate_code(answer, code):
        return failure
    shown = f"an unknown word, {answer.status}" if code else str(answer.status)
    if answer.status in _NOT_NOW:
        return TransientFailure(f"Slack is busy or down ({shown})", retry_after(answer))
    if answer.status in _FINE and not code:
        return _translate_unexplained(answer)
    return Misconfigured(f"Slack refuses the message for an unknown reason ({shown})")


def read_error_code(answer: Answer) -> str:
    """Return the error code in an answer, or an empty string; it may be a text that looks like a code."""
    body = answer.json()
    code = body.get("error") if isinstance(body, dict) else answer.body.decode("ascii", "replace").strip()
    return code if isinstance(code, str) and code != "ok" and _WORD.fullmatch(code) else ""


def _translate_code(answer: Answer, code: str) -> Failure | None:
    if code in _FILE_REFUSED:
        return MessageRefused(f"Slack does not take the file ({code})")
    if code in _REFUSED or code.startswith("invalid_blocks"):
        return MessageRefused(f"Slack does not take this message ({_shown(code, 'invalid_blocks')})")
    if code in _BUSY:
        return TransientFailure(f"Slack is busy or down ({code})", retry_after(answer))
    if code == "missing_scope":
        return Misconfigured(
            f"{_describe_missing_scope(answer)}: add it, and install the app to the workspace again ({code})"
        )
    if code.startswith("restricted_action"):
        return Misconfigured(f"{_FORBIDDEN} ({_shown(code, 'restricted_action')})")
    return Misconfigured(f"{_REMEDIES[code]} ({code})") if code in _REMEDIES else None


def _shown(code: str, beginning: str) -> str:
    """Return a code that is listed, else the beginning by which it was recognized."""
    return code if code in _REFUSED | _RESTRICTED | _INVALID_BLOCKS else beginning


def _translate_unexplained(answer: Answer) -> Failure:
    if member(answer.body, "ok") is False:
        return TransientFailure("Slack did not accept the message, and does not say why")
    return not_accepted(answer, "Slack")


def _describe_missing_scope(answer: Answer) -> str:
    needed = member(answer.body, "needed")
    if isinstance(needed, str) and needed in _SCOPES:
        return f"the bot lacks the scope {needed}"
    return "the bot lacks a scope (chat:write or files:write)"
