"""What is wrong with a configuration, in one line."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from relay.config.entries import hint

Keys = Sequence[str | int]
"""Where a value stands: names of keys, and numbers in a list."""

_WORDS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "mapping_type": "must be a table",
    "model_attributes_type": "must be a table",
    "model_type": "must be a table",
    "string_too_short": "is empty",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list",
}


class ConfigurationError(Exception):
    """The function must not start. The text names the key, what is wrong and what would be right.

    It is one line, and quotes no secret.
    """


def dotted(path: Keys) -> str:
    """Write a path as the operator reads it, such as `routes[0].to`; a contact's number stays unsaid."""
    shown = ["contacts"] if path[:1] == ["contacts"] else path
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in shown).removeprefix(".")


M = TypeVar("M", bound=BaseModel)


def checked(
    model: type[M],
    table: Mapping[str, Any],
    name: Callable[[Keys], str],
    context: Mapping[str, Any] | None = None,
    more: Iterable[str] = (),
) -> M:
    """Make a model of a table. `name` names a key to the operator; `more` are keys that are known elsewhere.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    try:
        return model.model_validate(dict(table), context=context)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    first = min(details, key=lambda each: each["type"] != "extra_forbidden")
    path = _path(first, table)
    raise ConfigurationError(f"{name(path)}: {_what(first, path, model, more)}")


def _path(error: ErrorDetails, table: Any) -> Keys:
    """Keep of a location what stands in the table: pydantic adds the names of its own branches."""
    path: list[str | int] = []
    for step in error["loc"]:
        if not _holds(table, step):
            path += [step] if error["type"] == "missing" else []
            break
        path.append(step)
        table = table[step]
    option = error.get("ctx", {}).get("option")
    return [*path, option] if option and path[-1:] != [option] else path


def _holds(table: Any, step: str | int) -> bool:
    if isinstance(table, Mapping):
        return step in table
    return isinstance(table, list | tuple) and isinstance(step, int)


def _what(error: ErrorDetails, path: Keys, model: type[BaseModel], more: Iterable[str]) -> str:
    """Say what is wrong, and what would be right."""
    kind, words = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        parent, _ = _at(model, path[:-1])
        known = {*_keys(parent), *(more if len(path) == 1 else ())}
        return f"there is no such key; {hint(str(path[-1]), known)}"
    if kind in {"option", "value_error"}:
        return words
    _, field = _at(model, path)
    example = f" Example: {shown(field.examples[0])}" if field and field.examples else ""
    if kind == "missing":
        return f"missing. {sentence((field and field.description) or '')}{example}"
    return f"{_WORDS.get(kind, words.replace('Input should be', 'must be'))}.{example}"


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def shown(value: Any) -> str:
    """Write an example as it is to be typed: a text without its quotes."""
    return value if isinstance(value, str) else literal(value)


def literal(value: Any) -> str:
    """Write a value in TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {literal(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _at(model: type[BaseModel], path: Keys) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """Follow a path through models; return the model and the field at its end."""
    inner: type[BaseModel] | None = model
    field: FieldInfo | None = None
    named = False
    for step in path:
        if isinstance(step, int) or named or inner is None:
            named = False
            continue
        field = _keys(inner).get(step)
        inner, named = _inner(field.annotation if field else None)
    return inner, field


def _keys(model: type[BaseModel] | None) -> dict[str, FieldInfo]:
    fields = model.model_fields if model else {}
    return {field.alias or name: field for name, field in fields.items() if not field.exclude}


def _inner(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Find the model in an annotation; true if it stands there by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for each in get_args(annotation):
        model, named = _inner(each)
        if model:
            return model, named or get_origin(annotation) is Mapping
    return None, False
