"""Telegram by a bot: text with the code first and a button that copies it, photos, albums and files."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from forwarders import base
from forwarders.base import Forwarder, Message, MessageRefused, Probe, Receipt, TransientFailure
from forwarders.http import Http
from forwarders.parts import send_without_files
from forwarders.telegram.compose import TelegramPost, compose
from forwarders.telegram.conversation import TelegramConversation, name_message
from forwarders.telegram.failures import file_failure, simplify, translate_error
from forwarders.telegram.library import InputMediaDocument, InputMediaPhoto, TelegramError
from forwarders.telegram.library import Message as TelegramMessage
from forwarders.telegram.options import TelegramOptions
from forwarders.telegram.request import Rejected, build_bot
from forwarders.text import file_name, utf16

LONGEST_COPY = 256
"""Characters that a button can copy. https://core.telegram.org/bots/api#copytextbutton"""
_TOO_LARGE = "a file is too large for Telegram: it was not sent"


class Telegram(Forwarder[TelegramPost]):
    """Post to one chat, or to one topic in it."""

    Options: ClassVar[type[base.Options]] = TelegramOptions

    def __init__(self, options: TelegramOptions, http: Http) -> None:
        self._chat = options.chat_id
        self._number = options.bot
        self._bot = build_bot(options, http)
        self.conversation = (
            TelegramConversation(self._bot, options, options.replies) if options.replies else None
        )
        self._common: dict[str, Any] = {
            "message_thread_id": options.topic,
            "protect_content": options.protect_content or None,
        }

    def plan(self, message: Message) -> tuple[TelegramPost, ...]:
        """Return the texts, then the albums; a short text is the caption of the first album."""
        return compose(message)

    async def send(self, post: TelegramPost) -> Receipt:
        """Make one post; a second request follows only if its form, its files or its chat was refused."""
        if post.too_large:
            raise MessageRefused(_TOO_LARGE, refused=dict.fromkeys(post.names, _TOO_LARGE))
        remarks: list[str] = []
        ids: list[str] = []
        await self._send(post, self._chat, remarks, ids)
        return Receipt("; ".join(dict.fromkeys(remarks)) or None, tuple(ids))

    async def _send(self, post: TelegramPost, chat: str, remarks: list[str], ids: list[str]) -> None:
        while error := await self._try_post(post, chat, ids):
            if isinstance(error, Rejected) and error.new_chat_id and chat == self._chat:
                chat = str(error.new_chat_id)
                remarks.append(f"the group has become a supergroup: set chat_id to {chat}")
            elif simpler := simplify(post, error):
                post, loss = simpler
                remarks.append(loss)
            elif refusal := file_failure(post, error):
                return await send_without_files(
                    post, refusal, partial(self._send, chat=chat, remarks=remarks, ids=ids)
                )
            else:
                raise translate_error(error)
        return None

    async def probe(self) -> Probe:
        """Check the token and the chat; whether the bot may write there is not known."""
        try:
            await self._bot.get_me()
            chat = await self._bot.get_chat(self._chat)
        except TelegramError as error:
            failure = translate_error(error)
            return Probe("unreachable" if isinstance(failure, TransientFailure) else "wrong", failure.reason)
        except Exception:  # noqa: BLE001  the library does not check the form of an answer
            return Probe("unreachable", "Telegram's answer is not understood")
        if not self._common["message_thread_id"]:
            return Probe("ok")
        if chat.type == chat.SUPERGROUP and not chat.is_forum:
            return Probe("wrong", "the group has no topics: remove thread_id")
        return Probe("ok", "whether the topic exists is only known once something is sent")

    async def _try_post(self, post: TelegramPost, chat: str, ids: list[str]) -> TelegramError | None:
        try:
            sent = await self._post(post, chat)
        except TelegramError as error:
            return error
        names = (each.message_id for each in sent if isinstance(each, TelegramMessage))
        ids += [name_message(self._number, chat, each) for each in names]
        return None

    async def _post(self, post: TelegramPost, chat: str) -> Sequence[Any]:
        """Make one request; return the messages as the library reads them."""
        common = {**self._common, "chat_id": chat, "disable_notification": post.silent or None}
        if post.markup:
            common |= {"parse_mode": "HTML"}
        if len(post.files) > 1:
            return await self._bot.send_media_group(
                media=_album(post), caption=_words(post) or None, **common
            )
        common |= {"api_kwargs": _encode_extras(post)}
        if post.files:
            return [await self._send_file(post, common)]
        return [await self._bot.send_message(text=_words(post), **common)]

    async def _send_file(self, post: TelegramPost, common: dict[str, Any]) -> Any:
        [file] = post.files
        common |= {"caption": _words(post) or None, "filename": file_name(file)}
        if post.photos:
            return await self._bot.send_photo(photo=file.data, **common)
        return await self._bot.send_document(document=file.data, **common)


def _words(post: TelegramPost) -> str:
    return post.text.html if post.markup else post.text.plain


def _album(post: TelegramPost) -> list[InputMediaPhoto | InputMediaDocument]:
    kind = InputMediaPhoto if post.photos else InputMediaDocument
    return [kind(file.data, filename=file_name(file)) for file in post.files]


def _encode_extras(post: TelegramPost) -> dict[str, Any]:
    """Return parameters in Telegram's own JSON: the library takes long to convert its objects to it."""
    extras: dict[str, Any] = {}
    if not post.files:
        extras["link_preview_options"] = {"is_disabled": True}  # a preview can use up a link that works once
    if post.code and post.markup and utf16(post.code) <= LONGEST_COPY:
        button = {"text": f"Copy {post.code}", "copy_text": {"text": post.code}}
        extras["reply_markup"] = {"inline_keyboard": [[button]]}
    return extras
