"""Everything that a deployment decides, as checked objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forwarders import REGISTRY
from forwarders.base import Options
from relay.config.destinations import (
    Common,
    Destination,
    as_destination,
    forwarder_type,
    from_tables,
    from_variables,
)
from relay.config.errors import ConfigurationError, checked, dotted
from relay.config.routes import Expect, Routing
from relay.config.settings import Settings, read_settings, warnings_of
from relay.config.variables import lookalikes, refuse_empty, refuse_unused

if TYPE_CHECKING:
    from relay.config.document import Document

__all__ = ["Config", "ConfigurationError", "Destination", "Settings", "forwarder_type", "load"]

_SECRET = 4
"""Characters from which on a value may be a secret; shorter ones are in too many words."""

Read = Mapping[str, tuple[Common, Options]]
"""The destinations as read, by name."""


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration. `warnings` are sentences for the operator."""

    settings: Settings
    destinations: Mapping[str, Destination]
    routing: Routing
    warnings: tuple[str, ...] = ()

    @property
    def expects(self) -> tuple[Expect, ...]:
        """The events for which the file says where they are to go."""
        return self.routing.expect


def load(environ: Mapping[str, str], folder: Path) -> Config:
    """Read the configuration file, if there is one, and the environment.

    The file is CONFIG_FILE, or `config.toml` in the folder. With a file, its destinations are the only
    ones; without, the variables name them, and inbound messages, failures and unknown types go to each.
    An end of line around a variable's value is dropped: secrets are often stored with one.

    Raises:
        ConfigurationError: the function must not start.
    """
    environ = {name: value.strip("\r\n") for name, value in environ.items()}
    refuse_empty(environ)
    named = environ.get("CONFIG_FILE")
    path = folder / (named or "config.toml")
    return _from_file(path, environ) if named or path.exists() else _from_variables(environ)


def _from_variables(environ: Mapping[str, str]) -> Config:
    read = _or_console(from_variables(environ), environ)
    settings = read_settings({}, environ, read)
    if "alerts" not in settings.model_fields_set:
        settings = settings.model_copy(update={"alerts": tuple(read)})
    return _joined(settings, read, Routing.model_construct(), environ)


def _from_file(path: Path, environ: Mapping[str, str]) -> Config:
    from relay.config import document  # noqa: PLC0415  (the parser costs those nothing who have no file)

    file = document.read(path, environ)
    try:
        return _from_document(file, environ)
    except ConfigurationError as problem:
        raise ConfigurationError(_by_name(str(problem), file.used, environ)) from None


def _by_name(problem: str, used: Iterable[str], environ: Mapping[str, str]) -> str:
    """Put a variable's name back in the place of its value: a secret may stand where a name belongs."""
    for name in used:
        if len(environ[name]) >= _SECRET:
            problem = problem.replace(environ[name], f"${{{name}}}")
    return problem


def _from_document(file: "Document", environ: Mapping[str, str]) -> Config:
    refuse_unused(environ, file.name, file.used)
    _refuse_misplaced(file.tables)
    read = _or_console(from_tables(file.tables.get("destinations", {})), environ)
    settings = read_settings(file.tables.get("relay", {}), environ, read)
    own = ("relay", "destinations")
    routes = {key: each for key, each in file.tables.items() if key not in own}
    routing = checked(Routing, routes, dotted, context={"destinations": tuple(read)}, more=own)
    return _joined(settings, read, routing, environ)


def _joined(settings: Settings, read: Read, routing: Routing, environ: Mapping[str, str]) -> Config:
    return Config(
        settings,
        {name: as_destination(name, *each, routing.templates) for name, each in read.items()},
        routing,
        (*warnings_of(settings), *lookalikes(environ)),
    )


def _refuse_misplaced(tables: Mapping[str, Any]) -> None:
    for key in tables:
        if key in Settings.model_fields and key not in Routing.model_fields:
            raise ConfigurationError(f"{key}: it belongs under [relay]")


def _or_console(read: Read, environ: Mapping[str, str]) -> Read:
    """Let the terminal stand in where nothing is configured.

    Never on Google Cloud: there it would print messages into the log, and call that delivered.
    """
    on_google = "K_SERVICE" in environ
    if not read and on_google:
        raise ConfigurationError(
            "destinations: there is none; set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or another pair"
        )
    for name, (common, _) in read.items():
        if on_google and common.type in {"console", REGISTRY["console"].path}:
            raise ConfigurationError(
                f"destinations.{name}.type: on Google Cloud a console prints messages into the log; "
                "choose another type"
            )
    return read or {"console": (Common(type="console"), forwarder_type("console").Options())}
