"""The types of displayed fields: a value that cannot be read as its type is None."""

import binascii
import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator

from relay.events.bounds import MAX_LABEL

MAX_DIGITS = 18
MAX_SIM = 99

EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
"""No time is before this: a phone that has lost its clock, or a column that is 0, says 1970."""

NOBODY = frozenset(
    {
        "unknown",
        "unknown address",
        "unknown sender",
        "insert-address-token",
        "\u02bcunknown_sender!\u02bc",
        *("-1", "-2", "-3"),
    }
)
"""What phones write, in any case, where there is no address: the MMS standard, Android, and SMS apps.

The numbers are those of Android for an unknown caller, a withheld number and a payphone.
"""

_LONGEST_MOMENT = 64
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?)(.*)", re.ASCII)
_ZONE = re.compile(r"(?:GMT|UTC)?(-|\+(-?))(\d{1,2})(?::?(-?)(\d\d))?", re.ASCII)
_UTC = frozenset({"", "Z", "z", "UTC", "GMT"})
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def decode_base64(data: str | None) -> bytes | None:
    """Decode base64 in either alphabet, with or without line breaks and padding; None if it is invalid."""
    if data is None:
        return None
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError:
        return _decode_leniently(data)


def _decode_leniently(data: str) -> bytes | None:
    try:
        plain = data.encode("ascii").translate(_URL_SAFE, b" \t\n\r\v\f").rstrip(b"=")
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4), strict_mode=True)
    except ValueError:
        return None


def _to_text(value: object) -> str | None:
    """Accept a string, and a number as it is printed."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def to_label(value: object) -> str | None:
    """Accept a string that is not blank, and cut it to `MAX_LABEL` code points."""
    text = (_to_text(value) or "").strip()
    return (text or None) if len(text) <= MAX_LABEL else text[:MAX_LABEL] + "…"


def to_party(text: str | None) -> str | None:
    """Return a sender or recipient; None if the phone only says that there is none."""
    return None if text and text.casefold() in NOBODY else text


def _to_count(value: object) -> int | None:
    """Accept a whole number that is not negative, as a number or in digits."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    digits = _to_text(whole) or ""
    return int(digits) if len(digits) < MAX_DIGITS and digits.isdecimal() else None


def _to_sim(value: object) -> int | None:
    number = _to_count(value)
    return number if number is not None and number <= MAX_SIM else None


def _to_moment(value: object) -> datetime | None:
    """Accept a date and time from 2010 on, in the digits of any script; without a zone it is UTC."""
    if not isinstance(value, str) or len(value) > _LONGEST_MOMENT:
        return None
    parts = _MOMENT.fullmatch(_to_ascii(value))
    if not parts:
        return None
    try:
        moment = datetime.fromisoformat(parts[1] + _to_iso_offset(parts[2].strip()))
        return moment if moment.astimezone(UTC) >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def _to_iso_offset(text: str) -> str:
    """Return a UTC offset as ISO 8601 writes it.

    Android 5 and 6 write a plus before every offset, and a minus before both the hours and the minutes of
    one west of Greenwich: `+-5:00` is -05:00, and `+-3:-30` is -03:30.
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


def _to_ascii(text: str) -> str:
    """Return a text with digits and minus signs of any script as ASCII, without invisible characters."""
    return text if text.isascii() else "".join(map(_to_ascii_character, text))


def _to_ascii_character(each: str) -> str:
    if unicodedata.category(each) == "Cf":
        return ""
    return "-" if each == "\u2212" else str(unicodedata.decimal(each, each))


Text = Annotated[str | None, BeforeValidator(_to_text)]
Label = Annotated[str | None, BeforeValidator(to_label)]
Count = Annotated[int | None, BeforeValidator(_to_count)]
Sim = Annotated[int | None, BeforeValidator(_to_sim)]
Moment = Annotated[datetime | None, BeforeValidator(_to_moment)]
