"""Your own phone numbers, in the one form in which the configuration compares them."""

import re
from typing import Annotated

from pydantic import AfterValidator

from relay.config.problems import option_error

_PUNCTUATION = re.compile(r"[ ()./-]")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""https://www.itu.int/rec/T-REC-E.164: a country code, and at most 15 digits in all."""


def _normalize(written: str) -> str:
    number = _PUNCTUATION.sub("", written.strip())
    if not _NUMBER.fullmatch(number):
        raise option_error("must be a number with + and the country code, such as +12025550143")
    return number


Number = Annotated[str, AfterValidator(_normalize)]
"""A number such as +12025550143, without punctuation."""
