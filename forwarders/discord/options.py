"""The options of a destination of type discord."""

import re

from pydantic import Field, SecretStr, field_validator

from forwarders import base
from forwarders.address import reject, secure

_HOOK = re.compile(r"/api(/v\d+)?/webhooks/\d+/[\w-]+", re.ASCII)
_ID = re.compile(r"\d{1,20}", re.ASCII)


class DiscordOptions(base.Options):
    """A webhook of a channel, and optionally one of its threads."""

    webhook_url: SecretStr = Field(
        description="the URL of a webhook, from the channel's settings under Integrations",
        examples=["https://discord.com/api/webhooks/1234567890/XXXXXXXX"],
    )
    thread_id: str | None = Field(
        default=None,
        coerce_numbers_to_str=True,
        description="the ID of a thread in that channel, or of a post in a forum; Discord shows IDs in "
        "developer mode",
        examples=["1234567890"],
    )

    @field_validator("webhook_url")
    @classmethod
    def _is_a_hook(cls, url: SecretStr) -> SecretStr:
        parts = secure("webhook_url", url.get_secret_value())
        if parts.query or parts.fragment:
            reject("webhook_url", "leave out what follows the token; a thread is set as thread_id")
        if not _HOOK.fullmatch(parts.path):
            reject("webhook_url", "it is not a webhook of Discord: https://discord.com/api/webhooks/…/…")
        return url

    @field_validator("thread_id")
    @classmethod
    def _is_an_id(cls, thread: str | None) -> str | None:
        if thread and not _ID.fullmatch(thread):
            reject("thread_id", "it must be the thread's ID, a long number, not its name")
        return thread

    @property
    def address(self) -> str:
        """Return where messages are posted, and confirmed.

        https://discord.com/developers/docs/resources/webhook#execute-webhook
        """
        thread = f"&thread_id={self.thread_id}" if self.thread_id else ""
        return f"{self.webhook_url.get_secret_value()}?wait=true{thread}"
