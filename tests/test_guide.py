"""The tables on routes, names and templates in docs/configuration.md, checked against the code."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel

from relay.config.errors import to_toml
from relay.config.expect import Expect
from relay.config.routes import Device, Route
from relay.events import parse, split
from relay.model import DeliverySpec
from relay.names import Names
from relay.rendering import Renderer
from relay.rendering.templates import samples as template_samples
from relay.rendering.templates.sandbox import FILTERS, ROUNDS
from relay.rendering.templates.variables import all_variables
from relay.rendering.view import EventView
from relay.rendering.wording import describe
from tests.configured import SEEN, configured

EFFECTS = {"to", "fallback", "silent", "template", "content", "continue"}
NAMES = """
[contacts]
"6505551212" = "Mum"
"+12025550199" = "Bob"
[devices.pixel]
ids = "ffffffffceb0b1db0000018e937c815b"
"""


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parent.parent / "docs" / "configuration.md").read_text()


def section(page: str, title: str) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield key, f"| `{key}` | {field.description} | `{to_toml((field.examples or [''])[0])}` |"


def tables(text: str) -> list[list[str]]:
    """Return the rows of each table, without its head."""
    return [table.strip().splitlines()[2:] for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]


def test_every_condition_and_effect_of_a_route_is_documented(page: str) -> None:
    conditions, effects = tables(section(page, "Routes"))[:2]

    assert conditions == [row for key, row in rows(Route) if key not in EFFECTS]
    assert effects == [row for key, row in rows(Route) if key in EFFECTS]


def test_every_key_of_an_expectation_and_of_a_phone_is_documented(page: str) -> None:
    assert tables(section(page, "Routes"))[-1] == [row for _, row in rows(Expect)]
    assert tables(section(page, "Names")) == [[row for _, row in rows(Device)]]


def test_every_variable_and_filter_of_a_template_is_documented(page: str) -> None:
    text = section(page, "Templates")
    documented = [row.split("|")[1] for row in tables(text)[0]]
    event = next(template_samples.events())
    view = EventView(event, Names(configured()), None, SEEN)

    assert set(re.findall(r"`(\w+)`", " ".join(documented))) == set(all_variables(view, describe(view)))
    assert re.findall(r"`(\w+)`", text.partition("these filters:")[2]) == list(FILTERS)
    assert f"{ROUNDS:,} rounds" in text


def test_the_default_texts_are_documented(page: str, samples: Mapping[str, bytes]) -> None:
    renderer = Renderer(configured(NAMES, relay='region = "US"'))
    events = [each for body in samples.values() for each in split(parse(body))]
    messages = [renderer.message(each, DeliverySpec("family"), key="", first_seen_at=SEEN) for each in events]
    documented = {
        tuple(cell.strip() for cell in row.split("|")[1:4])
        for row in tables(section(page, "What is said"))[0]
    }

    shown = {
        (
            f"`{each.type}`",
            each.title,
            ", ".join(([each.text] if each.text else []) + [label for label, _ in each.fields]),
        )
        for each in messages
    }
    assert documented <= shown
    assert {each.type for each in messages} == {event_type.strip("`") for event_type, _, _ in documented}
