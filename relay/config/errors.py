"""Report what is wrong with a configuration, in one line."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from relay.config.problems import suggest

T = TypeVar("T")
KeyPath = Sequence[str | int]
"""Where a value is: names of keys, and indexes in a list."""

_MESSAGES = {
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
    """The function must not start. Each of `problems` names a key, what is wrong and what would be right.

    Each is one line and quotes no secret, and so is the text of the error, which has the first of them.
    """

    def __init__(self, *problems: str) -> None:
        others = len(problems) - 1
        more = f" ({others} more; ./sms-relay check lists them)" if others else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = problems


class Mistakes:
    """Collects what is wrong in several parts of a configuration, so that one run reports all of it.

    Of several problems with one key only the first is kept: the others follow from it.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}
        self._unreliable: list[str] = []

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        """Return what is read; if that is wrong, keep its problems and return something else."""
        try:
            return read()
        except ConfigurationError as error:
            self.add(*error.problems)
            return otherwise

    def add(self, *problems: str) -> None:
        """Keep problems, unless something before them is their cause."""
        for problem in problems:
            key = key_of(problem)
            if not any(f"{key}.".startswith(each) for each in self._unreliable):
                self._by_key.setdefault(key, problem)

    def distrust(self, table: str) -> None:
        """Ignore what is added from now on about a table: one of its values is not known."""
        self._unreliable.append(f"{table}.")

    @property
    def problems(self) -> tuple[str, ...]:
        """All that was collected."""
        return tuple(self._by_key.values())

    def report(self) -> None:
        """Raise all that was collected.

        Raises:
            ConfigurationError: there is something.
        """
        if self.problems:
            raise ConfigurationError(*self.problems)


def key_of(problem: str) -> str:
    """Return the key that a problem begins with."""
    return problem.partition(": ")[0]


def format_path(path: KeyPath) -> str:
    """Return a path like `routes[0].to`; the number of a contact is left out."""
    shown = ["contacts"] if path[:1] == ["contacts"] else path
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in shown).removeprefix(".")


M = TypeVar("M", bound=BaseModel)


def validate(
    model: type[M],
    table: Mapping[str, Any],
    name: Callable[[KeyPath], str],
    context: Mapping[str, Any] | None = None,
    more: Iterable[str] = (),
) -> M:
    """Return a table as a model. `name` returns a key as operators know it; `more` are keys used elsewhere.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    try:
        return model.model_validate(dict(table), context=context)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    raise ConfigurationError(*_list(details, table, name, model, more).values())


def _list(
    details: Iterable[ErrorDetails],
    table: Mapping[str, Any],
    name: Callable[[KeyPath], str],
    model: type[BaseModel],
    more: Iterable[str],
) -> dict[str, str]:
    """Return what is wrong with each key: first the unknown ones, which can be why another one is missing."""
    found = [(each, _path(each, table)) for each in details]
    unknown = [path[:-1] for each, path in found if each["type"] == "extra_forbidden"]
    problems: dict[str, str] = {}
    for each, path in sorted(found, key=lambda each: each[0]["type"] != "extra_forbidden"):
        if each["type"] != "missing" or path[:-1] not in unknown:
            problems.setdefault(name(path), f"{name(path)}: {_describe(each, path, model, more)}")
        for key, problem in each.get("ctx", {}).get("others", ()):
            problems.setdefault(key, f"{key}: {problem}")
    return problems


def _path(error: ErrorDetails, table: Any) -> KeyPath:
    """Return the part of a location that exists in the table: pydantic adds the names of its own branches."""
    path: list[str | int] = []
    for step in error["loc"]:
        if not _has(table, step):
            path += [step] if error["type"] == "missing" else []
            break
        path.append(step)
        table = table[step]
    option = error.get("ctx", {}).get("option")
    return [*path, option] if option and path[-1:] != [option] else path


def _has(table: Any, step: str | int) -> bool:
    if isinstance(table, Mapping):
        return step in table
    return isinstance(table, list | tuple) and isinstance(step, int)


def _describe(error: ErrorDetails, path: KeyPath, model: type[BaseModel], more: Iterable[str]) -> str:
    """Return what is wrong, and what would be right."""
    kind, message = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        parent, _ = _follow(model, path[:-1])
        keys = {*_fields(parent), *(more if len(path) == 1 else ())}
        return f"there is no such key; {suggest(str(path[-1]), keys)}"
    if kind in {"option", "value_error"}:
        return message
    _, field = _follow(model, path)
    example = f" Example: {_format_example(field.examples[0])}" if field and field.examples else ""
    if kind == "missing":
        return f"missing. {to_sentence((field and field.description) or '')}{example}"
    return f"{_MESSAGES.get(kind, message.replace('Input should be', 'must be'))}.{example}"


def to_sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _format_example(value: Any) -> str:
    return value if isinstance(value, str) else to_toml(value)


def to_toml(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {to_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _follow(model: type[BaseModel], path: KeyPath) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """Follow a path through models; return the model and the field at its end."""
    inner: type[BaseModel] | None = model
    field: FieldInfo | None = None
    is_mapping = False
    for step in path:
        if isinstance(step, int) or is_mapping or inner is None:
            is_mapping = False
            continue
        field = _fields(inner).get(step)
        inner, is_mapping = _inner_model(field.annotation if field else None)
    return inner, field


def _fields(model: type[BaseModel] | None) -> dict[str, FieldInfo]:
    fields = model.model_fields if model else {}
    return {field.alias or name: field for name, field in fields.items() if not field.exclude}


def _inner_model(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Return the model in an annotation, and whether it is the value type of a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for each in get_args(annotation):
        model, is_mapping = _inner_model(each)
        if model:
            return model, is_mapping or get_origin(annotation) is Mapping
    return None, False
