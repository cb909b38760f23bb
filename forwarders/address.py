"""The address of a web service, as an option holds it."""

from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from pydantic_core import PydanticCustomError

_HERE = ("localhost", "127.0.0.1", "::1")


def secure(option: str, url: str) -> SplitResult:
    """Take an address apart that begins with https://, or leads to this machine.

    Raises:
        PydanticCustomError: it does not, or is no address; nothing of it is quoted.
    """
    parts = _parts(url)
    if not parts or not parts.hostname or not url.isprintable() or " " in url:
        wrong(option, "it is not the address of a web service, such as https://example.org/in")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        wrong(option, "it must begin with https://")
    return parts


def wrong(option: str, problem: str) -> NoReturn:
    """Say what is wrong with an option, and what would be right.

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
