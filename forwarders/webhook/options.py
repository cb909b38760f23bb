"""The options of a destination of type webhook."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, field_validator

from forwarders import base
from forwarders.address import reject, secure
from forwarders.webhook.signature import decode_secret


def _split(written: Any) -> Any:
    """Split a string at its commas."""
    return [each.strip() for each in written.split(",")] if isinstance(written, str) else written


class WebhookOptions(base.Options):
    """The address of the server, and the secrets that sign the posts."""

    url: SecretStr = Field(
        description="the address that accepts the posts; http only within your own network",
        examples=["https://example.org/sms"],
    )
    secrets: Annotated[tuple[SecretStr, ...], BeforeValidator(_split)] = Field(
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
                decode_secret(secret.get_secret_value())
            except ValueError as error:
                reject("secrets", str(error))
        return secrets

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Return the keys in the secrets."""
        return tuple(decode_secret(secret.get_secret_value()) for secret in self.secrets)
