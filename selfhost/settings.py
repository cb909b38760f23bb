"""Print the settings of `.env` in the form in which systemd reads them."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from relay_cli import dotenv

_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "`": r"\`", "$": r"\$"})


def to_systemd(settings: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each setting; a ledger in a file is left to the service, which has its own folder.

    https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
    """
    for name, value in settings.items():
        is_others_ledger = name == "LEDGER_URL" and not value.startswith("firestore:")
        if not is_others_ledger:
            yield f'{name}="{value.translate(_ESCAPED)}"'


def find_problem(settings: Mapping[str, str]) -> str | None:
    """Return why the service could not listen; the function's own settings are checked elsewhere."""
    if not settings.get("PORT", "8080").isdecimal():
        return "PORT is not a number; leave it out for 8080"
    return None if settings.get("HOST", "127.0.0.1") else "HOST is empty; leave it out for 127.0.0.1"


if __name__ == "__main__":
    found = dotenv.read(Path(".env"))
    if problem := find_problem(found):
        sys.exit(f"Error: {problem}")
    sys.stdout.writelines(f"{line}\n" for line in to_systemd(found))
