"""The default text for an event of an unknown type: its texts as text, everything else as fields."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice

from relay.lines import clean_line
from relay.names.numbers import is_number, normalize_party
from relay.reading import LONGEST_TEXT, unknown_texts
from relay.rendering.nested import count_values, flatten
from relay.rendering.view import EventView

_MOST_FIELDS = 1000
_LONGEST_FIELD = 1000
"""Code points of a value that is shown as a field; a longer one is shown below the text."""
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NUMBER = re.compile(r"\d{3,}|\d(?:[\s()/*._-]*\d){4,}")
"""Digits in the name of a field that are more than an index in a list."""

Pairs = list[tuple[str, str]]


def text_and_fields(view: EventView) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text and the fields of an event; fields beyond the limit are counted."""
    given = view.event.raw.get("payload")
    payload = given if isinstance(given, dict) else {}
    texts = unknown_texts(view.event)
    others = {name: value for name, value in payload.items() if name not in texts}
    pairs = list(islice(flatten(others), _MOST_FIELDS))
    more = count_values(others) - len(pairs)
    text = "\n\n".join(_blocks(view, dict.fromkeys(texts.values()), filter(_is_long, pairs)))
    fields = [
        (_label(view, label), _value(view, value)) for label, value in pairs if not _is_long(("", value))
    ]
    rest = [("…", f"and {more:,} more fields")] if more else []
    return text, (*fields, *rest, *_common_fields(view, fields))


def _is_long(pair: tuple[str, str]) -> bool:
    return len(pair[1]) > _LONGEST_FIELD or bool(_BREAK.search(pair[1]))


def _blocks(view: EventView, texts: Mapping[str, None], long: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Yield the texts, and each long value below its name, up to a total length."""
    room = LONGEST_TEXT
    for label, value in chain((("", text) for text in texts), long):
        heading = f"{_label(view, label)}:\n" if label else ""
        yield heading + view.shown(value, room)
        room = max(0, room - len(value))


def _common_fields(view: EventView, fields: Pairs) -> Iterator[tuple[str, str]]:
    values = {value for _, value in fields}
    return (each for each in view.fields() if each[1] not in values)


def _label(view: EventView, label: str) -> str:
    """Return the name of a field; its words are never masked, but numbers can be private."""
    return _NUMBER.sub(lambda number: view.shown(number[0]), clean_line(label))


def _value(view: EventView, value: str) -> str:
    return view.party(value) if is_number(normalize_party(value)) else view.line(value)
