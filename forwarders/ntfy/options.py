"""The options of a destination of type ntfy."""

import re

from pydantic import Field, SecretStr, field_validator

from forwarders import base
from forwarders.address import reject, secure

_TOPIC = re.compile(r"[-\w]{1,64}", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]+")


class NtfyOptions(base.Options):
    """A server, a topic, and an access token."""

    url: str = Field(
        default="https://ntfy.sh",
        description="the ntfy server, if you run your own; http only within your own network",
        examples=["https://ntfy.example.org"],
    )
    topic: SecretStr = Field(
        description="the topic; on ntfy.sh whoever knows its name can read it, unless it is reserved",
        examples=["sms-3f9a1c77be02"],
    )
    token: SecretStr | None = Field(
        default=None,
        description="an access token, if the topic is protected",
        examples=["tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"],
    )
    priority: int = Field(
        default=3,
        ge=1,
        le=5,
        description="how urgent messages are, from 1 to 5; silent ones are never above 2",
        examples=[4],
    )
    click: str | None = Field(
        default=None,
        description="what a tap on a notification opens; a link in a message is never opened by itself",
        examples=["https://messages.google.com/web"],
    )

    @field_validator("url")
    @classmethod
    def _is_a_server(cls, url: str) -> str:
        parts = secure("url", url)
        if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
            reject("url", "it must be the server alone, such as https://ntfy.sh, without a topic or a login")
        return url.rstrip("/")

    @field_validator("topic")
    @classmethod
    def _is_a_topic(cls, topic: SecretStr) -> SecretStr:
        if not _TOPIC.fullmatch(topic.get_secret_value()):
            reject("topic", "it must be 1 to 64 letters, digits, '_' or '-'")
        return topic

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not _TOKEN.fullmatch(token.get_secret_value()):
            reject("token", "it is not an access token, which begins with tk_")
        return token

    @property
    def login(self) -> dict[str, str]:
        """Return the header that authenticates the request."""
        return {"Authorization": f"Bearer {self.token.get_secret_value()}"} if self.token else {}
