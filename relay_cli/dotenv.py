"""The `.env` file: variables for the operator's machine, read by the commands and never by the function."""

from collections.abc import Mapping
from pathlib import Path

from relay.config.errors import ConfigurationError
from relay_cli.env_lines import InvalidLines, parse, split_lines


def read(path: Path) -> dict[str, str]:
    r"""Read a file of `NAME=value` lines; a missing file is empty.

    A value may be quoted; an unquoted one ends where ` #` starts a comment. Nothing is expanded: `$` is
    an ordinary character. In double quotes `\"` is a quote, as in a shell.

    Raises:
        ConfigurationError: lines have another form, or the file cannot be read.
    """
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except InvalidLines as error:
        raise ConfigurationError(*(f"{path.name}, {problem}" for problem in error.problems)) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path.name}: cannot be read as UTF-8 text") from None


def names(path: Path) -> dict[int, str]:
    """Return the name of the variable that each line sets, by the line's number; nothing without a file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return {}
    return {number: name for number, name, _ in split_lines(text) if name}


def merge_file(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Add the variables of the folder's `.env` to those already set, which take precedence.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    return read(folder / ".env") | dict(environ)
