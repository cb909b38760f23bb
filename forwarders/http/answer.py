"""What a service answers."""

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names are in lower case.

    Where the connection broke within the body, the body is what came before and not `whole`: the status
    still counts.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    whole: bool = True

    def json(self) -> Any:
        """Return the body decoded, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def retry_after(answer: Answer, clock: Callable[[], float] = time.time) -> float | None:
    """Return the seconds after which the service wants to be asked again, if it named a time.

    Both forms are understood: seconds, and an HTTP date.
    https://www.rfc-editor.org/rfc/rfc9110.html#name-retry-after
    """
    value = answer.headers.get("retry-after", "")
    try:
        seconds = float(value) if value[:1].isdigit() else _until(value, clock())
    except (ValueError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str, now: float) -> float:
    return parsedate_to_datetime(date).timestamp() - now
