"""The lines of a `.env` file, read without running them; imports nothing, so that deploy.sh can use it."""

import re
from collections.abc import Iterator

_NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*", re.ASCII)
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_ESCAPED = re.compile(r'\\([\\"$`])')


class InvalidLine(ValueError):
    """A line is neither a comment nor NAME=value; the text says which."""


def parse_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each line.

    Raises:
        InvalidLine: a line has another form.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not _COMMENT.sub("", line).strip():
            continue
        name = _NAME.match(line.strip())
        value = name and _parse_value(line.strip()[name.end() :])
        if name is None or value is None:
            raise InvalidLine(f"line {number}: write NAME=value, and close every quote")
        yield name[1], value


def line_name(line: str) -> str:
    """Return the name that a line sets, or nothing."""
    name = _NAME.match(line.strip())
    return name[1] if name else ""


def _parse_value(text: str) -> str | None:
    if single := _SINGLE.fullmatch(text):
        return single[1]
    if double := _DOUBLE.fullmatch(text):
        return _ESCAPED.sub(r"\1", double[1])
    return None if text[:1] in ("'", '"') else _COMMENT.sub("", text)
