"""The configuration file: TOML, with `${VARIABLE}` for what must not stand in it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relay.config.errors import ConfigurationError, Keys, dotted

_REFERENCE = re.compile(r"\$(\$?)\{(?:([A-Z_][A-Z0-9_]*)\})?")
_PLACE = re.compile(r"\(at line (\d+), column \d+\)$")
_REMEDIES = {
    "Cannot": "a key or a table stands there twice; keep one",
    "Duplicate": "a key stands there twice; keep one",
    "Expected '='": "a key needs = and a value",
    "Expected ']": "the name of a table ends with ]",
    "Expected newline": "one line holds one key and one value; a text stands in quotes",
    "Invalid value": "this is no value; a text stands in quotes",
    "Illegal character": "a character cannot stand here; is a quote still open?",
    "Unescaped": r"write \\ for a backslash, or use single quotes",
    "Unterminated": "a quote is still open",
    "Expected \"'": "a quote is still open",
    "Unclosed": "a bracket is still open",
}
"""What the parser says, by its beginning: the rest of it can quote the file."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its tables with every variable filled in, and which variables those were."""

    name: str
    tables: Mapping[str, Any] = field(repr=False)
    used: frozenset[str]


def read(path: Path, environ: Mapping[str, str]) -> Document:
    """Read a configuration file and fill in its variables.

    Raises:
        ConfigurationError: it cannot be read, is no TOML, or names a variable that is not set.
    """
    used: set[str] = set()
    tables = _parse(path.name, _text(path))
    return Document(path.name, _filled(tables, [], environ, used), frozenset(used))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"CONFIG_FILE: there is no file {path}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path.name}: it is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{path.name}: it cannot be read ({error.strerror})") from None


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError(f"{name}: it is nested too deep") from None
    except ValueError as error:
        raise ConfigurationError(f"{name}, {_mistake(str(error), text)}") from None


def _mistake(words: str, text: str) -> str:
    place = _PLACE.search(words)
    line = int(place[1]) if place else len(text.splitlines())
    mends = (mend for start, mend in _REMEDIES.items() if words.startswith(start))
    return f"line {line}: {next(mends, 'this is not TOML; see https://toml.io')}"


def _filled(value: Any, path: Keys, environ: Mapping[str, str], used: set[str]) -> Any:
    """Put variables in the place of their names, in every text; `used` collects the names."""
    if isinstance(value, dict):
        return {key: _filled(each, [*path, key], environ, used) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, [*path, place], environ, used) for place, each in enumerate(value)]
    if not isinstance(value, str):
        return value
    used.update(found[2] for found in _REFERENCE.finditer(value) if found[2] and not found[1])
    return _REFERENCE.sub(lambda found: _variable(found, path, environ), value)


def _variable(found: re.Match[str], path: Keys, environ: Mapping[str, str]) -> str:
    doubled, name = found.groups()
    if doubled:
        return found[0][1:]
    if name is None:
        raise ConfigurationError(
            f"{dotted(path)}: ${{ must be followed by a variable's name, in capitals, and }}; "
            "write $${ for the characters themselves"
        )
    if not environ.get(name, "").strip():
        state = "is empty" if name in environ else "is not set"
        raise ConfigurationError(
            f"{dotted(path)}: the variable {name} {state}; set it, or do not use it here"
        )
    return environ[name]
