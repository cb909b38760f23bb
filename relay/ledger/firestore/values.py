"""Firestore's JSON for the fields of a document, and for moments.

https://docs.cloud.google.com/firestore/docs/reference/rest/v1/Value
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Fields = Mapping[str, Any]

_ENCODED: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    str: ("stringValue", str),
    bytes: ("bytesValue", lambda value: b64encode(value).decode()),
    float: ("doubleValue", float),
    int: ("integerValue", str),
    datetime: ("timestampValue", lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z")),
}
_DECODED: Mapping[str, Callable[[Any], Any]] = {
    "stringValue": str,
    "bytesValue": b64decode,
    "doubleValue": float,  # also of "NaN" and "Infinity"
    "integerValue": int,  # JSON has it as a string
    "timestampValue": datetime.fromisoformat,
}


def encode(fields: Fields) -> dict[str, dict[str, Any]]:
    """Return the fields of a document as Firestore's JSON; one that is None is left out."""
    return {name: _encode(value) for name, value in fields.items() if value is not None}


def _encode(value: Any) -> dict[str, Any]:
    kind, encoded = _ENCODED[type(value)]
    return {kind: encoded(value)}


def decode(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields of a document; one of a kind that we never write is None."""
    return {name: _decode(value) for name, value in fields.items()}


def _decode(value: Mapping[str, Any]) -> Any:
    [(kind, encoded)] = value.items()
    return _DECODED[kind](encoded) if kind in _DECODED else None


def seconds(moment: str) -> float:
    """Return the Unix seconds of one of Firestore's moments."""
    return datetime.fromisoformat(moment).timestamp()
