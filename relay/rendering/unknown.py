"""The words for a type of event that is not known here: its texts as text, and all else as fields."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from relay.lines import clean_line
from relay.names.numbers import folded, is_number
from relay.reading import LONGEST_TEXT
from relay.rendering.nested import count_values, flattened
from relay.rendering.report import Report

_TEXTS = ("message", "body", "text")
_FIELDS = 1000
_SHORT = 1000
"""Code points of a value that is shown as a field; a longer one is shown below the text."""
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NUMBER = re.compile(r"\d{3,}|\d(?:[\s()/*._-]*\d){4,}")
"""Digits in a field's name that are more than a place in a list."""

Pairs = list[tuple[str, str]]


def text_and_fields(report: Report) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return all that an event says, up to a bound; what is beyond it is counted."""
    given = report.event.raw.get("payload")
    payload = given if isinstance(given, dict) else {}
    texts = _texts(payload)
    others = {name: value for name, value in payload.items() if name not in texts}
    pairs = list(islice(flattened(others), _FIELDS))
    more = count_values(others) - len(pairs)
    text = "\n\n".join(_blocks(report, dict.fromkeys(texts.values()), filter(_is_long, pairs)))
    fields = [
        (_label(report, label), _value(report, value)) for label, value in pairs if not _is_long(("", value))
    ]
    return text, (*fields, *([("…", f"and {more:,} more fields")] if more else []), *_common(report, fields))


def _texts(payload: Mapping[str, Any]) -> dict[str, str]:
    named = {name: payload.get(name) for name in _TEXTS}
    return {name: value for name, value in named.items() if isinstance(value, str) and value}


def _is_long(pair: tuple[str, str]) -> bool:
    return len(pair[1]) > _SHORT or bool(_BREAK.search(pair[1]))


def _blocks(report: Report, texts: Mapping[str, None], long: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Yield the texts, and each long value below its name, as far as all together may be shown."""
    room = LONGEST_TEXT
    for label, value in chain((("", text) for text in texts), long):
        heading = f"{_label(report, label)}:\n" if label else ""
        yield heading + report.shown(value, room)
        room = max(0, room - len(value))


def _common(report: Report, fields: Pairs) -> Iterator[tuple[str, str]]:
    values = {value for _, value in fields}
    return (each for each in report.fields() if each[1] not in values)


def _label(report: Report, label: str) -> str:
    """Return a field's name as far as it may be seen: its words stay, a number can be somebody's."""
    return _NUMBER.sub(lambda number: report.shown(number[0]), clean_line(label))


def _value(report: Report, value: str) -> str:
    return report.person(value) if is_number(folded(value)) else report.line(value)
