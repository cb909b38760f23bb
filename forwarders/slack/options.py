"""The options of a destination of type slack."""

import re

from pydantic import Field, SecretStr, field_validator, model_validator

from forwarders import base
from forwarders.address import reject, secure

_TOKEN = re.compile(r"xox[\w.-]+", re.ASCII)
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{5,}")
_HOOK = re.compile(r"/services(/[\w-]+){3}", re.ASCII)


class SlackOptions(base.Options):
    """An incoming webhook; or a bot token and a channel, which can also send pictures."""

    webhook_url: SecretStr | None = Field(
        default=None,
        description="the URL of an incoming webhook, which leads to one channel",
        examples=["https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXX"],
    )
    bot_token: SecretStr | None = Field(
        default=None,
        description="instead of a webhook: the token of a bot with the scopes chat:write and files:write",
        examples=["xoxb-…"],
    )
    channel: str | None = Field(
        default=None,
        description="the channel's ID, which Slack shows at the end of the channel's details; invite the bot",
        examples=["C0123456789"],
    )
    api_url: str = Field(
        default="https://slack.com/api",
        description="the address of the Web API, if not Slack's usual one",
        examples=["https://slack.com/api"],
    )

    @model_validator(mode="after")
    def _one_way(self) -> "SlackOptions":
        if self.webhook_url and (self.bot_token or self.channel):
            reject("webhook_url", "there is also a bot token or a channel; remove them, or the webhook")
        if self.bot_token and not self.channel:
            reject("channel", "missing: a bot token needs the ID of a channel, such as C0123456789")
        if self.channel and not self.bot_token:
            reject("bot_token", "missing: a channel needs the token of a bot; a webhook needs neither")
        if not self.webhook_url and not self.bot_token:
            reject("webhook_url", "missing: set the URL of an incoming webhook, or a bot token and a channel")
        return self

    @field_validator("webhook_url")
    @classmethod
    def _is_a_hook(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        written = url.get_secret_value().strip()
        parts = secure("webhook_url", written)
        if (parts.hostname or "").endswith("slack.com") and not _HOOK.fullmatch(parts.path):
            reject("webhook_url", "it is not an incoming webhook: https://hooks.slack.com/services/T…/B…/…")
        return SecretStr(written)

    @field_validator("bot_token")
    @classmethod
    def _is_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None:
            return None
        written = token.get_secret_value().strip()
        if not _TOKEN.fullmatch(written):
            reject("bot_token", "it is not the token of a bot, which begins with xoxb-")
        return SecretStr(written)

    @field_validator("channel")
    @classmethod
    def _is_an_id(cls, channel: str | None) -> str | None:
        written = channel.strip() if channel is not None else None
        if written is not None and not _CHANNEL.fullmatch(written):
            reject("channel", "it must be the channel's ID, such as C0123456789, not its name")
        return written

    @field_validator("api_url")
    @classmethod
    def _is_a_url(cls, url: str) -> str:
        secure("api_url", url.strip())
        return url.strip().rstrip("/")
