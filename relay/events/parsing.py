"""From the bytes of a body to an event."""

import json
import math
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NoReturn

from relay.events.bounds import has_too_many_values
from relay.events.payloads import TYPES, Payload, Unknown

NESTING = 100
"""How deep an event may be nested; what reads it further on may recurse."""
DIGITS = 1000
"""A longer number is kept as text: to read it takes long, and Python writes none of more than 4300 digits.

https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation
"""
LONGEST_NAME = 128
"""Code points of a type, beyond which it is cut, and of an id, which is then its hash; the app's have 40."""
INBOUND = frozenset({"sms:received", "sms:data-received", "mms:received", "mms:downloaded"})

_UNSAFE = re.compile("[\0\ud800-\udfff]")
_UNSAFE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class NotAnEvent(ValueError):
    """The body is no event. `detail` is a sentence that quotes nothing of it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `id`, `device_id` and `webhook_id` are empty where the phone sent none.

    `raw` is the whole of it as decoded from JSON; no string in it has a lone surrogate or a NUL.
    """

    id: str
    type: str
    device_id: str = ""
    webhook_id: str = ""
    payload: Payload = field(default_factory=Unknown, repr=False)
    raw: dict[str, Any] = field(default_factory=dict, repr=False)


def parse(body: bytes) -> Event:
    """Read one event; bytes that are not UTF-8 become U+FFFD, as do lone surrogates and NUL.

    Raises:
        NotAnEvent: not JSON, nested too deep, of too many values, not an object, or `event` is no
            non-empty string.
    """
    return read(_object(body))


def read(raw: dict[str, Any]) -> Event:
    """Return the event that a decoded body is.

    Raises:
        NotAnEvent: `event` is no non-empty string.
    """
    event_type = raw.get("event")
    if not isinstance(event_type, str) or not event_type:
        raise NotAnEvent("the field 'event' must be a string that is not empty")
    payload = raw.get("payload")
    model = TYPES.get(event_type, Unknown)
    return Event(
        id=_name(raw, "id"),
        type=event_type[:LONGEST_NAME],
        device_id=_name(raw, "deviceId"),
        webhook_id=_name(raw, "webhookId"),
        payload=model.model_validate(payload if isinstance(payload, dict) else {}),
        raw=raw,
    )


def _object(body: bytes) -> dict[str, Any]:
    if has_too_many_values(body):
        raise NotAnEvent("the body has too many values, or is nested too deep")
    raw = _json(body)
    if not isinstance(raw, dict):
        raise NotAnEvent("the body must be a JSON object")
    _refuse_deep(raw)
    return _clean(raw) if _UNSAFE_ESCAPE.search(body) else raw


def _json(body: bytes) -> Any:
    text = body.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    try:
        return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_refuse_constant)
    except RecursionError:
        raise NotAnEvent("the body is nested too deep") from None
    except ValueError:
        raise NotAnEvent("the body is not JSON") from None


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= DIGITS else digits


def _float(digits: str) -> float | str:
    number = float(digits) if len(digits) <= DIGITS else math.inf
    return number if math.isfinite(number) else digits


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


def _refuse_deep(raw: dict[str, Any]) -> None:
    level: list[Any] = [raw]
    for _ in range(NESTING):
        level = [inner for each in level for inner in _inside(each) if isinstance(inner, dict | list)]
        if not level:
            return
    raise NotAnEvent("the body is nested too deep")


def _inside(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value


def _clean(value: Any) -> Any:
    """Replace what no service and no database takes, in keys and values."""
    if isinstance(value, str):
        return _UNSAFE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value


def _name(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str):
        return ""
    return value if len(value) <= LONGEST_NAME else sha256(value.encode()).hexdigest()
