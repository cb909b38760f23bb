"""The way back from a Telegram chat: what is said and pressed there, and what is shown in answer.

https://core.telegram.org/bots/api#update
"""

import asyncio
import hmac
import html
import json
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from forwarders.base import Failure, TransientFailure
from forwarders.replies import Ignored, Pressed, Replies, Said, Shown
from forwarders.telegram.compose import clean
from forwarders.telegram.failures import translate_error
from forwarders.telegram.library import Bot, Message, TelegramError
from forwarders.telegram.options import TelegramOptions
from forwarders.telegram.request import Rejected
from forwarders.text import split, utf16

HEADER = "x-telegram-bot-api-secret-token"
LONGEST_SHOWN = 3000
"""UTF-16 units of a text that is to be sent: with the rest, a message has at most 4,096."""
LARGEST_NUMBER = 1 << 52
"""Telegram's numbers have at most 52 bits. https://core.telegram.org/bots/api#chat"""
CALL_TIME = 8.0
"""Seconds that a call to Telegram may take."""
LONGEST_WORDS = 200
"""Characters of what is said about a button. https://core.telegram.org/bots/api#answercallbackquery"""
_CONTENTS = frozenset(
    {
        *("animation", "audio", "contact", "dice", "document", "game", "live_photo", "location"),
        *("paid_media", "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice"),
    }
)
"""What a message can be in place of a text; all else is of the service itself, such as a new title."""
_NOT_OWN = ("forward_origin", "forward_date", "via_bot")
"""What a message has whose words are not those of the person."""
_TOPIC = "forum_topic_created"
_SAME, _GONE = "message is not modified", ("message to edit not found", "message can't be edited")
"""What Telegram says of a change that changes nothing, or of a message that is not there."""


def name_message(bot: str, chat: str, number: int) -> str:
    """Return the name of a message: in a private chat, each bot counts for itself."""
    return f"{bot}:{chat}:{number}"


def webhook_secret(bot: str, secret: bytes) -> str:
    """Return what Telegram is to send with each request about a bot: 64 hex digits."""
    return hmac.digest(secret, f"sms-relay telegram {bot}".encode(), "sha256").hex()


class TelegramConversation:
    """One chat, or one topic in it."""

    def __init__(self, bot: Bot, options: TelegramOptions, replies: Replies) -> None:
        self.options = replies
        self._bot = bot
        self._number = options.bot
        self._chat = options.chat_id
        self._topic = options.topic
        self._username = ""

    def is_genuine(self, headers: Mapping[str, str], secret: bytes) -> bool:
        """Return whether a request comes from Telegram: it is compared in constant time."""
        given = headers.get(HEADER, "").encode("latin-1", errors="replace")
        return hmac.compare_digest(given, webhook_secret(self._number, secret).encode())

    def read_update(self, body: bytes) -> Said | Pressed | Ignored:
        """Return what an update says."""
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Ignored("it is no JSON")
        if not isinstance(update, dict):
            return Ignored("it is no update")
        for kind in ("message", "edited_message"):
            if kind in update:
                return self._said(_object(update[kind]), is_edited=kind != "message")
        return self._pressed(_object(update.get("callback_query")))

    def _said(self, message: Mapping[str, Any], *, is_edited: bool) -> Said | Ignored:
        hindrance = self._hindrance(message)
        person = _object(message.get("from"))
        user, number = _number(person, "id"), _number(message, "message_id")
        if hindrance or not user or not number or person.get("is_bot") is True:
            return Ignored(hindrance or "it is from nobody")
        text = message.get("text")
        is_plain = isinstance(text, str) and not is_edited and not any(each in message for each in _NOT_OWN)
        if not isinstance(text, str) and not _CONTENTS & message.keys():
            return Ignored("it is no message of a person")
        name = self._name(number)
        return Said(
            id=f"{name}.edited" if is_edited else name,
            user=user,
            ref=name,
            at=float(_number(message, "date")),
            text=text if is_plain else None,
            answered=self._answered(message),
            is_to_us=self._is_to_us(message),
        )

    def _is_to_us(self, message: Mapping[str, Any]) -> bool:
        """Return whether a message is in a chat with one person, or answers one of the bot's."""
        answered = _object(_object(message.get("reply_to_message")).get("from"))
        return not self._chat.startswith("-") or str(_number(answered, "id")) == self._number

    def _answered(self, message: Mapping[str, Any]) -> str:
        """Return the message that another one answers; in a topic, all others answer its first one."""
        answered = _object(message.get("reply_to_message"))
        number = _number(answered, "message_id")
        is_in_topic = message.get("is_topic_message") is True  # elsewhere the thread is the answered message
        is_first = is_in_topic and number == message.get("message_thread_id")
        return self._name(number) if number and not is_first and _TOPIC not in answered else ""

    def _pressed(self, query: Mapping[str, Any]) -> Pressed | Ignored:
        message, button = _object(query.get("message")), query.get("data")
        user, number = _number(_object(query.get("from")), "id"), _number(message, "message_id")
        if hindrance := self._hindrance(message):
            return Ignored(hindrance)
        if not isinstance(query.get("id"), str) or not isinstance(button, str) or not user or not number:
            return Ignored("it is no button of ours")
        return Pressed(query["id"], user, self._name(number), button)

    def _hindrance(self, message: Mapping[str, Any]) -> str:
        """Return why a message is not one of this conversation; empty if it is."""
        if str(_number(_object(message.get("chat")), "id")) != self._chat:
            return "it is from another chat"
        topic = message.get("message_thread_id") if message.get("is_topic_message") is True else None
        is_gone = message.get("date") == 0  # one that Telegram does not show to bots any more
        return "" if topic == self._topic or is_gone else "it is from another topic"

    def _name(self, number: int) -> str:
        return name_message(self._number, self._chat, number)

    def is_of(self, ref: str) -> bool:
        """Return whether a message is in this chat."""
        return ref.startswith(name_message(self._number, self._chat, 0)[:-1])

    async def is_called(self, name: str) -> bool:
        """Return whether a command is for this bot, by its name."""
        if not self._username:
            self._username = (await self._call(self._bot.get_me())).username or ""
        return name.lower() == self._username.lower()

    async def show(self, shown: Shown, answers: str) -> str:
        """Show something as an answer to a message; return its name, empty if Telegram did not tell it."""
        _, _, number = answers.rpartition(":")
        extras = {
            "reply_parameters": {"message_id": int(number), "allow_sending_without_reply": True},
            "link_preview_options": {"is_disabled": True},
            **_keyboard(shown),
        }
        sent = await self._call(
            self._bot.send_message(
                self._chat,
                _words(shown),
                parse_mode="HTML",
                message_thread_id=self._topic,
                api_kwargs=extras,
            )
        )
        return self._name(sent.message_id) if isinstance(sent, Message) else ""

    async def change(self, ref: str, shown: Shown) -> bool:
        """Show something else in a message that was shown; false if it was deleted, or is too old."""
        _, chat, number = ref.split(":")
        extras = {"link_preview_options": {"is_disabled": True}, **_keyboard(shown)}
        changed = await self._call(
            self._bot.edit_message_text(
                _words(shown),
                chat_id=chat,
                message_id=int(number),
                parse_mode="HTML",
                api_kwargs=extras,
            ),
            fine=(*_GONE, _SAME),
        )
        return not isinstance(changed, str) or changed == _SAME

    async def acknowledge(self, pressed: Pressed, words: str = "") -> None:
        """Tell Telegram that a button was heard: until then it shows that it waits."""
        said = words[:LONGEST_WORDS] or None
        with suppress(Failure):
            await self._call(self._bot.answer_callback_query(pressed.id, said, show_alert=bool(words)))

    async def _call(self, request: Awaitable[Any], fine: Sequence[str] = ()) -> Any:
        """Make a request within `CALL_TIME`; return the first of the words in `fine` that a refusal has."""
        try:
            async with asyncio.timeout(CALL_TIME):
                return await request
        except TimeoutError:
            raise TransientFailure(f"Telegram has not answered within {CALL_TIME:.0f} s") from None
        except TelegramError as error:
            words = error.description if isinstance(error, Rejected) else ""
            if found := next((each for each in fine if each in words), ""):
                return found
            raise translate_error(error) from None


def _words(shown: Shown) -> str:
    """Return what is shown, in HTML; a text of any direction is a paragraph of its own."""
    text = shown.text
    if utf16(text) > LONGEST_SHOWN:
        text = f"{split(text, LONGEST_SHOWN, utf16)[0]} …"
    tagged = (("b", shown.heading), ("blockquote", text), ("i", shown.state))
    return "\n".join(
        f"<{tag}>{html.escape(clean(words), quote=False)}</{tag}>" for tag, words in tagged if words
    )


def _keyboard(shown: Shown) -> dict[str, Any]:
    row = [{"text": label, "callback_data": button} for label, button in shown.buttons]
    return {"reply_markup": {"inline_keyboard": [row] if row else []}}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Mapping[str, Any], name: str) -> int:
    """Return a member that is a whole number as Telegram has them, 0 if there is none."""
    found = value.get(name)
    return found if type(found) is int and abs(found) < LARGEST_NUMBER else 0
