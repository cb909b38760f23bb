"""Phone numbers and sender names in the forms in which they are compared."""

import re
import unicodedata
from collections.abc import Iterator

_NUMBER = re.compile(r"(?=\D*\d)\+?[\d\s()./*-]{1,40}", re.ASCII)
_PUNCTUATION = re.compile(r"[^\d+*]", re.ASCII)
_SHORTEST_NUMBER = 7
"""Numbers with fewer digits are short codes: they have no international form."""
_TAIL = 6

_LONGEST = 64
"""Characters of a number as it is written, including invisible ones."""
_REPLACEMENTS = {"Pd": "-", "Zs": " ", "Cf": ""}
"""Replacements for dashes, spaces and invisible characters, by Unicode category."""
_KEYS = dict(zip("\uff0b\ufe62\u207a\u2795\u2212\uff08\uff09\uff0e\uff0f\u00b7", "++++-()./.", strict=True))
"""Signs that stand for one on the keyboard: wide and small plus signs, a minus, brackets, dots."""
_OLD_FORMS = (
    (re.compile(r"\+52(?:1|01|044|045)(\d{10})"), r"+52\1"),
    (re.compile(r"\+55(\d\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
)
"""Forms that are no valid numbers any more, but still in use, and those of today: Mexico's prefixes of mobile
phones, and Brazilian mobile numbers without the ninth digit."""
_INTERNATIONAL_PREFIXES = ("00", "011")
"""What is dialled in place of the plus in most countries, and in North America."""


def normalize_party(text: str) -> str:
    """Return a sender or recipient in the form for comparisons: lower case, numbers without punctuation."""
    plain = (text if text.isascii() or len(text) > _LONGEST else _to_keyboard(text)).strip().casefold()
    return _PUNCTUATION.sub("", plain) if _NUMBER.fullmatch(plain) else plain


def _to_keyboard(text: str) -> str:
    """Return a text as typed on a keyboard: copied numbers have special spaces, dashes and marks."""
    return "".join(map(_to_key, text))


def _to_key(character: str) -> str:
    if character in _KEYS:
        return _KEYS[character]
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

    def is_defined_twice(self, one: str, other: str) -> bool:
        """Return whether two normalized numbers are the same as they are written, not only in an old form."""
        number = self._as_written(one)
        return number is not None and number == self._as_written(other)

    def to_international(self, number: str) -> str | None:
        """Return the international form of a normalized number, or None if it has none.

        A number that is not valid as it is written may be one without its plus, with what is dialled in place
        of the plus, or in an old form.
        """
        written = self._as_written(number)
        if written is not None and _is_valid(written):
            return written
        candidates = _other_readings(number, written)
        return next((each for each in candidates if _is_valid(each)), written)

    def _as_written(self, number: str) -> str | None:
        return _to_e164(number, self._region) if self._region or number[0] == "+" else None


def _other_readings(number: str, written: str | None) -> Iterator[str]:
    """Yield what a number can be that is not valid as written, in international form."""
    if written:
        yield from _current_forms(written)
    if number[0] != "+":
        rests = [number.removeprefix(each) for each in _INTERNATIONAL_PREFIXES if number.startswith(each)]
        for rest in rests or [number]:
            reading = _to_e164(f"+{rest}", None)
            if reading:
                yield reading
                yield from _current_forms(reading)


def _current_forms(number: str) -> Iterator[str]:
    return (pattern.sub(form, number) for pattern, form in _OLD_FORMS if pattern.fullmatch(number))


def _to_e164(number: str, region: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415  (60 ms, only needed if a number is written in two ways)

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_valid(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415  (see above)

    return phonenumbers.is_valid_number(phonenumbers.parse(number))
