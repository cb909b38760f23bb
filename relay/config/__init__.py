"""The configuration of a deployment: read, validated and joined."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forwarders import REGISTRY
from forwarders.base import Options
from relay.config.destinations import (
    CommonOptions,
    Destination,
    build_destination,
    has_replies,
    import_forwarder,
    read_tables,
    read_variables,
)
from relay.config.errors import ConfigurationError, Mistakes, format_path, validate
from relay.config.routes import OVERRIDES, Routing
from relay.config.settings import Settings, read_settings
from relay.config.variables import DESTINATIONS, find_misspelled, refuse_empty, refuse_unused
from relay.config.warnings import find_warnings

if TYPE_CHECKING:
    from relay.config.canary import Canary
    from relay.config.document import Document
    from relay.config.gateway import GatewaySettings
    from relay.config.watch import WatchSettings

__all__ = ["Config", "ConfigurationError", "Destination", "Settings", "import_forwarder", "load"]

_SHORTEST_SECRET = 4
"""Characters of the shortest value that may be a secret; shorter ones occur in too many words."""

DestinationOptions = Mapping[str, tuple[CommonOptions, Options]]
"""The options of the destinations, by name."""
_NONE: DestinationOptions = {}
_NO_TESTS: "tuple[Canary, ...]" = ()
_UNKNOWN = Settings.model_construct(api_keys=(), timezone="UTC")
"""Takes the place of settings that are wrong, until all mistakes are reported."""


@dataclass(frozen=True, slots=True)
class Config:
    """A complete configuration. `warnings` are sentences for the operator.

    `watch` is None if not set, `gateway` if nothing uses it. `canaries` are tests that have to come back.
    """

    settings: Settings
    destinations: Mapping[str, Destination]
    routing: Routing
    warnings: tuple[str, ...] = ()
    watch: "WatchSettings | None" = None
    gateway: "GatewaySettings | None" = None
    canaries: "tuple[Canary, ...]" = ()


def load(environ: Mapping[str, str], folder: Path) -> Config:
    """Read the configuration file, if there is one, and the environment.

    The file is CONFIG_FILE, or `config.toml` in the folder. If there is a file, only its destinations are
    used; else the variables configure them, and received messages, failures and unknown types go to each.
    Line breaks around a variable's value are removed: secrets are often stored with one.

    Raises:
        ConfigurationError: the function must not start.
    """
    environ = {name: value.strip("\r\n") for name, value in environ.items()}
    mistakes = Mistakes()
    mistakes.attempt(lambda: refuse_empty(environ), None)
    name = environ.get("CONFIG_FILE")
    path = folder / (name or "config.toml")
    if name or path.exists():
        return _load_file(path, environ, mistakes)
    return _load_variables(environ, mistakes)


def _load_variables(environ: Mapping[str, str], mistakes: Mistakes) -> Config:
    destinations = mistakes.attempt(lambda: _or_console(read_variables(environ), environ), _NONE)
    names = destinations or {DESTINATIONS[name][0] for name in environ if name in DESTINATIONS}
    settings = mistakes.attempt(lambda: read_settings({}, environ, names), _UNKNOWN)
    routing = Routing.model_construct()
    watch = mistakes.attempt(lambda: _read_watch(None, environ, settings, routing, names), None)
    gateway = mistakes.attempt(lambda: _read_gateway({}, environ, settings, destinations, routing), None)
    mistakes.report()
    if "alerts" not in settings.model_fields_set:
        settings = settings.model_copy(update={"alerts": tuple(destinations)})
    return _build(settings, destinations, routing, environ, watch=watch, gateway=gateway)


def _load_file(path: Path, environ: Mapping[str, str], mistakes: Mistakes) -> Config:
    from relay.config import document  # noqa: PLC0415  (without a file, the parser is not loaded)

    file = document.read(path, environ, mistakes)
    try:
        return _load_document(file, environ, mistakes)
    except ConfigurationError as error:
        shown = (_hide_values(each, file.used, environ) for each in error.problems)
        raise ConfigurationError(*shown) from None


def _hide_values(problem: str, used: Iterable[str], environ: Mapping[str, str]) -> str:
    """Replace the values of variables with their names: there may be a secret where a name belongs."""
    for name in used:
        if len(environ.get(name, "")) >= _SHORTEST_SECRET:
            problem = problem.replace(environ[name], f"${{{name}}}")
    return problem


def _load_document(file: "Document", environ: Mapping[str, str], mistakes: Mistakes) -> Config:
    mistakes.attempt(lambda: refuse_unused(environ, file.name, file.used), None)
    misplaced = {key for key in file.tables if key in Settings.model_fields.keys() - Routing.model_fields}
    mistakes.add(*(f"{key}: belongs under [relay]" for key in file.tables if key in misplaced))
    table = file.tables.get("destinations", {})
    destinations = mistakes.attempt(lambda: _or_console(read_tables(table), environ), _NONE)
    names = tuple(destinations or table)
    relay = file.tables.get("relay", {})
    settings = mistakes.attempt(lambda: read_settings(relay, environ, names), _UNKNOWN)
    others = ("relay", "destinations", "watch", "gateway", "canary")
    routes = {key: each for key, each in file.tables.items() if key not in {*others, *misplaced}}
    context = {"destinations": names} if names else {}
    routing = mistakes.attempt(
        lambda: validate(Routing, routes, format_path, context=context, more=others),
        Routing.model_construct(),
    )
    watch = mistakes.attempt(
        lambda: _read_watch(file.tables.get("watch"), environ, settings, routing, names), None
    )
    canaries = mistakes.attempt(lambda: _read_canaries(file.tables, environ, settings, routing), _NO_TESTS)
    table = file.tables.get("gateway", {})
    gateway = mistakes.attempt(
        lambda: _read_gateway(table, environ, settings, destinations, routing, canaries=canaries), None
    )
    mistakes.report()
    config = _build(settings, destinations, routing, environ, watch=watch, gateway=gateway)
    return replace(config, canaries=canaries)


def _build(
    settings: Settings,
    destinations: DestinationOptions,
    routing: Routing,
    environ: Mapping[str, str],
    *,
    watch: "WatchSettings | None",
    gateway: "GatewaySettings | None",
) -> Config:
    return Config(
        settings,
        {name: build_destination(name, *each, routing.templates) for name, each in destinations.items()},
        routing,
        (*find_warnings(settings, watched=watch is not None), *find_misspelled(environ)),
        watch,
        gateway,
    )


def _read_gateway(
    table: Any,
    environ: Mapping[str, str],
    settings: Settings,
    destinations: DestinationOptions,
    routing: Routing,
    *,
    canaries: "Sequence[Canary]" = (),
) -> "GatewaySettings | None":
    """Read the gateway's access if anything uses it, and check what else that needs."""
    users = [f"destinations.{name}.replies" for name, (_, each) in destinations.items() if has_replies(each)]
    users += [f"canary[{number}]" for number in range(len(canaries))]
    if not users or settings is _UNKNOWN:
        return None
    from relay.config.gateway import read_gateway, require_phone  # noqa: PLC0415  (seldom configured)

    for name, (_, options) in destinations.items():
        require_phone(name, options, routing)
    return read_gateway(table, environ, settings, users)


def _read_canaries(
    tables: Mapping[str, Any], environ: Mapping[str, str], settings: Settings, routing: Routing
) -> "tuple[Canary, ...]":
    are_phones_known = bool(routing.devices) or "devices" not in tables
    if "canary" not in tables or settings is _UNKNOWN or not are_phones_known:
        return ()
    from relay.config.canary import read_canaries  # noqa: PLC0415  (without a test, nothing of it is loaded)

    watched = "watch" in tables or "WATCH" in environ
    return read_canaries(tables["canary"], settings, routing, watched=watched)


def _read_watch(
    table: Any, environ: Mapping[str, str], settings: Settings, routing: Routing, names: Collection[str]
) -> "WatchSettings | None":
    if table is None and "WATCH" not in environ:
        _refuse_unwatched(routing)
        return None
    from relay.config.watch import read_watch  # noqa: PLC0415  (without a watch, nothing of it is loaded)

    return read_watch({} if table is None else table, environ.get("WATCH"), settings, names)


def _refuse_unwatched(routing: Routing) -> None:
    """Refuse a phone's own limits if nothing is watched: they would have no effect."""
    keys = [
        (name, key)
        for name, each in routing.devices.items()
        for key in OVERRIDES
        if getattr(each, key) is not None
    ]
    if keys:
        raise ConfigurationError(
            *(f"devices.{name}.{key}: has no effect without [watch]" for name, key in keys)
        )


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
