"""The destinations: which forwarder, and with which options."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

import forwarders
from forwarders import REGISTRY
from forwarders.base import Forwarder, Options
from relay.config.entries import hint
from relay.config.errors import ConfigurationError, Keys, checked, dotted
from relay.config.routes import Template
from relay.model import Visibility

_NAME = re.compile(r"[\w-]{1,64}")


class Common(BaseModel):
    """What any destination may say beside the options of its type."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    type: str = Field(
        description="Its kind, or `module:Class` for a forwarder of your own.", examples=["telegram"]
    )
    required: bool = Field(
        True,
        description="Whether the phone repeats an event that this destination did not take.",
        examples=[False],
    )
    content: Visibility | None = Field(
        None, description="The most that it ever shows, whatever a route says.", examples=["code"]
    )
    template: str | None = Field(
        None, description="The `[templates]` entry it uses where a route names none.", examples=["short"]
    )


@dataclass(frozen=True, slots=True)
class Destination:
    """A configured place. `content` is the most it ever shows, `template` holds where a route names none.

    A failure of one that is not `required` never asks the phone to repeat.
    """

    name: str
    type: str
    options: Options
    required: bool = True
    content: Visibility | None = None
    template: Template | None = None


def forwarder_type(kind: str) -> type[Forwarder[Any]]:
    """Import a kind of destination: a name of the registry, or `module:Class`.

    Raises:
        ConfigurationError: there is none of that name, or what it needs is not installed.
    """
    module, colon, attribute = kind.partition(":")
    if not colon and kind not in REGISTRY:
        raise ConfigurationError(f'no destination is of the type "{kind}"; {hint(kind, REGISTRY)}')
    try:
        found = forwarders.load(kind)
    except ImportError as error:
        raise ConfigurationError(_not_found(kind, module, error.name or module)) from None
    except AttributeError:
        raise ConfigurationError(f'the module "{module}" has no "{attribute}"') from None
    except Exception as bug:  # noqa: BLE001  somebody's own module may raise anything
        raise ConfigurationError(f'the module "{module}" cannot be imported: {type(bug).__name__}') from None
    if not (isinstance(found, type) and issubclass(found, Forwarder)):
        raise ConfigurationError(f'"{kind}" is no forwarder; it must be a class made from forwarders.base')
    if not hasattr(found, "Options"):
        raise ConfigurationError(f'"{kind}" has no Options; every forwarder says which options it takes')
    return found


def _not_found(kind: str, module: str, missing: str) -> str:
    if kind not in REGISTRY and missing in {module, module.partition(".")[0]}:
        return f'the module "{module}" cannot be imported; put it beside main.py'
    mend = f"pip install -r requirements-{kind}.txt" if kind in REGISTRY else f"install {missing}"
    return f'the library "{missing}" is not installed; {mend}'


def from_tables(tables: Any) -> dict[str, tuple[Common, Options]]:
    """Read `[destinations.NAME]`.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    if not isinstance(tables, Mapping):
        raise ConfigurationError("destinations: must be tables, like [destinations.family]")
    return {name: _from_table(name, table) for name, table in tables.items()}


def _from_table(name: str, table: Any) -> tuple[Common, Options]:
    key = f"destinations.{name}"
    if not _NAME.fullmatch(name):
        raise ConfigurationError("destinations: a name is 1 to 64 letters, digits, '_' or '-'")
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{key}: must be a table, like [{key}]")

    def named(path: Keys) -> str:
        return dotted([key, *path])

    common = checked(Common, {each: table[each] for each in Common.model_fields if each in table}, named)
    try:
        options_type = forwarder_type(common.type).Options
    except ConfigurationError as error:
        raise ConfigurationError(f"{key}.type: {error}") from None
    options = {each: table[each] for each in table if each not in Common.model_fields}
    return common, checked(options_type, options, named, more=Common.model_fields)


def from_variables(environ: Mapping[str, str]) -> dict[str, tuple[Common, Options]]:
    """Read the variables of every kind of destination; one with any of them set is wanted.

    Raises:
        ConfigurationError: a variable is missing or wrong.
    """
    return {
        kind: (Common(type=kind), _from_variables(kind, entry.variables, environ))
        for kind, entry in REGISTRY.items()
        if any(variable in environ for variable in entry.variables)
    }


def _from_variables(kind: str, variables: Mapping[str, str], environ: Mapping[str, str]) -> Options:
    names = {option: variable for variable, option in variables.items()}
    given = {option: environ[variable] for variable, option in variables.items() if variable in environ}

    def named(path: Keys) -> str:
        return names.get(str(path[0]), kind) if path else kind

    return checked(forwarder_type(kind).Options, given, named)


def as_destination(
    name: str, common: Common, options: Options, templates: Mapping[str, Template]
) -> Destination:
    """Join what was read of a destination with the template that it names.

    Raises:
        ConfigurationError: there is no such template.
    """
    if common.template is not None and common.template not in templates:
        raise ConfigurationError(
            f'destinations.{name}.template: no template is called "{common.template}"; '
            f"{hint(common.template, templates)}"
        )
    template = templates[common.template] if common.template else None
    return Destination(name, common.type, options, common.required, common.content, template)
