"""A Telegram chat in which people answer: what they see and do, and what Telegram posts of it.

https://core.telegram.org/bots/api#update
"""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from testkit.service import File
from testkit.services.telegram import CHAT, TOKEN, Markup, Refused, Telegram

BOT = int(TOKEN.partition(":")[0])
FROM_BOT = {"id": BOT, "is_bot": True, "first_name": "Relay"}


@dataclass
class Bubble:
    """A message of the bot as the chat shows it now: its text, its buttons, and which message it answers.

    `html` is the text with its markup.
    """

    text: str
    html: str
    buttons: dict[str, str]
    answers: int = 0
    edits: int = 0


class TelegramChat(Telegram):
    """One bot and one chat; `bubbles` are the bot's messages by number, `popups` what buttons answered."""

    def __init__(self, chat: str = CHAT, **details: Any) -> None:
        super().__init__(chat, **details)
        self.bubbles: dict[int, Bubble] = {}
        self.popups: list[str] = []
        self._numbers = count(100)
        self._updates = count(7000)

    @property
    def latest(self) -> Bubble:
        """The bot's latest message."""
        return self.bubbles[max(self.bubbles)]

    def said(self, text: str | None, user: int, *, answers: int = 0, at: float = 0, **more: Any) -> bytes:
        """Return what Telegram posts of a message that a person has written, as an answer to another one."""
        message: dict[str, Any] = {
            "message_id": next(self._numbers),
            "from": {"id": user, "is_bot": False, "first_name": "Anna"},
            "chat": self.chat,
            "date": int(at),
            **({} if text is None else {"text": text}),
            **more,
        }
        if answers:
            bubble = self.bubbles.get(answers)
            if self.chat["type"] == "supergroup":  # as TDLib has it: the answered message is the thread
                message.setdefault("message_thread_id", answers)
            message["reply_to_message"] = {
                "message_id": answers,
                "from": FROM_BOT if bubble else {"id": user + 1, "is_bot": False, "first_name": "Bo"},
                "chat": self.chat,
                "date": int(at),
                "text": bubble.text if bubble else "?",
            }
        return self._update(message=message)

    def pressed(self, label: str, user: int, bubble: int = 0, **more: Any) -> bytes:
        """Return what Telegram posts when a person presses a button, of the latest message by default."""
        number = bubble or max(self.bubbles)
        message = {"message_id": number, "chat": self.chat, "date": 1, "from": FROM_BOT, **more}
        return self._update(
            callback_query={
                "id": f"query{next(self._updates)}",
                "from": {"id": user, "is_bot": False, "first_name": "Anna"},
                "message": message,
                "chat_instance": "1",
                "data": self.bubbles[number].buttons[label],
            }
        )

    def _update(self, **content: Any) -> bytes:
        return json.dumps({"update_id": next(self._updates), **content}).encode()

    def _result(self, method: str, form: dict[str, str], files: dict[str, File]) -> Any:
        if method == "answerCallbackQuery":
            if len(form.get("text", "")) > 200:
                raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
            self.popups.append(form.get("text", ""))
            return True
        if method == "editMessageText":
            self._check_chat(form)
            return self._edited(form)
        sent = super()._result(method, form, files)
        if not method.startswith("send"):
            return sent
        answers = json.loads(form.get("reply_parameters", "{}")).get("message_id", 0)
        messages = sent if isinstance(sent, list) else [sent]
        if method == "sendMediaGroup":
            messages = [dict(sent[0]) for _ in files]
        for each in messages:
            each["message_id"] = next(self._numbers)
            self.bubbles[each["message_id"]] = Bubble(
                self.shown[-1].text, form.get("text", ""), _buttons(form), answers
            )
        return messages if method == "sendMediaGroup" else messages[0]

    def _edited(self, form: dict[str, str]) -> dict[str, Any]:
        number = int(form["message_id"])
        if number not in self.bubbles:
            raise Refused(400, "Bad Request: message to edit not found")
        before, shown = self.bubbles[number], self._text(form["text"], form, 4096)
        text, buttons = _visible(shown), _buttons(form)
        if (text, buttons) == (before.text, before.buttons):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        self.bubbles[number] = Bubble(text, form["text"], buttons, before.answers, before.edits + 1)
        return {"message_id": number, "date": 1, "chat": self.chat, "text": text}

    def _button(self, markup: str | None) -> tuple[str, str]:
        keyboard = json.loads(markup)["inline_keyboard"] if markup else []
        for row in keyboard:
            for button in row:
                if not 1 <= len(button.get("callback_data", "-").encode()) <= 64:
                    raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        is_copying = [button for row in keyboard for button in row if "copy_text" in button]
        return super()._button(markup) if is_copying else ("", "")


def _visible(shown: Markup) -> str:
    return shown.text.translate({0x2060: None})


def _buttons(form: dict[str, str]) -> dict[str, str]:
    keyboard = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
    return {
        button["text"]: button["callback_data"]
        for row in keyboard
        for button in row
        if "callback_data" in button
    }
