"""Conventions that let software find a code: codes bound to a website, the hash of an Android app."""

import re
from functools import cache

_HASH = 11
"""Characters of the hash that ends a message for Android's SMS Retriever
(https://developers.google.com/identity/sms-retriever/verify)."""


def strip_app_hash(text: str) -> str:
    """Remove the app hash at the end of a message."""
    kept = text.rstrip()
    tail = kept[-_HASH:]
    if len(kept) <= _HASH or not kept[-_HASH - 1].isspace() or not _is_hash(tail):
        return text
    return kept[:-_HASH]


def mask_links(text: str) -> str:
    """Overwrite links, character by character, so that neither their words nor their numbers count."""
    if "/" not in text and "www." not in text.lower():
        return text
    return _link().sub(lambda found: "_" * len(found[0]), text)


def find_bound_code(text: str) -> str | None:
    """Return the code of a last line such as `@example.com #123456` (https://wicg.github.io/sms-one-time-codes/)."""
    line = text.rstrip().rpartition("\n")[2]
    found = _bound().match(line) if line.startswith("@") else None
    code = found[1].replace("-", "") if found else ""
    return code if len(code) > 2 and any(map(str.isdecimal, code)) else None  # noqa: PLR2004 - two are no code


def _is_hash(tail: str) -> bool:
    """Return whether this is a hash; a long word without a digit is not one, nor could it be a code."""
    word = tail.replace("+", "").replace("/", "")
    mixed = word.lower() != word != word.upper()
    return mixed and word.isascii() and word.isalnum() and any(map(str.isdecimal, word))


@cache
def _bound() -> re.Pattern[str]:
    return re.compile(r"@[A-Za-z0-9.-]{3,253} #([A-Za-z0-9-]{3,12})(?: |$)")


@cache
def _link() -> re.Pattern[str]:
    return re.compile(r"(?:https?://|www\.|\.[A-Za-z]{2,24}/)[!-~]*", re.IGNORECASE)
