"""Check the address of a web service that is given as an option."""

import re
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from pydantic_core import PydanticCustomError

_LOCAL_NETWORKS = tuple(
    map(
        ip_network,
        (
            *("127.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
            *("::1/128", "::/128", "fc00::/7", "fe80::/10"),
        ),
    )
)
"""This machine, and the private and link-local networks of RFC 1918, 3927, 4193 and 4291."""
_LOCAL_NAMES = ("localhost", "local", "lan", "home.arpa", "internal")
"""Domains that no public name is in.

https://www.iana.org/assignments/special-use-domain-names/
"""
_PLAIN = re.compile(r"[\w.:-]+", re.ASCII)
"""What every program reads alike: with `%2E`, `。` or a backslash, the client may ask another host."""
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
"""A name without a dot that the system's resolver reads as an IPv4 address."""


def secure(option: str, url: str) -> SplitResult:
    """Parse an address that begins with https://, or is on this machine or its own network.

    Raises:
        PydanticCustomError: it is something else; nothing of it is quoted.
    """
    parts = _parts(url)
    if not parts or not parts.hostname or not url.isprintable() or {" ", "\\"} & {*url}:
        reject(option, "it is not the address of a web service, such as https://example.org/in")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local(parts.hostname)):
        reject(
            option,
            "it must begin with https://; http:// is only for your own network: a private address, "
            "or a name without a dot or in .local, .lan, .home.arpa or .internal",
        )
    return parts


def is_local(host: str) -> bool:
    """Return whether a host is this machine or on the same network, according to its name or address."""
    if not _PLAIN.fullmatch(host):
        return False
    try:
        address = ip_address(host)
    except ValueError:
        name = host.lower()
        has_no_dot = "." not in name and not _NUMBER.fullmatch(name)  # a dot at its end makes it a public one
        return has_no_dot or f".{name}".removesuffix(".").endswith(tuple(f".{each}" for each in _LOCAL_NAMES))
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return any(address in network for network in _LOCAL_NETWORKS)


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
