"""Discord's markup, which applies to every message: escape a text so that it is shown as typed."""

import re

from forwarders.text import utf16

_LINK = re.compile(r"(https?://[^\s<]++(?!<))")
"""What Discord turns into a link, approximately; in one nothing is markup, and a backslash is part of it.

Text right before a `<`, which needs a backslash, does not count as a link.
"""
_MARK = re.compile(r"[\\`*_~|<\[]|:(?=//|[\w+-]*(?::|\Z))|@(?=everyone|here)")
_LINE = re.compile(r"^([^\S\n]*)(?=#{1,3}\s|-#\s|>|[-+]\s)", re.MULTILINE)
"""What makes a line a heading, small print, a quote or an item of a list."""
_NUMBER = re.compile(r"^([^\S\n]*\d+)\.(?=\s)", re.MULTILINE)
_ESCAPED = frozenset("\\`*_~|<[:@#->+.")


def escape(text: str) -> str:
    """Put a backslash before what Discord would take for markup, an emoji or a mention."""
    parts = _LINK.split(text)
    parts[::2] = [_MARK.sub(r"\\\g<0>", part) for part in parts[::2]]
    return _NUMBER.sub(r"\1\\.", _LINE.sub(r"\1\\", "".join(parts)))


def escaped_size(text: str) -> int:
    """Return the most UTF-16 units that the text can have once it is escaped."""
    return utf16(text) + sum(each in _ESCAPED for each in text)
