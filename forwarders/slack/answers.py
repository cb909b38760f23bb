"""What Slack's answers mean: it explains a refusal by a word, whatever the status."""

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
_ADVICE = {
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
_SCOPES = re.compile(r"[a-z:._, -]{1,100}")
_FINE = range(200, 300)
_NOT_NOW = (408, 429, *range(500, 600))


def result(answer: Answer) -> dict[str, Any]:
    """Return what a method of the Web API answered; a "yes" counts, even if the rest is cut off.

    Raises:
        TransientFailure, Misconfigured, MessageRefused: it said anything else.
    """
    if answer.status not in _FINE or not is_ok(answer.body):
        raise failure(answer)
    told = answer.json()
    return told if isinstance(told, dict) else {}


def says_ok(body: bytes) -> bool:
    """Return whether an incoming webhook, or a server that takes Slack's, says that it took a message.

    Slack and Mattermost say `ok`, Matrix's Hookshot `{"ok":true}`, Rocket.Chat `{"success":true}`.
    https://github.com/mattermost/mattermost/blob/master/server/channels/web/webhook.go
    https://github.com/matrix-org/matrix-hookshot/blob/main/src/generic/Router.ts
    https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/api/server/ApiClass.ts
    """
    return body.strip() == b"ok" or is_ok(body) or member(body, "success") is True


def check_hook(answer: Answer) -> None:
    """Accept what an incoming webhook answered.

    Raises:
        TransientFailure, Misconfigured, MessageRefused: it refused.
    """
    if answer.status not in _FINE or not says_ok(answer.body):
        raise failure(answer)


def failure(answer: Answer) -> Failure:
    """Return what a refusal means, by its word if that is known, else by its status."""
    said = word(answer)
    told = f"{said}, {answer.status}" if said else str(answer.status)
    known = _meaning(answer, said)
    if known:
        return known
    if answer.status in _NOT_NOW:
        return TransientFailure(f"Slack is busy or down ({told})", retry_after(answer))
    if answer.status in _FINE and not said:
        return _unexplained(answer)
    return Misconfigured(f"Slack refuses, for a reason that is not known here ({told})")


def word(answer: Answer) -> str:
    """Return the word by which Slack explains itself, or nothing: other texts are not repeated."""
    told = answer.json()
    said = told.get("error") if isinstance(told, dict) else answer.body.decode("ascii", "replace").strip()
    return said if isinstance(said, str) and said != "ok" and _WORD.fullmatch(said) else ""


def _meaning(answer: Answer, said: str) -> Failure | None:
    if said in _FILE_REFUSED:
        return MessageRefused(f"Slack does not take the file ({said})")
    if said in _REFUSED or said.startswith("invalid_blocks"):
        return MessageRefused(f"Slack does not take this message ({said})")
    if said in _BUSY:
        return TransientFailure(f"Slack is busy or down ({said})", retry_after(answer))
    if said == "missing_scope":
        return Misconfigured(
            f"{_missing(answer)}: add it, and install the app to the workspace again ({said})"
        )
    advice = _FORBIDDEN if said.startswith("restricted_action") else _ADVICE.get(said)
    return Misconfigured(f"{advice} ({said})") if advice else None


def _unexplained(answer: Answer) -> Failure:
    if member(answer.body, "ok") is False:
        return TransientFailure("Slack did not take the message, and does not say why")
    return not_accepted(answer, "Slack")


def _missing(answer: Answer) -> str:
    needed = answer.json().get("needed")
    known = isinstance(needed, str) and _SCOPES.fullmatch(needed)
    return (
        f"the bot lacks the scope {needed}" if known else "the bot lacks a scope (chat:write or files:write)"
    )
