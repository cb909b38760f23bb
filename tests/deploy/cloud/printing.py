"""The output of gcloud: `--format=json`, or `--format=value(…)` for the log that a person reads."""

import json
import re
from typing import Any

from tests.deploy.cloud.state import Resource


def format_resources(resources: Any, flags: dict[str, str]) -> str:
    if flags["--format"] == "json":
        return json.dumps(resources, indent=2, sort_keys=True) + "\n"
    keys = re.split(r",(?![^(]*\))", flags["--format"].removeprefix("value(")[:-1])
    return "".join("\t".join(format_value(each, key) for key in keys) + "\n" for each in resources)


def format_value(resource: Resource, key: str) -> str:
    value: Any = resource
    for part in re.sub(r"\.\w+\(.*", "", key).split("."):
        value = (value or {}).get(part)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
