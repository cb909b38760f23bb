"""The `.env` file: variables for the operator's machine, read by the commands and never by the function."""

from collections.abc import Mapping
from pathlib import Path

from relay.config.errors import ConfigurationError
from relay_cli.env_lines import InvalidLine, parse_lines


def read(path: Path) -> dict[str, str]:
    r"""Read a file of `NAME=value` lines; a missing file is empty.

    A value may be quoted; an unquoted one ends where ` #` starts a comment. Nothing is expanded: `$` is
    an ordinary character. In double quotes `\"` is a quote, as in a shell.

    Raises:
        ConfigurationError: a line has another form, or the file cannot be read.
    """
    try:
        return dict(parse_lines(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return {}
    except InvalidLine as problem:
        raise ConfigurationError(f"{path.name}, {problem}") from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path.name}: cannot be read as UTF-8 text") from None


def merge_file(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Add the variables of the folder's `.env` to those already set, which take precedence.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    return read(folder / ".env") | dict(environ)
