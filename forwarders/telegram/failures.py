"""What the refusals of Telegram mean, and what the operator can do about them."""

import re
from http import HTTPStatus

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.telegram.answers import Unlisted
from forwarders.telegram.compose import TelegramPost
from forwarders.telegram.library import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

_TOO_LARGE, _BUSY = 413, 429
_FORM = re.compile(r"can't parse|can't find end|unsupported start tag|button|keyboard|reply_?markup|entit")
"""Complaints about markup or buttons."""
_FILE = re.compile(
    r"photo|image|picture|file|media|document|album|dimension|group send|md5|wrong type of the web"
)
"""Complaints about a file."""
_FILE_NOT_NOW = re.compile(
    r"temporar|file_part|file part|missing|checksum|internal|timeout|timed out|time-out|try again|later"
    r"|unavailable|generation|group send"
)
"""Complaints about a file that another try may not hear again."""
_FILE_NEVER = re.compile(
    r"too (big|large)|too_big|non-empty|empty file|file_emtpy|file_empty|(content_type|file|document)_invalid"
    r"|entity too large"
)
"""All for which a file is given up."""
_RIGHTS = re.compile(r"right|forbidden|not allowed|permission|admin|restricted|closed|thread|chat not found")
"""Complaints that only the operator can mend, whatever else they name."""
_REFUSED = re.compile(
    r"(message|text|caption) is too long|(message|caption)_too_long"
    r"|text must be non-empty|message text is empty|message_empty"
)
"""All for which a message is given up, as https://github.com/tdlib/td words it."""
_REMEDIES = {
    r"chat not found|peer_id_invalid|chat_id is empty|chat_id_invalid": (
        "the bot does not know the chat: check chat_id; a person has to write to the bot first, "
        "to a group or channel the bot has to be added"
    ),
    r"thread|topic_id|topic not found|topic_deleted": "the topic does not exist: check thread_id",
    r"topic_closed|topic is closed": "the topic is closed: open it, or let the bot manage topics",
    r"blocked": "the person has blocked the bot: unblock it in Telegram, or change chat_id",
    r"initiate conversation": "the person has to write to the bot first: open the bot and press Start",
    r"can't send messages to bots": "chat_id is a bot: it must be a person, a group or a channel",
    r"kicked": "the bot was removed from the group: add it again",
    r"not a member": "the bot is not in the group or channel: add it, to a channel as an administrator",
    r"deactivated|deleted": "the chat does not exist any more: set chat_id to another one",
    r"upgraded": "the group has become a supergroup with a new id: set chat_id to it",
    _RIGHTS.pattern: "the bot may not write there: give it the right to send messages, pictures and files",
}
_TAKES_NO = "Telegram does not take the file: it was not sent"
_NEEDED = "Telegram does not take the file that holds the whole of a long text: try a test message"
_AWAY = "Telegram cannot be reached, or has trouble of its own"
_UNKNOWN_BOT = (
    "Telegram does not accept the bot's token: copy it again from @BotFather (with a server of one's own, "
    "check api_url too)"
)


def simpler(post: TelegramPost, error: TelegramError) -> tuple[TelegramPost, str] | None:
    """Return a simpler form of a post and what it loses, if the refusal is about its form and definite."""
    words = _words(error)
    if post.markup and (_FORM.search(words) or _REFUSED.search(words)):
        return post.unmarked(), "sent without markup, which Telegram did not accept"
    if post.photos and _is_about_files(words) and not _FILE_NOT_NOW.search(words) and not _in_front(error):
        return post.unpictured(), "photos were sent as files: Telegram did not accept them"
    return None


def of_files(post: TelegramPost, error: TelegramError) -> Failure | None:
    """Return what a refusal means for the files of a post, or None if it is not about them."""
    words = _words(error)
    if not post.files or not _is_about_files(words):
        return None
    if _in_front(error):
        return Misconfigured("what is in front of the Bot API server takes no file of this size (413)")
    if _FILE_NOT_NOW.search(words) or not _FILE_NEVER.search(words):
        return TransientFailure("Telegram does not take the file for now")
    return Misconfigured(_NEEDED) if post.needed else MessageRefused(_TAKES_NO)


def _in_front(error: TelegramError) -> bool:
    """Return whether the answer is not Telegram's own."""
    return isinstance(error, Unlisted) and not error.own


def _is_about_files(words: str) -> bool:
    return bool(_FILE.search(words)) and not _RIGHTS.search(words)


def failure(error: TelegramError) -> Failure:
    """Tell an error of the library as one of ours; what Telegram said is not quoted: it may hold text."""
    if isinstance(error.__cause__, Failure):  # the shared client knew better than the library
        return error.__cause__
    if isinstance(error, Unlisted):
        return _unlisted(error)
    if isinstance(error, InvalidToken):
        return Misconfigured(_UNKNOWN_BOT)
    if isinstance(error, BadRequest | Forbidden | Conflict | ChatMigrated):
        return _refusal(_words(error))
    return TransientFailure(_AWAY)


def _unlisted(error: Unlisted) -> Failure:
    if error.status == _BUSY:
        return TransientFailure("Telegram wants fewer messages", error.wait)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientFailure(_AWAY, error.wait)
    return Misconfigured(f"Telegram's answer is not one of a Bot API server ({error.status}): check api_url")


def _refusal(words: str) -> Failure:
    if _REFUSED.search(words):
        return MessageRefused("Telegram takes no message of this length or content")
    for pattern, mend in _REMEDIES.items():
        if re.search(pattern, words):
            return Misconfigured(mend)
    code = re.fullmatch(r"[a-z]+(_[a-z]+)+", words)  # Telegram's own words; whole sentences may quote ours
    return Misconfigured(
        f"Telegram refuses the message{f' ({code[0].upper()})' if code else ''}: try a test message"
    )


def _words(error: TelegramError) -> str:
    """Return what Telegram said in lower case: the library changes the case of some of it."""
    if isinstance(error, Unlisted):
        return "file too large" if error.status == _TOO_LARGE else ""
    return (
        error.message.lower() if isinstance(error, BadRequest | Forbidden | ChatMigrated | Conflict) else ""
    )
