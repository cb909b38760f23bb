"""Parse the URL of a mail server."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

Encryption = Literal["implicit", "starttls", "off"]
_PORTS = {"smtps": 465, "smtp": 587}
_BLOCKED_PORT = 25  # https://cloud.google.com/compute/docs/tutorials/sending-mail
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.IGNORECASE)
_ESCAPE = "percent-encode special characters of user and password (@ is %40, / is %2F, # is %23, ? is %3F)"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: host, port, encryption, and an optional login."""

    host: str
    port: int
    encryption: Encryption
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_server(url: str) -> Server:
    """Parse `smtps://user:password@host:465` or `smtp://user:password@host:587`.

    Raises:
        ValueError: a sentence that says what would be right and quotes nothing.
    """
    parts, port = _split(url)
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise ValueError("it must be smtps://user:password@host:465 or smtp://user:password@host:587")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(f"something follows the host and port: {_ESCAPE}")
    encryption = _encryption(parts)
    _check_connection(host, port, encryption)
    return Server(host, port, encryption, unquote(parts.username or ""), unquote(parts.password or ""))


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        parts = None
    if parts is None:  # raised out here, or the error would carry the library's, which quotes the URL
        raise ValueError(f"its host or port is not valid: {_ESCAPE}")
    return parts, port


def _encryption(parts: SplitResult) -> Encryption:
    match parts.scheme, parse_qsl(parts.query, keep_blank_values=True):
        case "smtps", []:
            return "implicit"
        case "smtp", []:
            return "starttls"
        case "smtp", [("tls", "off")]:
            return "off"
        case _:
            raise ValueError("the only thing that may follow a ? is tls=off, with smtp://")


def _check_connection(host: str, port: int, encryption: Encryption) -> None:
    if is_loopback(host):
        return
    if encryption == "off":
        raise ValueError("?tls=off is for a mail server on this machine only (localhost)")
    if port == _BLOCKED_PORT:
        raise ValueError("port 25 is blocked in Google Cloud: use 465 (smtps://) or 587 (smtp://)")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
