"""A record or an alias as text, for the ledgers that keep it elsewhere; a body stays bytes beside it.

The names of members and the words of states are those of version 0.1: each version reads what the other
wrote, as instances of both answer during a roll-out.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, TypeVar

from relay.ledger import LedgerUnavailable
from relay.ledger.neighbours import Alias, Stored
from relay.ledger.record import Progress, Record
from relay.model import DeliverySpec, DeliveryState, Dispatch

T = TypeVar("T")

UNREADABLE = "unreadable"
"""The type of an event, in a list, whose record cannot be read."""

_NAMES = {"dispatch": "debt", "deliveries": "owed", "first_seen_at": "seen"}
"""The names of members in a stored record, where the code calls them otherwise."""


def to_json(stored: Stored) -> str:
    """Write everything but the body."""
    plain = _plain_alias(stored) if isinstance(stored, Alias) else _plain_record(stored)
    return json.dumps(plain, separators=(",", ":"))


def from_json(text: str, raw: bytes | None) -> Stored:
    """Read what `to_json` wrote, in this version or another: members that are not known are left out.

    Raises:
        LedgerUnavailable: it is neither a record nor an alias.
    """
    try:
        plain = json.loads(text)
        return _made(Alias, plain["alias"]) if "alias" in plain else _record(plain, raw)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise LedgerUnavailable("the ledger holds a record that cannot be read") from None


def listed(text: str, raw: bytes | None) -> Record | None:
    """Return a record for a list, None for an alias; what cannot be read is listed too, as open.

    One damaged record, or one of a later version, must not hide all the others.
    """
    try:
        stored = from_json(text, raw)
    except LedgerUnavailable as problem:
        dispatch = Dispatch(UNREADABLE, 0.0, (DeliverySpec("unknown"),))
        return Record(dispatch, {"unknown": Progress(reason=str(problem))}, expires=math.inf)
    return stored if isinstance(stored, Record) else None


def _plain_record(record: Record) -> dict[str, Any]:
    deliveries = [_plain(spec) for spec in record.dispatch.deliveries]
    progress = {name: _plain(each) for name, each in record.progress.items()}
    plain = _plain(record) | {"debt": _plain(record.dispatch) | {"owed": deliveries}, "progress": progress}
    del plain["raw"]
    return plain


def _plain_alias(alias: Alias) -> dict[str, Any]:
    """Write an alias inside of an expired record: version 0.1 takes it for one, and starts anew."""
    return _plain_record(Record(Dispatch("", 0.0, ()))) | {"alias": _plain(alias)}


def _record(plain: dict[str, Any], raw: bytes | None) -> Record:
    deliveries = tuple(
        _made(DeliverySpec, spec, fallback=tuple(spec["fallback"])) for spec in plain["debt"]["owed"]
    )
    progress = {
        name: _made(
            Progress,
            each,
            state=_state(each["state"]),
            by=tuple(each["by"]),
            parts=tuple(each.get("parts", ())),
            refused=dict(each.get("refused", {})),
            waiting=tuple(each.get("waiting", ())),
        )
        for name, each in plain["progress"].items()
    }
    return _made(
        Record,
        plain,
        dispatch=_made(Dispatch, plain["debt"], deliveries=deliveries),
        progress=progress,
        raw=raw,
        registrations=dict(plain.get("registrations", {})),
        dropped=tuple(plain.get("dropped", ())),
    )


def _state(word: str) -> DeliveryState:
    """Return a state; what version 0.1 dropped, because it was not configured, is still owed."""
    return DeliveryState.OPEN if word == "dropped" else DeliveryState(word)


def _plain(value: Any) -> dict[str, Any]:
    return {_NAMES.get(name, name): getattr(value, name) for name in value.__slots__}


def _made(kind: type[T], plain: Mapping[str, Any], **converted: Any) -> T:
    names = {name: _NAMES.get(name, name) for name in kind.__slots__}  # type: ignore[attr-defined]  # a dataclass with slots
    known = {name: plain[stored] for name, stored in names.items() if stored in plain}
    return kind(**known | converted)
