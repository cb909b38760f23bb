"""Parse mailboxes in the configuration, strictly."""

import re
from collections.abc import Iterable
from email.utils import formataddr, getaddresses
from typing import NamedTuple

_LOCAL = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*", re.ASCII | re.IGNORECASE)
_LONGEST = 254  # https://www.rfc-editor.org/errata/eid1690


class Mailbox(NamedTuple):
    """A display name, which may be empty, and an address in plain ASCII."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Return what follows the `@`."""
        return self.address.rpartition("@")[2]

    @property
    def canonical(self) -> str:
        """Return the address in its canonical form: the domain is case-insensitive."""
        return self.address.removesuffix(self.domain) + self.domain.lower()

    def __str__(self) -> str:
        return formataddr(self)


def parse_mailboxes(written: str) -> tuple[Mailbox, ...]:
    """Parse addresses separated by commas: `a@example.org, Anna <b@example.org>`.

    Raises:
        ValueError: a sentence that names a wrong address by its number and quotes nothing.
    """
    if not written.isprintable():
        raise ValueError("it contains a line break or another control character")
    pairs = getaddresses([written.strip(" ,")]) or [("", "")]
    return tuple(_mailbox(number, *pair) for number, pair in enumerate(pairs, 1))


def remove_duplicates(boxes: Iterable[Mailbox]) -> tuple[Mailbox, ...]:
    """Return each address once, in the form that comes first."""
    found: dict[str, Mailbox] = {}
    for box in boxes:
        found.setdefault(box.canonical, box)
    return tuple(found.values())


def _mailbox(number: int, name: str, address: str) -> Mailbox:
    ascii_address = _to_ascii(address)
    if len(ascii_address) > _LONGEST or not _ADDRESS.fullmatch(ascii_address):
        raise ValueError(f"address {number} is not of the form name@example.org")
    return Mailbox(name, ascii_address)


def _to_ascii(address: str) -> str:
    """Convert an international domain to its ASCII form, which every mail server accepts."""
    local, at, domain = address.rpartition("@")
    try:
        return local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
