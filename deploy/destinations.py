"""The types of the destinations that are configured, for the packages that they need."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from deploy.failures import Stopped
from forwarders import REGISTRY


def destination_types(settings: Mapping[str, str], file: Path | None) -> set[str]:
    """Return the types in the configuration file, else those that variables set up.

    Raises:
        Stopped: the file is not valid.
    """
    if file is None:
        return {
            kind
            for kind, spec in REGISTRY.items()
            if any(variable in settings for variable in spec.variables)
        }
    try:
        destinations = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("destinations", {})
        return {str(each.get("type")) for each in destinations.values()}
    except (ValueError, AttributeError):  # no TOML, or no table where one should be
        raise Stopped(f"{file} is not valid.", "./sms-relay check says what to fix.") from None
