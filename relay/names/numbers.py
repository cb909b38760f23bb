"""Phone numbers and sender names in the forms in which they are compared."""

import re
import unicodedata

_NUMBER = re.compile(r"(?=\D*\d)\+?[\d\s()./*-]{1,40}", re.ASCII)
_PUNCTUATION = re.compile(r"[^\d+*]", re.ASCII)
_SHORTEST_NUMBER = 7
"""Numbers with fewer digits are short codes: they have no international form."""
_TAIL = 6

_LONGEST = 64
"""Characters of a number as it is written, including invisible ones."""
_REPLACEMENTS = {"Pd": "-", "Zs": " ", "Cf": ""}
"""Replacements for dashes, spaces and invisible characters, by Unicode category."""


def normalize_party(text: str) -> str:
    """Return a sender or recipient in the form for comparisons: lower case, numbers without punctuation."""
    plain = (text if text.isascii() or len(text) > _LONGEST else _to_keyboard(text)).strip().casefold()
    return _PUNCTUATION.sub("", plain) if _NUMBER.fullmatch(plain) else plain


def _to_keyboard(text: str) -> str:
    """Return a text as typed on a keyboard: copied numbers have special spaces, dashes and marks."""
    return "".join(map(_to_key, text))


def _to_key(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _REPLACEMENTS.get(category, character)


def is_number(party: str) -> bool:
    """Return whether a normalized party is a number."""
    return len(party) <= _LONGEST and party.removeprefix("+").isdecimal()


def tail(party: str) -> str | None:
    """Return the digits that a number has however it is written; None for anything else."""
    is_whole = len(party.removeprefix("+")) >= _SHORTEST_NUMBER
    return party[-_TAIL:] if is_whole and is_number(party) else None


class Numbers:
    """Compares numbers as they are dialled in a region; without one, only international numbers."""

    def __init__(self, region: str | None) -> None:
        self._region = region
        self._configured: dict[str, str | None] = {}

    def is_same(self, configured: str, other: str) -> bool:
        """Return whether two normalized numbers are the same; only the first is cached."""
        if configured == other or (configured[0] == other[0] == "+" and len(configured) == len(other)):
            return configured == other
        if configured not in self._configured:
            self._configured[configured] = self.to_international(configured)
        number = self._configured[configured]
        return number is not None and number == self.to_international(other)

    def to_international(self, number: str) -> str | None:
        """Return the international form of a normalized number, or None if it has none."""
        if self._region is None and number[0] != "+":
            return None
        import phonenumbers  # noqa: PLC0415  (60 ms, only needed if a number is written in two ways)

        try:
            parsed = phonenumbers.parse(number, self._region)
        except phonenumbers.NumberParseException:
            return None
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
