"""The destinations: the forwarder of each, and its options."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr

import forwarders
from forwarders import REGISTRY
from forwarders.base import Forwarder, Options
from relay.config.errors import ConfigurationError, KeyPath, Mistakes, format_path, validate
from relay.config.invisible import describe_invisible
from relay.config.problems import suggest
from relay.config.routes import Template
from relay.model import Visibility

_NAME = re.compile(r"[\w-]{1,64}")


class CommonOptions(BaseModel):
    """The options of every destination, beside those of its type."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    type: str = Field(
        description="Its type, or `module:Class` for a forwarder of your own.", examples=["telegram"]
    )
    required: bool = Field(
        True,
        description="Whether the phone repeats an event that this destination did not accept.",
        examples=[False],
    )
    content: Visibility | None = Field(
        None, description="The most that it ever shows, whatever the route says.", examples=["code"]
    )
    template: str | None = Field(
        None, description="The `[templates]` entry to use if the route names none.", examples=["short"]
    )


Read = tuple[CommonOptions, Options]
"""The options of a destination: those that all have, and those of its type."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A configured destination. `content` is the most it ever shows, `template` the default one.

    If it is not `required`, its failures never make the phone repeat an event.
    """

    name: str
    type: str
    options: Options
    required: bool = True
    content: Visibility | None = None
    template: Template | None = None


def import_forwarder(kind: str) -> type[Forwarder[Any]]:
    """Import the forwarder of a type of destination: a name in the registry, or `module:Class`.

    Raises:
        ConfigurationError: there is none of that name, or a library that it needs is not installed.
    """
    module, colon, attribute = kind.partition(":")
    if not colon and kind not in REGISTRY:
        raise ConfigurationError(f'there is no destination type "{kind}"; {suggest(kind, REGISTRY)}')
    try:
        found = forwarders.load(kind)
    except ImportError as error:
        raise ConfigurationError(_describe_import_error(kind, module, error.name or module)) from None
    except AttributeError:
        raise ConfigurationError(f'the module "{module}" has no "{attribute}"') from None
    except Exception as bug:  # noqa: BLE001  a custom module may raise anything
        raise ConfigurationError(f'the module "{module}" cannot be imported: {type(bug).__name__}') from None
    if not (isinstance(found, type) and issubclass(found, Forwarder)):
        raise ConfigurationError(
            f'"{kind}" is not a forwarder; it must be a subclass of forwarders.base.Forwarder'
        )
    if not hasattr(found, "Options"):
        raise ConfigurationError(f'"{kind}" has no Options; every forwarder must define its options')
    return found


def _describe_import_error(kind: str, module: str, missing: str) -> str:
    if kind not in REGISTRY and missing in {module, module.partition(".")[0]}:
        return f'the module "{module}" cannot be imported; put it beside main.py'
    remedy = f"pip install -r requirements-{kind}.txt" if kind in REGISTRY else f"install {missing}"
    return f'the library "{missing}" is not installed; {remedy}'


def read_tables(tables: Any) -> dict[str, Read]:
    """Read `[destinations.NAME]`.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    if not isinstance(tables, Mapping):
        raise ConfigurationError("destinations: must be tables, like [destinations.family]")
    return _read_all((name, partial(_read_table, name, table)) for name, table in tables.items())


def _read_all(readers: Iterable[tuple[str, Callable[[], Read]]]) -> dict[str, Read]:
    """Read all destinations; if some are wrong, raise what is wrong with each of them."""
    mistakes = Mistakes()
    nothing = CommonOptions(type=""), Options()
    found = {name: mistakes.attempt(read, nothing) for name, read in readers}
    mistakes.report()
    return found


def _read_table(name: str, table: Any) -> Read:
    key = f"destinations.{name}"
    if not _NAME.fullmatch(name):
        raise ConfigurationError("destinations: a name must be 1 to 64 letters, digits, '_' or '-'")
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{key}: must be a table, like [{key}]")

    def name_of(path: KeyPath) -> str:
        return format_path([key, *path])

    given = {each: table[each] for each in CommonOptions.model_fields if each in table}
    common = validate(CommonOptions, given, name_of)
    try:
        options_type = import_forwarder(common.type).Options
    except ConfigurationError as error:
        raise ConfigurationError(f"{key}.type: {error}") from None
    options = {each: table[each] for each in table if each not in CommonOptions.model_fields}
    _refuse_invisible(options_type, options, name_of)
    return common, validate(options_type, options, name_of, more=CommonOptions.model_fields)


def read_variables(environ: Mapping[str, str]) -> dict[str, Read]:
    """Read the variables of every type of destination; one is configured if any of its variables is set.

    Raises:
        ConfigurationError: a variable is missing or wrong.
    """
    return _read_all(
        (kind, partial(_read_options, kind, entry.variables, environ))
        for kind, entry in REGISTRY.items()
        if any(variable in environ for variable in entry.variables)
    )


def _read_options(kind: str, variables: Mapping[str, str], environ: Mapping[str, str]) -> Read:
    names = {option: variable for variable, option in variables.items()}
    given = {option: environ[variable] for variable, option in variables.items() if variable in environ}

    def name_of(path: KeyPath) -> str:
        return names.get(str(path[0]), kind) if path else kind

    options_type = import_forwarder(kind).Options
    _refuse_invisible(options_type, given, name_of)
    return CommonOptions(type=kind), validate(options_type, given, name_of)


def _refuse_invisible(
    options_type: type[Options], given: Mapping[str, Any], name_of: Callable[[KeyPath], str]
) -> None:
    """Refuse a secret with an invisible character, before a forwarder says that it is not valid."""
    for option, field in options_type.model_fields.items():
        value = given.get(option)
        if _holds_secret(field.annotation):
            secrets = value if isinstance(value, list | tuple) else [value]
            for problem in (describe_invisible(each) for each in secrets if isinstance(each, str)):
                if problem:
                    raise ConfigurationError(f"{name_of([option])}: {problem}")


def has_replies(options: Options) -> bool:
    """Return whether people may answer what is posted to a destination."""
    return getattr(options, "replies", None) is not None


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(map(_holds_secret, get_args(annotation)))


def build_destination(
    name: str, common: CommonOptions, options: Options, templates: Mapping[str, Template]
) -> Destination:
    """Return a destination with the template that it names.

    Raises:
        ConfigurationError: there is no such template.
    """
    if common.template is not None and common.template not in templates:
        raise ConfigurationError(
            f'destinations.{name}.template: no template is called "{common.template}"; '
            f"{suggest(common.template, templates)}"
        )
    template = templates[common.template] if common.template else None
    return Destination(name, common.type, options, common.required, common.content, template)
