"""The options of a destination of type apprise."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from forwarders import base
from forwarders.address import reject
from forwarders.apprise.library import create_service, missing_libraries

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][\w+-]+://)", re.ASCII)


def _split(written: Any) -> Any:
    """Split a string with several addresses; a comma may also be part of one."""
    return _BETWEEN.split(written.strip()) if isinstance(written, str) else written


def _describe_fault(address: str, which: str) -> str:
    """Return what is wrong with an address that Apprise does not take, without quoting it."""
    libraries = missing_libraries(address)
    if libraries:
        quoted = " ".join(f"'{each}'" for each in libraries)
        return f"{which} needs a library that is not installed: pip install {quoted}"
    return (
        f"Apprise does not support {which}, or a part of it is missing; "
        "https://appriseit.com/services/ shows how each is written"
    )


class AppriseOptions(base.Options):
    """The address of a service, or of several."""

    url: SecretStr | None = Field(
        default=None,
        description="the address of one service, as Apprise writes it",
        examples=["pover://user@token"],
    )
    urls: Annotated[tuple[SecretStr, ...], BeforeValidator(_split)] = Field(
        default=(),
        description="the address of a service as Apprise writes it, or several, with commas between them; "
        "each gets every message, one after another",
        examples=[["pover://user@token", "matrixs://me:password@example.org/#sms"]],
    )

    @model_validator(mode="after")
    def _are_known(self) -> "AppriseOptions":
        if self.url and self.urls:
            reject("urls", "there is also a `url`: write all addresses in one place")
        if not self.addresses:
            reject("url", "there is no address; https://appriseit.com/services/ shows how each is written")
        for number, address in enumerate(self.addresses, 1):
            if create_service(address) is None:
                which = f"address {number}" if self.urls else "this address"
                reject("urls" if self.urls else "url", _describe_fault(address, which))
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return all addresses, of `url` or `urls`."""
        every = (self.url,) if self.url else self.urls
        return tuple(each.get_secret_value() for each in every)
