"""What may stand behind a key of a route: words, patterns, names, places."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, StrictInt, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from relay.config.times import Span
from relay.events import TYPES
from relay.model import Visibility

T = TypeVar("T")
_LONGEST_NAME = 100


def problem(words: str, key: str = "") -> PydanticCustomError:
    """Make the error of an option: what is wrong, what would be right, and which key is meant."""
    return PydanticCustomError("option", "{problem}", {"problem": words, "option": key})


def hint(word: str, known: Iterable[str]) -> str:
    """Say what else a word may have been meant to be, or what there is."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"there are: {', '.join(names)}" if names else "there are none"


def _listed(value: Any) -> Any:
    """Let one value stand for a list of one."""
    return [value] if isinstance(value, str | int) else value


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise problem("an empty list matches nothing; name something, or leave the key out")
    return values


def _line(name: str) -> str:
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise problem(f"a name is one line of at most {_LONGEST_NAME} printable characters")
    return name


def _destination(name: str, info: ValidationInfo) -> str:
    known: Collection[str] = (info.context or {}).get("destinations", (name,))
    if name not in known:
        raise problem(f'no destination is called "{name}"; {hint(name, known)}')
    return name


def _event_type(name: str) -> str:
    """Refuse what is nearly a known type; anything else may be a type to come."""
    close = get_close_matches(name.lower(), TYPES, n=1, cutoff=0.85)
    if close and name not in TYPES and "*" not in name:
        raise problem(f'no event is called "{name}"; did you mean "{close[0]}"?')
    return name


def _no_pattern(name: str) -> str:
    if "*" in name:
        raise problem("an event has one type, such as sms:received; only routes have patterns")
    return name


def _contents(value: Any) -> Any:
    return {"*": value} if isinstance(value, str) else value


_ONE_OR_MORE = (BeforeValidator(_listed), AfterValidator(_some))

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[Word, AfterValidator(_line)]
"""A name that people read."""
Type = Annotated[Word, AfterValidator(_event_type)]
"""A type of event, or a pattern for several."""
OneType = Annotated[Type, AfterValidator(_no_pattern)]
Words = Annotated[tuple[Word, ...], *_ONE_OR_MORE]
Types = Annotated[tuple[Type, ...], *_ONE_OR_MORE]
Sims = Annotated[tuple[StrictInt | Word, ...], *_ONE_OR_MORE]
Spans = Annotated[tuple[Span, ...], *_ONE_OR_MORE]
Status = Literal["pass", "warn", "fail"]
Statuses = Annotated[tuple[Status, ...], *_ONE_OR_MORE]
Place = Annotated[Word, AfterValidator(_destination)]
"""The name of a destination, looked up in the validation context."""
Places = Annotated[tuple[Place, ...], BeforeValidator(_listed)]
Contents = Annotated[Mapping[str, Visibility], BeforeValidator(_contents)]
"""How much each destination shows; `*` stands for those not named."""
