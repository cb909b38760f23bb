"""Nested fields as a flat list."""

from collections.abc import Iterator
from typing import Any

_NAME = 100
"""Code points of a name in a path: a path is written once for each value below it."""


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value with the path to it, like `health.checks.0`; what is null is left out."""
    if isinstance(value, dict | list):
        for name, each in _inside(value):
            short = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
            yield from flattened(each, f"{path}.{short}" if path else short)
    elif value is not None:
        yield path, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def count_values(value: Any) -> int:
    """Return how many values `flattened` yields."""
    if isinstance(value, dict | list):
        return sum(map(count_values, value.values() if isinstance(value, dict) else value))
    return value is not None


def _inside(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield from ((str(place), each) for place, each in enumerate(value))
