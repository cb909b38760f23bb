"""The output of gcloud: `--flatten`, then `--format=value(…)`."""

import re
from collections.abc import Iterator
from typing import Any

from tests.deploy.cloud.state import Resource


def format_resources(resources: list[Resource], flags: dict[str, str]) -> str:
    if "--flatten" in flags:
        resources = [each for whole in resources for each in flatten(whole, flags["--flatten"])]
    keys = re.split(r",(?![^(]*\))", flags["--format"].removeprefix("value(")[:-1])
    return "".join("\t".join(format_value(each, key) for key in keys) + "\n" for each in resources)


def flatten(resource: Resource, path: str) -> Iterator[Resource]:
    *outer, last = path.removesuffix("[]").split(".")
    if not outer:
        for item in resource.get(last, []):
            yield resource | {last: item}
        return
    (list_name,) = [each.removesuffix("[]") for each in outer]
    for item in resource.get(list_name, []):
        for inner in item[last]:
            yield resource | {list_name: item | {last: inner}}


def format_value(resource: Resource, key: str) -> str:
    value: Any = resource
    for part in re.sub(r"\.\w+\(.*", "", key).split("."):
        value = (value or {}).get(part)
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text.rpartition("/")[2] if key.endswith(".basename()") else text
