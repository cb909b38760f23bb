"""A record as text, for the ledgers that keep it elsewhere; its body stays bytes beside it."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from relay.ledger import LedgerUnavailable
from relay.ledger.record import Debt, Due, Progress, Record, State

T = TypeVar("T")


def to_json(record: Record) -> str:
    """Write everything but the body."""
    owed = [_plain(due) for due in record.debt.owed]
    progress = {name: _plain(each) for name, each in record.progress.items()}
    plain = _plain(record) | {"debt": _plain(record.debt) | {"owed": owed}, "progress": progress}
    del plain["raw"]
    return json.dumps(plain, separators=(",", ":"))


def from_json(text: str, raw: bytes | None) -> Record:
    """Read what `to_json` wrote, in this version or another: members that are not known are left out.

    Raises:
        LedgerUnavailable: it is no record.
    """
    try:
        return _record(json.loads(text), raw)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise LedgerUnavailable("the ledger holds a record that cannot be read") from None


def _record(plain: dict[str, Any], raw: bytes | None) -> Record:
    owed = tuple(_made(Due, due, fallback=tuple(due["fallback"])) for due in plain["debt"]["owed"])
    progress = {
        name: _made(
            Progress,
            each,
            state=State(each["state"]),
            by=tuple(each["by"]),
            parts=tuple(each.get("parts", ())),
            refused=dict(each.get("refused", {})),
        )
        for name, each in plain["progress"].items()
    }
    return _made(Record, plain, debt=_made(Debt, plain["debt"], owed=owed), progress=progress, raw=raw)


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _made(kind: type[T], plain: Mapping[str, Any], **converted: Any) -> T:
    known = {name: plain[name] for name in kind.__slots__ if name in plain}  # type: ignore[attr-defined]  # a dataclass with slots
    return kind(**known | converted)
