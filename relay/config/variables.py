"""The environment variables of the relay: empty, unused and misspelled ones."""

from collections.abc import Container, Iterator, Mapping

from forwarders import REGISTRY
from relay.config.errors import ConfigurationError
from relay.config.settings import SETTINGS

DESTINATIONS: Mapping[str, tuple[str, str]] = {
    variable: (kind, option)
    for kind, entry in REGISTRY.items()
    for variable, option in entry.variables.items()
}
"""The type of destination, and its option, that each variable sets."""
KNOWN = frozenset({*SETTINGS, *DESTINATIONS, "CONFIG_FILE", "WATCH"})


def refuse_empty(environ: Mapping[str, str]) -> None:
    """Refuse a variable that is set to an empty value: its meaning would be unclear.

    Raises:
        ConfigurationError: there is one.
    """
    _refuse(
        f"{name}: is empty; set it, or remove it"
        for name in sorted(environ.keys() & KNOWN)
        if not environ[name].strip()
    )


def refuse_unused(environ: Mapping[str, str], file: str, used: Container[str]) -> None:
    """Refuse a destination's variable that the configuration file does not use: it would have no effect.

    Raises:
        ConfigurationError: there is one.
    """
    _refuse(
        f"{name}: is set, but {file} does not use it; write ${{{name}}} there, or remove the variable"
        for name in DESTINATIONS
        if name in environ and name not in used
    )


def _refuse(found: Iterator[str]) -> None:
    if problems := tuple(found):
        raise ConfigurationError(*problems)


def find_misspelled(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that differs from one of ours in an underscore or a plural."""
    unset = {_simplify(name): name for name in KNOWN - environ.keys()}
    for name in sorted(environ.keys() - KNOWN):
        if meant := unset.get(_simplify(name)):
            yield f"{name}: there is no such variable; did you mean {meant}?"


def _simplify(name: str) -> str:
    return name.upper().replace("_", "").rstrip("S")
