# ruff: noqa: INP001  (a script among shell scripts, not a package)
"""Print what `.env` sets, a NAME=value line each: `python -m deploy.settings`."""

import sys
from pathlib import Path

from relay.config import ConfigurationError, dotenv

if __name__ == "__main__":
    try:
        for name, value in dotenv.read(Path(".env")).items():
            sys.stdout.write(f"{name}={value}\n")
    except ConfigurationError as problem:
        sys.exit(str(problem))
