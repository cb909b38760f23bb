"""What the refusals of Telegram mean, and what the operator can do about them."""

import re
from http import HTTPStatus

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.telegram.compose import TelegramPost
from forwarders.telegram.library import TelegramError
from forwarders.telegram.request import Rejected

_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_TOKEN_STATUSES = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
_DESCRIBED_STATUSES = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT)
"""The statuses whose descriptions say what is wrong."""
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
"""Complaints about a file that may not recur at another attempt."""
_FILE_NEVER = re.compile(
    r"too (big|large)|too_big|non-empty|empty file|file_emtpy|file_empty|(content_type|file|document)_invalid"
    r"|entity too large"
)
"""The only complaints for which a file is given up."""
_RIGHTS = re.compile(r"right|forbidden|not allowed|permission|admin|restricted|closed|thread|chat not found")
"""Complaints that only the operator can fix, whatever else they mention."""
_REFUSED = re.compile(
    r"(message|text|caption) is too long|(message|caption)_too_long"
    r"|text must be non-empty|message text is empty|message_empty"
)
"""The only complaints for which a message is given up, in the wording of https://github.com/tdlib/td."""
_REMEDIES = {
    r"chat not found|peer_id_invalid|chat_id is empty|chat_id_invalid": (
        "the bot does not know the chat: check chat_id; a person has to write to the bot first, "
        "and a group or channel has to add the bot"
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
_AWAY = "Telegram cannot be reached, or has an internal problem"
_UNKNOWN_BOT = (
    "Telegram does not accept the bot's token: copy it again from @BotFather (with a Bot API server of "
    "your own, check api_url too)"
)


def simplify(post: TelegramPost, error: TelegramError) -> tuple[TelegramPost, str] | None:
    """Return a simpler form of a post and what it loses, if the refusal is about its form and definite."""
    words = _words(error)
    if post.markup and (_FORM.search(words) or _REFUSED.search(words)):
        return post.without_markup(), "sent without markup, which Telegram did not accept"
    if post.photos and _is_about_files(words) and not _FILE_NOT_NOW.search(words) and not _is_of_proxy(error):
        return post.with_photos_as_files(), "photos were sent as files: Telegram did not accept them"
    return None


def file_failure(post: TelegramPost, error: TelegramError) -> Failure | None:
    """Return what a refusal means for the files of a post, or None if it is not about them."""
    words = _words(error)
    if not post.files or not _is_about_files(words):
        return None
    if _is_of_proxy(error):
        return Misconfigured("a proxy in front of the Bot API server does not take a file of this size (413)")
    if _FILE_NOT_NOW.search(words) or not _FILE_NEVER.search(words):
        return TransientFailure("Telegram does not take the file for now")
    return Misconfigured(_NEEDED) if post.needed else MessageRefused(_TAKES_NO)


def translate_error(error: TelegramError) -> Failure:
    """Return the failure that an error means; what Telegram said is not quoted, as it may hold text."""
    if isinstance(error.__cause__, Failure):  # raised by `SharedRequest`, wrapped by the library
        return error.__cause__
    if not isinstance(error, Rejected):
        return TransientFailure(_AWAY)
    if error.is_busy or error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return TransientFailure("Telegram wants fewer messages", error.retry_after)
    if error.status in _TOKEN_STATUSES:
        return Misconfigured(_UNKNOWN_BOT)
    if error.status in _DESCRIBED_STATUSES:
        return _translate_words(_words(error))
    if error.status == HTTPStatus.REQUEST_TIMEOUT or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientFailure(_AWAY, error.retry_after)
    return Misconfigured(f"Telegram's answer is not one of a Bot API server ({error.status}): check api_url")


def _translate_words(words: str) -> Failure:
    if _REFUSED.search(words):
        return MessageRefused("Telegram takes no message of this length or content")
    for pattern, remedy in _REMEDIES.items():
        if re.search(pattern, words):
            return Misconfigured(remedy)
    return Misconfigured("Telegram refuses the message for an unknown reason: try a test message")


def _is_of_proxy(error: TelegramError) -> bool:
    """Return whether a file is too large for something that is in front of the Bot API server."""
    return isinstance(error, Rejected) and error.status == _TOO_LARGE and not error.is_from_telegram


def _is_about_files(words: str) -> bool:
    return bool(_FILE.search(words)) and not _RIGHTS.search(words)


def _words(error: TelegramError) -> str:
    """Return what Telegram says is wrong with a message, in lower case."""
    if not isinstance(error, Rejected):
        return ""
    if error.status == _TOO_LARGE:
        return "file too large"
    return error.description.removeprefix("bad request: ") if error.status in _DESCRIBED_STATUSES else ""
