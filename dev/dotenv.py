"""The file `.env`: what a deployment keeps to itself, one NAME=value a line."""

import os
import secrets
from pathlib import Path

FIRST = """\
# What this deployment keeps to itself. One NAME=value a line; docs/configuration.md names them all.

# The secret in the webhook's URL: who knows it may post. Made at random, and yours to keep.
API_KEY={api_key}

# The signing key of the phone, from the settings of its webhooks; several are separated by commas.
# SIGNING_KEYS=

# Where the messages go. As long as nothing is named here, to the terminal.
# TELEGRAM_BOT_TOKEN=
# TELEGRAM_CHAT_ID=
"""


def read(path: Path) -> dict[str, str]:
    """Return what the file sets; lines of another form are left out, quotes around a value too."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}


def write_first(path: Path) -> None:
    """Make the file with a random key, for its owner's eyes only.

    Raises:
        FileExistsError: there is one; it is never overwritten.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(FIRST.format(api_key=secrets.token_urlsafe(24)))


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
