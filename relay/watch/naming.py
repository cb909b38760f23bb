"""The name of a phone for people, and the name of its note, which reveals nothing of it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from relay.keys import stored_name
from relay.watch.phone import Phone

PREFIX = "phone."
"""What the names of all notes about phones begin with."""
_PLAIN = re.compile(r"[\w-]{6,}", re.ASCII)
_SHORT = 6
"""Characters of an id that are shown of a phone without a name."""
_MARK = 8
"""Hex digits that tell the notes of one LEDGER_SECRET from those of another."""


class Known(NamedTuple):
    """A phone: the key of its note, its name, and whether that is in `[devices]`."""

    key: str
    name: str
    is_configured: bool


class Naming:
    """Names phones by `[devices]`, where `phones` has the name for each id; others by a part of the id."""

    def __init__(self, phones: Mapping[str, str], secret: bytes | None) -> None:
        self._phones = phones
        self._secret = secret
        self._prefix = f"{PREFIX}{stored_name('watch', secret)[:_MARK]}."
        self._configured = {self._key_of_name(name) for name in phones.values()}
        self._unnamed = {self._key_of_id(device_id) for device_id in phones}

    def know(self, device_id: str) -> Known:
        """Return the phone with a device id."""
        name = self._phones.get(device_id)
        if name is not None:
            return Known(self._key_of_name(name), name, True)
        key = self._key_of_id(device_id)
        short = device_id if _PLAIN.fullmatch(device_id) else key
        return Known(key, f"phone {short[-_SHORT:]}", False)

    def note(self, key: str) -> str:
        """Return the name of the note with a key."""
        return self._prefix + key

    def key(self, note: str, phone: Phone | None) -> str:
        """Return the key of a note; empty if it is of no use any more.

        It may be of another LEDGER_SECRET, of a phone that has got or lost its name since, or not readable.
        """
        key = note.removeprefix(self._prefix)
        if phone is None or key == note:
            return ""
        is_current = key in self._configured if phone.is_configured else key not in self._unnamed
        return key if is_current else ""

    def _key_of_name(self, name: str) -> str:
        return stored_name(f"phone named {name}", self._secret)

    def _key_of_id(self, device_id: str) -> str:
        return stored_name(f"phone with the id {device_id}", self._secret)
