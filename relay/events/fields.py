"""What a shown field may look like: whatever cannot be read as what it should be is None."""

import binascii
import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator

MAX_DIGITS = 18
MAX_SIM = 99

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_URL_SAFE = str.maketrans("-_", "+/")


def decoded(data: str | None) -> bytes | None:
    """Decode base64 with or without line breaks and padding, in either alphabet; None if it is none."""
    if data is None:
        return None
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError:
        return _decoded_leniently(data)


def _decoded_leniently(data: str) -> bytes | None:
    plain = "".join(data.split()).translate(_URL_SAFE).rstrip("=")
    try:
        return binascii.a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except ValueError:
        return None


def _text(value: object) -> str | None:
    """Take a string as it is, and a number as it reads."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def label(value: object) -> str | None:
    """Take a string that says something."""
    text = _text(value)
    return text.strip() or None if text else None


def _count(value: object) -> int | None:
    """Take a whole number that is not negative, in digits or as a number."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    digits = _text(whole) or ""
    return int(digits) if digits.isdecimal() and len(digits) < MAX_DIGITS else None


def _sim(value: object) -> int | None:
    number = _count(value)
    return number if number is not None and number <= MAX_SIM else None


def _moment(value: object) -> datetime | None:
    """Take a date with its time, in any script's digits; without a zone it is UTC."""
    text = _in_ascii(value) if isinstance(value, str) else ""
    if not _MOMENT.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _in_ascii(text: str) -> str:
    """Return a text with any script's digits as ASCII ones."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(each, each)) for each in text)


Text = Annotated[str | None, BeforeValidator(_text)]
Label = Annotated[str | None, BeforeValidator(label)]
Count = Annotated[int | None, BeforeValidator(_count)]
Sim = Annotated[int | None, BeforeValidator(_sim)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
