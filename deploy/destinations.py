"""What the configuration needs of a deployment: packages for its destinations, and the gateway's login."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.failures import Stopped
from forwarders import REGISTRY

_REPLIES = "replies"
"""The option by which a destination can be answered, which takes the gateway's login."""


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
        return {str(each.get("type")) for each in _read(file).get("destinations", {}).values()}
    except (ValueError, AttributeError):  # no TOML, or no table where one should be
        raise Stopped(f"{file} is not valid.", "./sms-relay check says what to fix.") from None


def has_replies(settings: Mapping[str, str], file: Path | None) -> bool:
    """Return whether a destination can be answered; a file that is not valid has none."""
    if file is None:
        return any(
            spec.variables[variable] == _REPLIES
            for spec in REGISTRY.values()
            for variable in spec.variables.keys() & settings.keys()
        )
    try:
        return any(_REPLIES in each for each in _read(file).get("destinations", {}).values())
    except (ValueError, AttributeError, TypeError):  # the check of the configuration says it
        return False


def has_canary(file: Path | None) -> bool:
    """Return whether a phone is asked to send an SMS to try the way; a file that is not valid has none."""
    try:
        return file is not None and "canary" in _read(file)
    except ValueError:
        return False


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8-sig"))
