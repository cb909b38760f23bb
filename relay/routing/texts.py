"""Patterns for text that strangers write: RE2, whose time only grows with the text."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from relay.config import ConfigurationError
from relay.lines import clean_line

_MEMORY = 64 * 2**20
"""Bytes that all patterns together may use; if they need more they are tried one by one."""


class TextPatterns:
    """All patterns of a configuration, matched at once; `keys` gives the configuration key of each.

    Raises:
        ConfigurationError: a pattern is not valid RE2.
    """

    def __init__(self, keys: Mapping[str, str], memory: int = _MEMORY) -> None:
        for pattern, key in keys.items():
            _check(key, pattern)
        self._patterns = tuple(keys)
        self._set = _compile_set(keys, memory) if keys else None

    def matching(self, text: str) -> frozenset[str]:
        """Return the patterns that match anywhere in the text."""
        indexes = self._set.Match(text) if self._set else None
        if indexes is None:
            return frozenset(pattern for pattern, each in self._compiled.items() if each.search(text))
        return frozenset(self._patterns[index] for index in indexes if index < len(self._patterns))

    @cached_property
    def _compiled(self) -> dict[str, Any]:
        return {pattern: _compile(pattern) for pattern in self._patterns}


def _compile_set(patterns: Iterable[str], memory: int) -> Any:
    """Compile all patterns into one set, or return None if that is too large.

    The last pattern matches any text: if it is not found, the memory was not enough.
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
        _compile(pattern)
    except _re2().error as error:
        reason = clean_line(error.args[0].decode(errors="replace"))
        raise ConfigurationError(
            f"{key}: not a valid RE2 pattern: {reason}; see https://github.com/google/re2/wiki/Syntax"
        ) from None


def _compile(pattern: str) -> Any:
    return _re2().compile(pattern, _options())


def _options(memory: int = 8 * 2**20) -> Any:
    options = _re2().Options()
    options.log_errors, options.max_mem = False, memory
    return options


def _re2() -> Any:
    """Return the library; it takes 9 ms to load, so only routes with text patterns load it."""
    return import_module("re2")
