"""The lines of a `.env` file, read without running them; imports nothing, so that deploy.sh can use it."""

import re
from collections.abc import Iterator, Sequence

_NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*", re.ASCII)
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_ESCAPED = re.compile(r'\\([\\"$`])')


class InvalidLines(ValueError):
    """Lines are neither comments nor NAME=value; `problems` has a sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse(text: str) -> dict[str, str]:
    """Return the values of all lines by their names.

    Raises:
        InvalidLines: lines have another form.
    """
    lines = list(split_lines(text))
    if wrong := [number for number, _, value in lines if value is None]:
        raise InvalidLines([f"line {each}: write NAME=value, and close every quote" for each in wrong])
    return {name: value for _, name, value in lines if value is not None}


def split_lines(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Yield the number, the name and the value of each line; the value of one of another form is None."""
    for number, line in enumerate(text.split("\n"), 1):
        if not _COMMENT.sub("", line).strip():
            continue
        name = _NAME.match(line.strip())
        yield number, name[1] if name else "", name and _parse_value(line.strip()[name.end() :])


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
