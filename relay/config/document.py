"""The configuration file: TOML, with `${VARIABLE}` for values that do not belong in it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relay.config.errors import ConfigurationError, KeyPath, Mistakes, format_path

_REFERENCE = re.compile(r"\$(\$?)\{(?:([A-Z_][A-Z0-9_]*)\})?")
_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_REMEDIES = {
    "Cannot": "a key or a table is defined twice; keep one",
    "Duplicate": "a key is defined twice; keep one",
    "Expected '='": "a key needs = and a value",
    "Expected ']": "the name of a table must end with ]",
    "Expected newline": "a line has one key and one value; put text in quotes",
    "Invalid value": "not a value; put text in quotes",
    "Illegal character": "a character is not allowed here; is a quote still open?",
    "Unescaped": r"write \\ for a backslash, or use single quotes",
    "Unterminated": "a quote is still open",
    "Expected \"'": "a quote is still open",
    "Unclosed": "a bracket is still open",
}
"""Remedies by the beginning of the parser's message: the rest of it can quote the file."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its tables with every variable replaced, and the names of those variables."""

    name: str
    tables: Mapping[str, Any] = field(repr=False)
    used: frozenset[str]


def read(path: Path, environ: Mapping[str, str], mistakes: Mistakes) -> Document:
    """Read a configuration file and replace its variables; those that are not set are `mistakes`.

    Raises:
        ConfigurationError: it cannot be read, or is not valid TOML.
    """
    tables = _parse(path.name, _read_text(path))
    references = _References(environ)
    replaced = references.replaced(tables, [])
    mistakes.add(*(problem for _, problem in references.problems))
    for table, _ in references.problems:
        mistakes.distrust(table)
    return Document(path.name, replaced, frozenset(references.used))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"CONFIG_FILE: the file {path} does not exist") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path.name}: not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{path.name}: cannot be read ({error.strerror})") from None


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError(f"{name}: nested too deeply") from None
    except ValueError as error:
        raise ConfigurationError(f"{name}, {_describe(str(error), text)}") from None


def _describe(message: str, text: str) -> str:
    found = _LINE.search(message)
    line = int(found[1]) if found else len(text.splitlines())
    remedies = (remedy for start, remedy in _REMEDIES.items() if message.startswith(start))
    return f"line {line}: {next(remedies, 'not valid TOML; see https://toml.io')}"


class _References:
    """Replaces variable references with their values in every text.

    `used` collects the names of the variables, `problems` what is wrong, with the tables in which it is.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.used: set[str] = set()
        self.problems: list[tuple[str, str]] = []

    def replaced(self, value: Any, path: KeyPath) -> Any:
        """Return a value with all references in it replaced; one that cannot be stays as it is."""
        if isinstance(value, dict):
            return {key: self.replaced(each, [*path, key]) for key, each in value.items()}
        if isinstance(value, list):
            return [self.replaced(each, [*path, index]) for index, each in enumerate(value)]
        if not isinstance(value, str):
            return value
        self.used.update(found[2] for found in _REFERENCE.finditer(value) if found[2] and not found[1])
        try:
            return _REFERENCE.sub(lambda found: _value(found, path, self._environ), value)
        except ConfigurationError as problem:
            self.problems.append((format_path(path[:2]), str(problem)))
            return value


def _value(found: re.Match[str], path: KeyPath, environ: Mapping[str, str]) -> str:
    escape, name = found.groups()
    if escape:
        return found[0][1:]
    if name is None:
        raise ConfigurationError(
            f"{format_path(path)}: ${{ must be followed by a variable's name, in capitals, and }}; "
            "write $${ for a literal ${"
        )
    if not environ.get(name, "").strip():
        state = "is empty" if name in environ else "is not set"
        raise ConfigurationError(
            f"{format_path(path)}: the variable {name} {state}; set it, or remove it here"
        )
    return environ[name]
