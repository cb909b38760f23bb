"""Flatten nested fields."""

from collections.abc import Iterator
from typing import Any

_LONGEST_NAME = 100
"""Code points of a name in a path: a path is written once for each value below it."""


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value with its path, like `health.checks.0`, except null.

    Containers are walked with a stack and paths are built only for values: a body of empty lists, a hundred
    deep, would otherwise cost its depth for each of them.
    """
    names: list[str] = []
    levels = [iter(((path, value),))]
    while levels:
        for name, each in levels[-1]:
            short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
            if isinstance(each, dict | list):
                names.append(short)
                levels.append(_items(each))
                break
            if each is not None:
                yield ".".join(filter(None, (*names, short))), _to_text(each)
        else:
            levels.pop()
            del names[-1:]


def _to_text(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def count_values(value: Any) -> int:
    """Return how many values `flatten` yields."""
    if isinstance(value, dict | list):
        return sum(map(count_values, value.values() if isinstance(value, dict) else value))
    return value is not None


def _items(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield from ((str(index), each) for index, each in enumerate(value))
