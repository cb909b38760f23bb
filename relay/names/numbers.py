"""Telephone numbers, compared in international form."""

import re
import unicodedata

_NUMBER = re.compile(r"(?=\D*\d)\+?[\d\s()./*-]{1,40}", re.ASCII)
_PUNCTUATION = re.compile(r"[^\d+*]", re.ASCII)
_SHORT = 7
"""Numbers of fewer digits are short codes: they have no international form."""
_TAIL = 6

_LONGEST = 64
"""Characters of a number as it is written, marks that are not seen included."""
_KEYS = {"Pd": "-", "Zs": " ", "Cf": ""}
"""What stands for a dash, a space or a mark that is not seen."""


def folded(text: str) -> str:
    """Return the form in which names are compared: without case, numbers without punctuation."""
    plain = (text if text.isascii() or len(text) > _LONGEST else _typed(text)).strip().casefold()
    return _PUNCTUATION.sub("", plain) if _NUMBER.fullmatch(plain) else plain


def _typed(text: str) -> str:
    """Return a text as a keyboard writes it: copied numbers have spaces, dashes and marks of their own."""
    return "".join(_keyed(each) for each in text)


def _keyed(each: str) -> str:
    kind = unicodedata.category(each)
    return str(unicodedata.decimal(each)) if kind == "Nd" else _KEYS.get(kind, each)


def is_number(form: str) -> bool:
    """Return whether a folded form is a number."""
    return len(form) <= _LONGEST and form.removeprefix("+").isdecimal()


def tail(form: str) -> str | None:
    """Return the digits that a number has in every way of writing it; None if there are none."""
    return form[-_TAIL:] if len(form.removeprefix("+")) >= _SHORT and is_number(form) else None


class Numbers:
    """Numbers as they are meant in a region; None if nobody said which country that is."""

    def __init__(self, region: str | None) -> None:
        self._region = region
        self._configured: dict[str, str | None] = {}

    def same(self, configured: str, other: str) -> bool:
        """Return whether two folded numbers are one; the first, but not the other, is remembered."""
        if configured == other or (configured[0] == other[0] == "+" and len(configured) == len(other)):
            return configured == other
        if configured not in self._configured:
            self._configured[configured] = self.international(configured)
        form = self._configured[configured]
        return form is not None and form == self.international(other)

    def international(self, number: str) -> str | None:
        """Return the international form of a folded number, or None if it has none."""
        if self._region is None and number[0] != "+":
            return None
        import phonenumbers  # noqa: PLC0415  (60 ms, needed only where a number is written in two ways)

        try:
            parsed = phonenumbers.parse(number, self._region)
        except phonenumbers.NumberParseException:
            return None
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
