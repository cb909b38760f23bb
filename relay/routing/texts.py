"""Patterns for texts that strangers write: RE2's, whose time grows only with the text."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from relay.config import ConfigurationError
from relay.lines import clean_line

_MEMORY = 64 * 2**20
"""Bytes that all patterns together may use; if they need more they are tried one by one."""


class TextPatterns:
    """All patterns of a configuration, looked for at once; `keys` says where each stands.

    Raises:
        ConfigurationError: one is not RE2.
    """

    def __init__(self, keys: Mapping[str, str], memory: int = _MEMORY) -> None:
        for pattern, key in keys.items():
            _check(key, pattern)
        self._patterns = tuple(keys)
        self._all = _set(keys, memory) if keys else None

    def found(self, text: str) -> frozenset[str]:
        """Return the patterns that are in the text."""
        places = self._all.Match(text) if self._all else None
        if places is None:
            return frozenset(pattern for pattern, each in self._each.items() if each.search(text))
        return frozenset(self._patterns[place] for place in places if place < len(self._patterns))

    @cached_property
    def _each(self) -> dict[str, Any]:
        return {pattern: _compiled(pattern) for pattern in self._patterns}


def _set(patterns: Iterable[str], memory: int) -> Any:
    """Compile all patterns into one, or None if that is too large.

    The last one is in any text: where it is not found, the memory did not suffice.
    """
    together = _re2().Set.SearchSet(_options(memory))
    for each in (*patterns, ""):
        together.Add(each)
    try:
        together.Compile()
    except _re2().error:
        return None
    return together


def _check(key: str, pattern: str) -> None:
    try:
        _compiled(pattern)
    except _re2().error as error:
        reason = error.args[0].decode(errors="replace")
        raise ConfigurationError(
            f"{key}: no RE2 pattern: {clean_line(reason)}; see https://github.com/google/re2/wiki/Syntax"
        ) from None


def _compiled(pattern: str) -> Any:
    return _re2().compile(pattern, _options())


def _options(memory: int = 8 * 2**20) -> Any:
    options = _re2().Options()
    options.log_errors, options.max_mem = False, memory
    return options


def _re2() -> Any:
    """Load the library where a route looks at texts: it costs 9 ms, and knows no types."""
    return import_module("re2")
