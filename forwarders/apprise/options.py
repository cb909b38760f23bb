"""What an operator decides about services that are reached by Apprise."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, field_validator

from forwarders import base
from forwarders.address import wrong
from forwarders.apprise.library import service

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][\w+-]+://)", re.ASCII)


def _listed(written: Any) -> Any:
    """Accept one text with several addresses; a comma may also be part of one."""
    return _BETWEEN.split(written.strip()) if isinstance(written, str) else written


class AppriseOptions(base.Options):
    """The addresses of services."""

    urls: Annotated[tuple[SecretStr, ...], BeforeValidator(_listed)] = Field(
        min_length=1,
        description="the address of a service as Apprise writes it, or several; each gets every message, "
        "one after another",
        examples=[["pover://user@token", "matrixs://me:password@example.org/#sms"]],
    )

    @field_validator("urls")
    @classmethod
    def _are_known(cls, urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for number, url in enumerate(urls, 1):
            if service(url.get_secret_value()) is None:
                wrong(
                    "urls",
                    f"Apprise knows no service by address {number}, or misses a part of it; "
                    "https://appriseit.com/services/ has how each is written",
                )
        return urls
