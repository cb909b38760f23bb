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


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in to_systemd(dotenv.read(Path(".env"))))
