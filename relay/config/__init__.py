"""The configuration of a deployment: read, validated and joined."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forwarders import REGISTRY
from forwarders.base import Options
from relay.config.destinations import (
    CommonOptions,
    Destination,
    build_destination,
    import_forwarder,
    read_tables,
    read_variables,
)
from relay.config.errors import ConfigurationError, format_path, validate
from relay.config.routes import OVERRIDES, Routing
from relay.config.settings import Settings, find_warnings, read_settings
from relay.config.variables import find_misspelled, refuse_empty, refuse_unused

if TYPE_CHECKING:
    from relay.config.document import Document
    from relay.config.watch import WatchSettings

__all__ = ["Config", "ConfigurationError", "Destination", "Settings", "import_forwarder", "load"]

_SHORTEST_SECRET = 4
"""Characters of the shortest value that may be a secret; shorter ones occur in too many words."""

DestinationOptions = Mapping[str, tuple[CommonOptions, Options]]
"""The options of the destinations, by name."""


@dataclass(frozen=True, slots=True)
class Config:
    """A complete configuration. `warnings` are sentences for the operator; `watch` is None if not set."""

    settings: Settings
    destinations: Mapping[str, Destination]
    routing: Routing
    warnings: tuple[str, ...] = ()
    watch: "WatchSettings | None" = None


def load(environ: Mapping[str, str], folder: Path) -> Config:
    """Read the configuration file, if there is one, and the environment.

    The file is CONFIG_FILE, or `config.toml` in the folder. If there is a file, only its destinations are
    used; else the variables configure them, and received messages, failures and unknown types go to each.
    Line breaks around a variable's value are removed: secrets are often stored with one.

    Raises:
        ConfigurationError: the function must not start.
    """
    environ = {name: value.strip("\r\n") for name, value in environ.items()}
    refuse_empty(environ)
    name = environ.get("CONFIG_FILE")
    path = folder / (name or "config.toml")
    return _load_file(path, environ) if name or path.exists() else _load_variables(environ)


def _load_variables(environ: Mapping[str, str]) -> Config:
    destinations = _or_console(read_variables(environ), environ)
    settings = read_settings({}, environ, destinations)
    if "alerts" not in settings.model_fields_set:
        settings = settings.model_copy(update={"alerts": tuple(destinations)})
    return _build(settings, destinations, Routing.model_construct(), environ)


def _load_file(path: Path, environ: Mapping[str, str]) -> Config:
    from relay.config import document  # noqa: PLC0415  (without a file, the parser is not loaded)

    file = document.read(path, environ)
    try:
        return _load_document(file, environ)
    except ConfigurationError as problem:
        raise ConfigurationError(_hide_values(str(problem), file.used, environ)) from None


def _hide_values(problem: str, used: Iterable[str], environ: Mapping[str, str]) -> str:
    """Replace the values of variables with their names: there may be a secret where a name belongs."""
    for name in used:
        if len(environ[name]) >= _SHORTEST_SECRET:
            problem = problem.replace(environ[name], f"${{{name}}}")
    return problem


def _load_document(file: "Document", environ: Mapping[str, str]) -> Config:
    refuse_unused(environ, file.name, file.used)
    _refuse_misplaced(file.tables)
    destinations = _or_console(read_tables(file.tables.get("destinations", {})), environ)
    settings = read_settings(file.tables.get("relay", {}), environ, destinations)
    others = ("relay", "destinations", "watch")
    routes = {key: each for key, each in file.tables.items() if key not in others}
    context = {"destinations": tuple(destinations)}
    routing = validate(Routing, routes, format_path, context=context, more=others)
    return _build(settings, destinations, routing, environ, file.tables.get("watch"))


def _build(
    settings: Settings,
    destinations: DestinationOptions,
    routing: Routing,
    environ: Mapping[str, str],
    watch_table: Any = None,
) -> Config:
    watch = _read_watch(watch_table, environ.get("WATCH"), settings, routing, destinations)
    return Config(
        settings,
        {name: build_destination(name, *each, routing.templates) for name, each in destinations.items()},
        routing,
        (*find_warnings(settings, watched=watch is not None), *find_misspelled(environ)),
        watch,
    )


def _read_watch(
    table: Any, to: str | None, settings: Settings, routing: Routing, destinations: DestinationOptions
) -> "WatchSettings | None":
    if table is None and to is None:
        _refuse_unwatched(routing)
        return None
    from relay.config.watch import read_watch  # noqa: PLC0415  (without a watch, nothing of it is loaded)

    return read_watch({} if table is None else table, to, settings, destinations)


def _refuse_unwatched(routing: Routing) -> None:
    """Refuse a phone's own limits if nothing is watched: they would have no effect."""
    for name, device in routing.devices.items():
        for key in OVERRIDES:
            if getattr(device, key) is not None:
                raise ConfigurationError(f"devices.{name}.{key}: has no effect without [watch]")


def _refuse_misplaced(tables: Mapping[str, Any]) -> None:
    for key in tables:
        if key in Settings.model_fields and key not in Routing.model_fields:
            raise ConfigurationError(f"{key}: belongs under [relay]")


def _or_console(destinations: DestinationOptions, environ: Mapping[str, str]) -> DestinationOptions:
    """Return the destinations, or the terminal if none is configured.

    Never on Google Cloud: there it would write messages to the log, and report them as delivered.
    """
    on_google = "K_SERVICE" in environ
    if not destinations and on_google:
        raise ConfigurationError(
            "destinations: none is configured; set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or another pair"
        )
    for name, (common, _) in destinations.items():
        if on_google and common.type in {"console", REGISTRY["console"].path}:
            raise ConfigurationError(
                f"destinations.{name}.type: on Google Cloud the console writes messages to the log; "
                "choose another type"
            )
    return destinations or {"console": (CommonOptions(type="console"), import_forwarder("console").Options())}
