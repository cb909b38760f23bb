"""The environment variables that are ours, and what is wrong with them as such."""

from collections.abc import Container, Iterator, Mapping

from forwarders import REGISTRY
from relay.config.errors import ConfigurationError
from relay.config.settings import SETTINGS

DESTINATIONS: Mapping[str, tuple[str, str]] = {
    variable: (kind, option)
    for kind, entry in REGISTRY.items()
    for variable, option in entry.variables.items()
}
"""Which variable sets which option of which type."""
KNOWN = frozenset({*SETTINGS, *DESTINATIONS, "CONFIG_FILE"})


def refuse_empty(environ: Mapping[str, str]) -> None:
    """Refuse a variable that is set to nothing: nobody can tell what it was to mean.

    Raises:
        ConfigurationError: there is one.
    """
    for name in sorted(environ.keys() & KNOWN):
        if not environ[name].strip():
            raise ConfigurationError(f"{name}: is empty; set it, or remove it")


def refuse_unused(environ: Mapping[str, str], file: str, used: Container[str]) -> None:
    """Refuse a destination's variable that the configuration file does not use: it would do nothing.

    Raises:
        ConfigurationError: there is one.
    """
    for name in DESTINATIONS:
        if name in environ and name not in used:
            raise ConfigurationError(
                f"{name}: is set, but {file} does not use it; write ${{{name}}} there, or remove the variable"
            )


def lookalikes(environ: Mapping[str, str]) -> Iterator[str]:
    """Say which variables are one of ours but for an underscore or a plural, such as SIGNING_KEY."""
    known = {_plain(name): name for name in KNOWN - environ.keys()}
    for name in sorted(environ.keys() - KNOWN):
        if meant := known.get(_plain(name)):
            yield f"{name}: there is no such variable; did you mean {meant}?"


def _plain(name: str) -> str:
    return name.upper().replace("_", "").rstrip("S")
