"""Check the address of a web service that is given as an option."""

from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from pydantic_core import PydanticCustomError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def secure(option: str, url: str) -> SplitResult:
    """Parse an address that begins with https://, or is on this machine.

    Raises:
        PydanticCustomError: it is something else; nothing of it is quoted.
    """
    parts = _parts(url)
    if not parts or not parts.hostname or not url.isprintable() or " " in url:
        reject(option, "it is not the address of a web service, such as https://example.org/in")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        reject(option, "it must begin with https://")
    return parts


def reject(option: str, problem: str) -> NoReturn:
    """Reject the value of an option; `problem` says what is wrong and what would be right.

    Raises:
        PydanticCustomError: always.
    """
    raise PydanticCustomError("option", "{problem}", {"problem": problem, "option": option})


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        return None
    return parts
