"""The tables of docs/configuration.md, generated from the code; `python -m tests.reference` writes them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from forwarders import REGISTRY
from forwarders.replies import Replies
from relay.config import Settings, import_forwarder
from relay.config.canary import Canary
from relay.config.destinations import CommonOptions
from relay.config.errors import to_sentence, to_toml
from relay.config.gateway import GatewaySettings
from relay.config.settings import SETTINGS
from relay.config.times import Duration, Limit
from relay.config.watch import WatchSettings

ROOT = Path(__file__).parent.parent
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

MODELS: Mapping[str, type[BaseModel]] = {
    "common": CommonOptions,
    "watch": WatchSettings,
    "canary": Canary,
    "gateway": GatewaySettings,
    "replies": Replies,
}
"""The models whose keys are the same for every type of destination, by the names of their tables."""

_DURATIONS = (Limit.__metadata__[0], Duration.__metadata__[0])  # type: ignore[attr-defined]  # Annotated

Row = tuple[str, ...]


def filled(page: str) -> str:
    """Return a page with the tables between its markers regenerated."""
    return TABLE.sub(lambda found: found[1] + table(found[2]) + found[3], page)


def table(name: str) -> str:
    """Return the table of the variables, or of the options of a type of destination."""
    if name == "variables":
        rows = [("name", "meaning", "default", "example", "TOML key"), *_variables()]
    else:
        fields = MODELS[name].model_fields if name in MODELS else import_forwarder(name).Options.model_fields
        rows = [
            ("key", "meaning", "default", "example"),
            *(_row(each.alias or key, each) for key, each in fields.items()),
        ]
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def names() -> Iterator[str]:
    """Yield the tables that the page must have: a type without options has none."""
    yield from ("variables", *MODELS)
    yield from (kind for kind in REGISTRY if import_forwarder(kind).Options.model_fields)


def _variables() -> Iterator[Row]:
    for variable, key in SETTINGS.items():
        field = Settings.model_fields[key]
        yield (*_row(variable, field, text=True), f"`relay.{key}`")
    yield (
        "`CONFIG_FILE`",
        "The configuration file.",
        "`config.toml` beside `main.py`",
        "`/etc/relay.toml`",
        "",
    )
    to = WatchSettings.model_fields["to"]
    yield (*_row("WATCH", to, text=True)[:2], "", "`telegram`", "`watch.to`")
    for kind, entry in REGISTRY.items():
        options = import_forwarder(kind).Options.model_fields
        for variable, option in entry.variables.items():
            yield (*_row(variable, options[option], text=True), f"`destinations.NAME.{option}`")


def _row(name: str, field: FieldInfo, *, text: bool = False) -> Row:
    example = (
        _code(_typed(field.examples[0]) if text else to_toml(field.examples[0])) if field.examples else ""
    )
    meaning = to_sentence(field.description or "").replace("|", r"\|")
    return f"`{name}`", meaning, _default(field, text=text), example


def _typed(value: Any) -> str:
    """Write an example as the value of a variable."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _default(field: FieldInfo, *, text: bool) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value == ():
        return ""
    if field.metadata and field.metadata[0] in _DURATIONS:
        return _code(to_toml(_duration(value)))
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    return _code(_typed(value) if text else to_toml(value))


def _duration(seconds: float) -> str:
    units = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    unit, length = next(each for each in units if seconds % each[1] == 0)
    return f"{seconds / length:g}{unit}"


def _code(text: str) -> str:
    return "`" + text.replace("|", r"\|") + "`" if text else ""


if __name__ == "__main__":
    page = ROOT / "docs" / "configuration.md"
    page.write_text(filled(page.read_text()))
