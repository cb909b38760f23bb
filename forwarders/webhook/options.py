"""What an operator decides about a server of one's own."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, field_validator

from forwarders import base
from forwarders.address import secure, wrong
from forwarders.webhook.signature import key


def _listed(written: Any) -> Any:
    """Accept one text with commas."""
    return [each.strip() for each in written.split(",")] if isinstance(written, str) else written


class WebhookOptions(base.Options):
    """Where the server is, and what it knows us by."""

    url: SecretStr = Field(
        description="where the server takes posts; https, or http on this machine",
        examples=["https://example.org/sms"],
    )
    secrets: Annotated[tuple[SecretStr, ...], BeforeValidator(_listed)] = Field(
        min_length=1,
        description="what posts are signed with: whsec_ and 24 to 64 random bytes in base64; several, with "
        'commas, while it is changed. `echo "whsec_$(openssl rand -base64 32)"` makes one',
        examples=[["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="]],
    )

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: SecretStr) -> SecretStr:
        secure("url", url.get_secret_value())
        return url

    @field_validator("secrets")
    @classmethod
    def _are_keys(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in secrets:
            try:
                key(secret.get_secret_value())
            except ValueError as error:
                wrong("secrets", str(error))
        return secrets

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Return the keys that the secrets stand for."""
        return tuple(key(secret.get_secret_value()) for secret in self.secrets)
