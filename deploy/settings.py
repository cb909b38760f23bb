# ruff: noqa: INP001  (a script among shell scripts, not a package)
"""Print the settings in `.env` as NAME=value lines; with `types`, the types of the destinations instead."""

import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from relay.config import ConfigurationError
from relay.config.variables import DESTINATIONS
from relay_cli import dotenv


def destination_types(settings: Mapping[str, str]) -> Iterable[str]:
    """Return the types of the destinations in the configuration file, else of those in variables."""
    file = Path(settings.get("CONFIG_FILE") or "config.toml")
    if not file.exists():
        return {DESTINATIONS[name][0] for name in settings if name in DESTINATIONS}
    destinations = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("destinations", {})
    return {str(each.get("type")) for each in destinations.values()}


if __name__ == "__main__":
    try:
        settings = dotenv.read(Path(".env"))
    except ConfigurationError as problem:
        sys.exit(str(problem))
    lines = destination_types(settings) if sys.argv[1:] == ["types"] else map("=".join, settings.items())
    sys.stdout.writelines(f"{line}\n" for line in lines)
