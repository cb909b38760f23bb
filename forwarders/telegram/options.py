"""The options of a destination of type telegram."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from forwarders import base
from forwarders.address import reject, secure
from forwarders.replies import Replies, read_replies

_TOKEN = re.compile(r"\d+:[\w-]{30,}", re.ASCII)
_CHAT = re.compile(r"-?[1-9]\d{0,15}|@[A-Za-z]\w{3,31}", re.ASCII)
_GENERAL = 1
"""The topic that every group with topics has: Telegram refuses its number, and wants none instead."""


def _check_token(written: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(written.get_secret_value().strip()):
        raise ValueError(
            "it is not the token of a bot: @BotFather gives it as digits, a colon and 35 letters and digits"
        )
    return SecretStr(written.get_secret_value().strip())


def _check_chat(written: Any) -> Any:
    chat = str(written).strip() if isinstance(written, int | str) else ""
    if isinstance(written, bool) or not _CHAT.fullmatch(chat):
        raise ValueError(
            "it is not a chat: it must be a number, such as -1001234567890, or the @name of a public group"
            " or channel"
        )
    return chat


def _check_url(written: str) -> str:
    url = written.strip().rstrip("/")
    parts = secure("api_url", url)
    if parts.query or parts.fragment:
        reject("api_url", "it must be a URL such as https://bots.example.org, without a token or a method")
    return url


class TelegramOptions(base.Options):
    """A bot, a chat, and how to reach them."""

    bot_token: Annotated[SecretStr, AfterValidator(_check_token)] = Field(
        description="the bot's token, from @BotFather",
        examples=["123456789:AAExampleExampleExampleExampleExample"],
    )
    chat_id: Annotated[str, BeforeValidator(_check_chat)] = Field(
        description="the chat: a number, negative for groups and channels, or the @name of a public one; "
        "the bot has to be in it, or the person has to have written to the bot first",
        examples=["-1001234567890", "@my_channel"],
    )
    thread_id: int | None = Field(
        default=None,
        ge=1,
        description="the topic of a group with topics; 1 is the topic General",
        examples=[42],
    )
    api_url: Annotated[str, AfterValidator(_check_url)] = Field(
        default="https://api.telegram.org",
        description="the Bot API server, if you run your own; http only within your own network",
        examples=["http://telegram-bot-api:8081"],
    )
    protect_content: bool = Field(
        default=False,
        description="whether Telegram is to keep readers from forwarding and saving the messages",
        examples=[True],
    )
    replies: Annotated[Replies | None, BeforeValidator(read_replies)] = Field(
        default=None,
        description="who may answer a forwarded SMS from this chat; left out: nobody",
        examples=[[123456789]],
    )
    transport: Literal["shared", "httpx"] = Field(
        default="shared",
        description="has no effect any more: all destinations share one HTTP client",
        examples=["shared"],
    )

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.replies and self.chat_id.startswith("@"):
            reject("replies", "needs the chat's number as chat_id: only that is in an answer")
        return self

    @property
    def bot(self) -> str:
        """Return the bot's number, which is no secret."""
        return self.bot_token.get_secret_value().partition(":")[0]

    @property
    def topic(self) -> int | None:
        """Return the topic in the form that Telegram expects."""
        return None if self.thread_id == _GENERAL else self.thread_id
