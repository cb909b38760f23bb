"""Recognize that a service has accepted a post: a status alone is also what a portal or a proxy gives."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

Accepts = Callable[[bytes], bool]
"""Return whether the beginning of an answer's body says that the post was accepted."""
_LONGEST = 1 << 16
"""Bytes that are searched: the search is repeated with each piece that arrives."""
_FIRST, _NEXT, _COLON = re.compile(r'\s*\{\s*(?=")'), re.compile(r'\s*,\s*(?=")'), re.compile(r"\s*:\s*")


def has_id(body: bytes) -> bool:
    """Return whether the body is a JSON object with an id, even if the rest is cut off."""
    found = member(body, "id")
    return type(found) is int or (isinstance(found, str) and found != "")


def is_ok(body: bytes) -> bool:
    """Return whether the body is a JSON object whose `ok` is true, even if the rest is cut off."""
    return member(body, "ok") is True


def member(body: bytes, name: str) -> Any:
    """Return a member of the JSON object that a body begins with, None if it is missing or cut off."""
    if f'"{name}"'.encode() not in body:
        return None
    text = body[:_LONGEST].decode("utf-8", "replace")
    return next((value for key, value in _members(text) if key == name), None)


def _members(text: str) -> Iterator[tuple[str, Any]]:
    decode = json.JSONDecoder().raw_decode
    with suppress(ValueError, RecursionError):
        start = _FIRST.match(text)
        while start:
            name, at = decode(text, start.end())
            colon = _COLON.match(text, at)
            if not colon:
                return
            value, at = decode(text, colon.end())
            yield name, value
            start = _NEXT.match(text, at)
