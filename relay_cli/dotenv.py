"""The `.env` file: variables for one's own machine, read by commands and never by the function."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from relay.config.errors import ConfigurationError

_NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*", re.ASCII)
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_ESCAPED = re.compile(r'\\([\\"$`])')


def read(path: Path) -> dict[str, str]:
    r"""Read a file of `NAME=value` lines; a file that is not there has none.

    A value may stand in quotes; without, it ends where ` #` begins a comment. Nothing is expanded: `$`
    stands for itself. In double quotes `\"` is a quote, as in a shell.

    Raises:
        ConfigurationError: a line is something else, or the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path.name}: it cannot be read as UTF-8 text") from None
    return dict(_pairs(path.name, text))


def with_file(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Add the variables of the folder's `.env` to those that are set already, which win.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    return read(folder / ".env") | dict(environ)


def _pairs(name: str, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not _COMMENT.sub("", line).strip():
            continue
        named = _NAME.match(line.strip())
        value = named and _value(line.strip()[named.end() :])
        if named is None or value is None:
            raise ConfigurationError(f"{name}, line {number}: write NAME=value, and close every quote")
        yield named[1], value


def _value(written: str) -> str | None:
    if single := _SINGLE.fullmatch(written):
        return single[1]
    if double := _DOUBLE.fullmatch(written):
        return _ESCAPED.sub(r"\1", double[1])
    return None if written[:1] in ("'", '"') else _COMMENT.sub("", written)
