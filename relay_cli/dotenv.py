"""The `.env` file: variables for the operator's machine, read by the commands and never by the function."""

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
    r"""Read a file of `NAME=value` lines; a missing file is empty.

    A value may be quoted; an unquoted one ends where ` #` starts a comment. Nothing is expanded: `$` is
    an ordinary character. In double quotes `\"` is a quote, as in a shell.

    Raises:
        ConfigurationError: lines have another form, or the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path.name}: cannot be read as UTF-8 text") from None
    lines = list(_parse_lines(text))
    if wrong := [number for number, _, value in lines if value is None]:
        problems = (f"{path.name}, line {each}: write NAME=value, and close every quote" for each in wrong)
        raise ConfigurationError(*problems)
    return {name: value for _, name, value in lines if value is not None}


def names(path: Path) -> dict[int, str]:
    """Return the name of the variable that each line sets, by the line's number; nothing without a file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return {}
    return {number: name for number, name, _ in _parse_lines(text) if name}


def merge_file(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Add the variables of the folder's `.env` to those already set, which take precedence.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    return read(folder / ".env") | dict(environ)


def _parse_lines(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Yield the number, the name and the value of each line; None is the value of one that has no form."""
    for number, line in enumerate(text.split("\n"), 1):
        if not _COMMENT.sub("", line).strip():
            continue
        name = _NAME.match(line.strip())
        yield number, name[1] if name else "", name and _parse_value(line.strip()[name.end() :])


def _parse_value(text: str) -> str | None:
    if single := _SINGLE.fullmatch(text):
        return single[1]
    if double := _DOUBLE.fullmatch(text):
        return _ESCAPED.sub(r"\1", double[1])
    return None if text[:1] in ("'", '"') else _COMMENT.sub("", text)
