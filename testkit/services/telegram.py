"""A Telegram Bot API server: it reads markup, limits and files as the real one does, and shows the chat."""

import html
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from forwarders.telegram.pictures import read_size
from testkit.service import Act, File, Request, Service, reply
from testkit.services.telegram_webhook import Webhook

TOKEN = "123456789:AAF-telegram_token_that_is_secret_01"
CHAT = "-1001234567890"
TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote"}
CONTROLS = dict.fromkeys([*range(0x0D), *range(0x0E, 0x20)], " ") | {0x0A: "\n", 0x0D: None}
DROPPED = dict.fromkeys([*range(0x2028, 0x202F), 0x30A, 0x333, 0x33F])
"""https://github.com/tdlib/td/blob/master/td/telegram/misc.cpp"""
MENTION = re.compile(r"\B@([a-zA-Z0-9_]{2,32})\b")
"""https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp"""
INVISIBLE = {0x2060: None}


class Refused(Exception):
    """A request that is answered by an error."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.reply = reply(
            status,
            {"ok": False, "error_code": status, "description": description}
            | ({"parameters": parameters} if parameters else {}),
        )


@dataclass(frozen=True)
class Shown:
    """One message as the chat shows it."""

    method: str
    text: str = ""
    mentions: tuple[str, ...] = ()
    bold: str = ""
    code: str = ""
    copies: str = ""
    label: str = ""
    files: tuple[File, ...] = ()
    silent: bool = False
    protected: bool = False
    preview: bool = True
    topic: str = ""
    chat: str = ""


@dataclass
class Markup(HTMLParser):
    """The text that a reader sees, and what of it is bold or code."""

    text: str = ""
    marked: dict[str, str] = field(default_factory=lambda: {"b": "", "code": ""})
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=False)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or attrs:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in self.open:
            self.marked[tag] = self.marked.get(tag, "") + data

    def handle_entityref(self, name: str) -> None:
        known = name in ("lt", "gt", "amp", "quot")
        self.handle_data(html.unescape(f"&{name};") if known else f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&#{name};"))


class Telegram(Service):
    """A server with one bot and one chat."""

    def __init__(self, chat: str = CHAT, **details: Any) -> None:
        super().__init__()
        self.chat = {"id": int(chat), "type": "supergroup", "is_forum": True, **details}
        self.shown: list[Shown] = []
        self.moved_to: int | None = None
        self.topics = {"", "7"}
        self.buttons = True
        self.webhook = Webhook()

    async def respond(self, request: Request) -> Act:
        """Do what the request asks for."""
        _, bot, method = request.path.split("/")
        if bot != f"bot{TOKEN}":
            return Refused(401, "Unauthorized").reply
        if answer := self.webhook.answer(method, request):
            return answer
        try:
            result = self._result(method, request.form(), request.files())
        except Refused as refused:
            return refused.reply
        return reply(200, {"ok": True, "result": result})

    def _result(self, method: str, form: dict[str, str], files: dict[str, File]) -> Any:
        if method == "getMe":
            return {"id": 123456789, "is_bot": True, "first_name": "Relay", "username": "relay_bot"}
        self._check_chat(form)
        if method == "getChat":
            details = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}
            return {**self.chat, **details}
        if form.get("message_thread_id", "") not in self.topics:
            raise Refused(400, "Bad Request: message thread not found")
        self.shown.append(self._sent(method, form, files))
        one = {"message_id": len(self.shown), "date": 1700000000, "chat": self.chat}
        return [one] if method == "sendMediaGroup" else one

    def _check_chat(self, form: dict[str, str]) -> None:
        if self.moved_to is not None and form["chat_id"] != str(self.moved_to):
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved_to,
            )
        if form["chat_id"] not in (str(self.moved_to or self.chat["id"]), "@relay_chat"):
            raise Refused(400, "Bad Request: chat not found")

    def _sent(self, method: str, form: dict[str, str], files: dict[str, File]) -> Shown:
        words = form.get("text", form.get("caption", ""))
        if method == "sendMediaGroup":
            words, form, files = _album(form, files)
        shown = self._text(words, form, 4096 if method == "sendMessage" else 1024)
        if method == "sendMessage" and not shown.text:
            raise Refused(400, "Bad Request: message text is empty")
        label, copies = self._button(form.get("reply_markup"))
        for name, file in files.items():
            _check_file(name, file)
        return Shown(
            method=method,
            text=shown.text.translate(INVISIBLE),
            mentions=tuple(MENTION.findall(shown.text)),
            bold=shown.marked["b"],
            code=shown.marked["code"],
            label=label,
            copies=copies,
            files=tuple(files.values()),
            silent=form.get("disable_notification") == "true",
            protected=form.get("protect_content") == "true",
            preview=not json.loads(form.get("link_preview_options", "{}")).get("is_disabled"),
            topic=form.get("message_thread_id", ""),
            chat=form["chat_id"],
        )

    def _text(self, words: str, form: dict[str, str], limit: int) -> Markup:
        if len(words.encode()) > 32768:
            raise Refused(400, "Bad Request: text is too long")
        shown = Markup()
        if form.get("parse_mode") == "HTML":
            shown.feed(words)
            shown.close()
            if shown.open:
                raise Refused(400, "Bad Request: can't parse entities: Can't find end tag")
        else:
            shown.text = words
        shown.text = shown.text.translate(CONTROLS).translate(DROPPED).strip(" \n")
        if len(shown.text) > limit:
            what = "message" if limit == 4096 else "message caption"
            raise Refused(400, f"Bad Request: {what} is too long")
        return shown

    def _button(self, markup: str | None) -> tuple[str, str]:
        if markup is None:
            return "", ""
        [[button]] = json.loads(markup)["inline_keyboard"]
        copies = button["copy_text"]["text"]
        if not self.buttons or not 1 <= len(copies) <= 256:
            raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        return button["text"], copies


GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def _album(form: dict[str, str], files: dict[str, File]) -> tuple[str, dict[str, str], dict[str, File]]:
    """Return the words of an album, the form that they are in, and the files by what they are to be."""
    media = json.loads(form["media"])
    if not 2 <= len(media) <= 10 or "reply_markup" in form:
        raise Refused(400, "Bad Request: wrong number of media in the album")
    if len({each["type"] for each in media}) > 1:
        raise Refused(400, "Bad Request: document can't be mixed with other media types")
    words = "".join(each.get("caption", "") for each in media)
    named = {
        f"{each['type']}{at}": files[each["media"].removeprefix("attach://")] for at, each in enumerate(media)
    }
    return words, {**form, "parse_mode": media[0].get("parse_mode", "")}, named


def _check_file(name: str, file: File) -> None:
    if not file.data:
        raise Refused(400, "Bad Request: file must be non-empty")
    if len(file.data) > 50_000_000:
        raise Refused(413, "Request Entity Too Large")
    if not re.match("photo", name):
        return
    sides = read_size(file.data)
    if sides is None or b"broken" in file.data:
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if sum(sides) > 10_000:
        raise Refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    if len(file.data) > 10_000_000:
        raise Refused(400, "Bad Request: file is too big")
