"""What a shown field may look like: whatever cannot be read as what it should be is None."""

import binascii
import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator

from relay.events.bounds import LABEL

MAX_DIGITS = 18
MAX_SIM = 99

EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
"""No moment is before this: a phone that has lost its clock, or a column that is 0, says 1970."""

_LONGEST_MOMENT = 64
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?)(.*)", re.ASCII)
_ZONE = re.compile(r"(?:GMT|UTC)?(-|\+(-?))(\d{1,2})(?::?(-?)(\d\d))?", re.ASCII)
_UTC = frozenset({"", "Z", "z", "UTC", "GMT"})
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def decoded(data: str | None) -> bytes | None:
    """Decode base64 with or without line breaks and padding, in either alphabet; None if it is none."""
    if data is None:
        return None
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError:
        return _decoded_leniently(data)


def _decoded_leniently(data: str) -> bytes | None:
    try:
        plain = data.encode("ascii").translate(_URL_SAFE, b" \t\n\r\v\f").rstrip(b"=")
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4), strict_mode=True)
    except ValueError:
        return None


def _text(value: object) -> str | None:
    """Take a string as it is, and a number as it reads."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def label(value: object) -> str | None:
    """Take a string that says something, of which `LABEL` code points are enough."""
    text = (_text(value) or "").strip()
    return (text or None) if len(text) <= LABEL else text[:LABEL] + "…"


def _count(value: object) -> int | None:
    """Take a whole number that is not negative, in digits or as a number."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    digits = _text(whole) or ""
    return int(digits) if len(digits) < MAX_DIGITS and digits.isdecimal() else None


def _sim(value: object) -> int | None:
    number = _count(value)
    return number if number is not None and number <= MAX_SIM else None


def _moment(value: object) -> datetime | None:
    """Take a date with its time from 2010 on, in any script's digits; without a zone it is UTC."""
    if not isinstance(value, str) or len(value) > _LONGEST_MOMENT:
        return None
    parts = _MOMENT.fullmatch(_in_ascii(value))
    if not parts:
        return None
    try:
        moment = datetime.fromisoformat(parts[1] + _zone(parts[2].strip()))
        return moment if moment.astimezone(UTC) >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> str:
    """Return a zone as ISO 8601 writes it.

    Android 5 and 6 write a plus before each zone, and a minus before the hours, and the minutes, of one
    that is west of Greenwich: `+-5:00` is -05:00, and `+-3:-30` is -03:30.
    """
    if text in _UTC:
        return "+00:00"
    parts = _ZONE.fullmatch(text)
    if not parts:
        return text
    sign, west, hours, west_too, minutes = parts.groups(default="")
    if sign == "-" and west_too:
        return text
    return f"{'-' if sign == '-' or west or west_too else '+'}{hours:0>2}:{minutes or '00'}"


def _in_ascii(text: str) -> str:
    """Return a text with any script's digits and minus as ASCII ones, without marks that are not seen."""
    return text if text.isascii() else "".join(map(_ascii, text))


def _ascii(each: str) -> str:
    if unicodedata.category(each) == "Cf":
        return ""
    return "-" if each == "\u2212" else str(unicodedata.decimal(each, each))


Text = Annotated[str | None, BeforeValidator(_text)]
Label = Annotated[str | None, BeforeValidator(label)]
Count = Annotated[int | None, BeforeValidator(_count)]
Sim = Annotated[int | None, BeforeValidator(_sim)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
