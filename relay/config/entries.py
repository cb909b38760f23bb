"""The types of values in a route: words, patterns, names, destinations."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StringConstraints, ValidationInfo

from relay.config.problems import option_error, suggest
from relay.config.times import Hours
from relay.events import TYPES
from relay.model import Visibility

T = TypeVar("T")
BLANKS = " \t\r\n\v\f"
"""What may surround a value; other blanks are not seen, and refused."""
_LONGEST_NAME = 100


def split_commas(value: Any) -> Any:
    """Accept a list, and a text with commas as a list."""
    return [part.strip(BLANKS) for part in value.split(",")] if isinstance(value, str) else value


def _to_list(value: Any) -> Any:
    """Accept one value as a list of one."""
    return [value] if isinstance(value, str | int) else value


def _check_not_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise option_error("an empty list matches nothing; add a value, or remove the key")
    return values


def _check_name(name: str) -> str:
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise option_error(f"a name must be one line of at most {_LONGEST_NAME} printable characters")
    return name


def _check_destination(name: str, info: ValidationInfo) -> str:
    destinations: Collection[str] = (info.context or {}).get("destinations", (name,))
    if name not in destinations:
        raise option_error(f'no destination is called "{name}"; {suggest(name, destinations)}')
    return name


def _check_event_type(name: str) -> str:
    """Refuse a type that is almost a known one; any other may be a new type."""
    close = get_close_matches(name.lower(), TYPES, n=1, cutoff=0.85)
    if close and name not in TYPES and "*" not in name:
        raise option_error(f'there is no event type "{name}"; did you mean "{close[0]}"?')
    return name


def _check_no_pattern(name: str) -> str:
    if "*" in name:
        raise option_error("an event has one type, such as sms:received; only routes take patterns")
    return name


def _by_destination(value: Any) -> Any:
    return {"*": value} if isinstance(value, str | list) else value


_ONE_OR_MORE = (BeforeValidator(_to_list), AfterValidator(_check_not_empty))

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
DisplayName = Annotated[Word, AfterValidator(_check_name)]
"""A name that people read."""
EventType = Annotated[Word, AfterValidator(_check_event_type)]
"""An event type, or a pattern for several."""
SingleEventType = Annotated[EventType, AfterValidator(_check_no_pattern)]
Words = Annotated[tuple[Word, ...], *_ONE_OR_MORE]
EventTypes = Annotated[tuple[EventType, ...], *_ONE_OR_MORE]
Sims = Annotated[tuple[StrictInt | Word, ...], *_ONE_OR_MORE]
HoursList = Annotated[tuple[Hours, ...], *_ONE_OR_MORE]
Status = Literal["pass", "warn", "fail"]
Statuses = Annotated[tuple[Status, ...], *_ONE_OR_MORE]
DestinationName = Annotated[Word, AfterValidator(_check_destination)]
"""The name of a destination, looked up in the validation context."""
DestinationNames = Annotated[tuple[DestinationName, ...], BeforeValidator(_to_list)]
Percent = Annotated[StrictInt, Field(ge=0, le=100)]
Visibilities = Annotated[Mapping[str, Visibility], BeforeValidator(_by_destination)]
"""How much each destination shows; `*` stands for those not named."""
Phrases = Annotated[Mapping[str, Words], BeforeValidator(_by_destination)]
"""Words by destination; `*` stands for those not named."""
