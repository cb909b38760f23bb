"""Nested fields as a flat list."""

from collections.abc import Iterator
from typing import Any


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value with the path to it, like `health.checks.0`; what is null is left out."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from flattened(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from flattened(each, f"{path}.{place}" if path else str(place))
    elif value is not None:
        yield path, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
