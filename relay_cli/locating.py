"""Where in `config.toml` or `.env` a mistake is: what the parsers return has no lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from relay_cli import dotenv

Keys = tuple[str | int, ...]

_PART = re.compile(r"""\[(\d+)\]|"([^"]*)"|'([^']*)'|([^.\[\]\s"']+)""")
_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_MULTILINE = re.compile(r'"""|\'\'\'')
_ITEM = re.compile(r"(?:routes|expect|canary)\[\d+\](?:\.\w+)*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")


def locate(problem: str, config: Path, env: Path) -> str:
    """Return a problem with the line of the key that it begins with, if one of the files has it."""
    item = _ITEM.match(problem)
    key = item[0] if item else problem.partition(": ")[0]
    is_variable = _VARIABLE.fullmatch(key)
    names = dotenv.names(env) if is_variable else {}
    line = max((each for each in names if names[each] == key), default=None)
    line = line if is_variable else line_of(config, key)
    return f"{problem} ({(env if is_variable else config).name}, line {line})" if line else problem


def line_of(path: Path, key: str) -> int | None:
    """Return the line of a key such as `routes[1].to`; of the table in which it is missing; or None."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    wanted = _parse_path(key)
    lines = {found: number for number, found in _read_keys(text)}
    return next((lines[wanted[:end]] for end in range(len(wanted), 0, -1) if wanted[:end] in lines), None)


def _read_keys(text: str) -> Iterator[tuple[int, Keys]]:
    """Yield the line and the path of each table and key."""
    table: Keys = ()
    counts: dict[Keys, int] = {}
    is_in_text = False
    for number, line in enumerate(text.splitlines(), 1):
        was_in_text, is_in_text = is_in_text, is_in_text ^ (len(_MULTILINE.findall(line)) % 2 == 1)
        if was_in_text:
            continue
        if header := _HEADER.fullmatch(line):
            table = _parse_path(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_parse_path(key[1]))


def _parse_path(key: str) -> Keys:
    return tuple(
        int(index) if index else double or single or plain
        for index, double, single, plain in _PART.findall(key)
    )
