"""Parse the body of a webhook into an event."""

import json
import math
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NoReturn

from relay.events.bounds import has_too_many_values
from relay.events.payloads import TYPES, Payload, Unknown

MAX_NESTING = 100
"""How deeply an event may be nested: later steps read it recursively."""
MAX_DIGITS = 1000
"""A longer number is kept as text: reading it is slow, and Python prints none of more than 4300 digits.

https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation
"""
LONGEST_NAME = 128
"""Code points of a type or an id; a longer type is cut, a longer id is hashed. The app's have 40."""
ALERT = "watch:alert"
"""The type of the relay's own events about phones; no phone posts it."""
INBOUND = frozenset({"sms:received", "sms:data-received", "mms:received", "mms:downloaded"})

_UNSAFE = re.compile("[\0\ud800-\udfff]")
_UNSAFE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class NotAnEvent(ValueError):
    """The body is not an event. `detail` is a sentence that quotes nothing of the body."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `id`, `device_id` and `webhook_id` are empty if the phone sent none.

    `raw` is the whole event as decoded from JSON, without lone surrogates and NUL characters.
    """

    id: str
    type: str
    device_id: str = ""
    webhook_id: str = ""
    payload: Payload = field(default_factory=Unknown, repr=False)
    raw: dict[str, Any] = field(default_factory=dict, repr=False)


def parse(body: bytes) -> Event:
    """Return the event in a body; bytes that are not UTF-8, lone surrogates and NUL become U+FFFD.

    Raises:
        NotAnEvent: the body is not a JSON object, is nested too deeply or has too many values, or `event` is
            not a non-empty string.
    """
    return event_from(_decode(body))


def event_from(raw: dict[str, Any]) -> Event:
    """Return the event in a decoded body.

    Raises:
        NotAnEvent: `event` is not a non-empty string.
    """
    event_type = raw.get("event")
    if not isinstance(event_type, str) or not event_type:
        raise NotAnEvent("the field 'event' must be a string that is not empty")
    payload = raw.get("payload")
    model = TYPES.get(event_type, Unknown)
    return Event(
        id=_id(raw, "id"),
        type=event_type[:LONGEST_NAME],
        device_id=_id(raw, "deviceId"),
        webhook_id=_id(raw, "webhookId"),
        payload=model.model_validate(payload if isinstance(payload, dict) else {}),
        raw=raw,
    )


def _decode(body: bytes) -> dict[str, Any]:
    if has_too_many_values(body):
        raise NotAnEvent("the body has too many values, or is nested too deep")
    raw = _load_json(body)
    if not isinstance(raw, dict):
        raise NotAnEvent("the body must be a JSON object")
    _check_nesting(raw)
    return _replace_unsafe(raw) if _UNSAFE_ESCAPE.search(body) else raw


def _load_json(body: bytes) -> Any:
    text = body.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    try:
        return json.loads(
            text, parse_int=_parse_int, parse_float=_parse_float, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise NotAnEvent("the body is nested too deep") from None
    except ValueError:
        raise NotAnEvent("the body is not JSON") from None


def _parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _parse_float(digits: str) -> float | str:
    number = float(digits) if len(digits) <= MAX_DIGITS else math.inf
    return number if math.isfinite(number) else digits


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


def _check_nesting(raw: dict[str, Any]) -> None:
    level: list[Any] = [raw]
    for _ in range(MAX_NESTING):
        level = [inner for each in level for inner in _children(each) if isinstance(inner, dict | list)]
        if not level:
            return
    raise NotAnEvent("the body is nested too deep")


def _children(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value


def _replace_unsafe(value: Any) -> Any:
    """Replace characters that no service and no database accepts, in keys and values."""
    if isinstance(value, str):
        return _UNSAFE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_replace_unsafe(name): _replace_unsafe(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_replace_unsafe(each) for each in value]
    return value


def _id(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str):
        return ""
    return value if len(value) <= LONGEST_NAME else sha256(value.encode()).hexdigest()
