"""Structured logs that name no person.

Our own lines are written straight to the stream: what the framework does to the logging of the standard
library cannot silence them. What other libraries log passes one root handler, which tells where a
record came from and never its words: they may quote a text, a number or a URL with a token in it.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, Literal, TextIO

from relay.events import BATCHES, TYPES

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_RANKS: Mapping[str, int] = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}

_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
_TRACE = re.compile(r"([0-9a-f]{32})(?:/|$)")


class Log:
    """The lines of one process: JSON where a platform reads them, plain words on a terminal."""

    def __init__(
        self,
        level: Severity = "INFO",
        *,
        structured: bool,
        project: str = "",
        stream: Callable[[], TextIO] = lambda: sys.stderr,
    ) -> None:
        self._rank = _RANKS[level]
        self._structured = structured
        self._project = project
        self._stream = stream

    def write(self, severity: Severity, message: str, *, trace: str = "", **fields: Any) -> None:
        """Write one line. Nothing in it may name a person: the caller passes names and numbers of ours."""
        if _RANKS[severity] < self._rank:
            return
        line = self._json if self._structured else _plain
        with suppress(OSError, ValueError):  # a full disk, a closed terminal: no line is worth a message
            self._stream().write(line(severity, message, trace, fields) + "\n")
            self._stream().flush()

    def install_log_handler(self) -> None:
        """Put the one root handler in place, also after somebody else replaced it; cheap when it is there."""
        logging.getLogger("uvicorn.access").disabled = True  # with --debug it writes each URL, key included
        root = logging.getLogger()
        if [type(handler) for handler in root.handlers] != [_Foreign]:
            root.handlers[:] = [_Foreign(self)]
            root.setLevel(logging.WARNING)

    def _json(self, severity: Severity, message: str, trace: str, fields: Mapping[str, Any]) -> str:
        line: dict[str, Any] = {"severity": severity, "message": message, **fields}
        if trace:
            line["logging.googleapis.com/trace"] = (
                f"projects/{self._project}/traces/{trace}" if self._project else trace
            )
        return json.dumps(line, default=str)


class _Foreign(logging.Handler):
    """Tells that a library logged something, and where in it, but not what."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        severity: Severity = "ERROR" if record.levelno >= logging.ERROR else "WARNING"
        place = f"{record.name} ({record.filename}:{record.lineno})"
        kind = record.exc_info[0] if record.exc_info else None
        error = {"error": kind.__name__} if kind else {}
        self._log.write(
            severity, f"a line of the library {place} is left out: it may quote a message", **error
        )


def _plain(severity: Severity, message: str, _trace: str, fields: Mapping[str, Any]) -> str:
    shown = " ".join(f"{name}={_short(value)}" for name, value in fields.items())
    return f"{time.strftime('%H:%M:%S')} {severity:<7} {message} {shown}".rstrip()


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{each}" for name, each in value.items()) or "-"
    return str(value)


def shown_id(event_id: str) -> str:
    """Return an event's id if it looks like one, else eight hex digits of its hash, else nothing."""
    if not event_id or _NAME.fullmatch(event_id):
        return event_id
    return sha256(event_id.encode(errors="replace")).hexdigest()[:8]


def shown_type(event_type: str) -> str:
    """Return an event's type if it is a known one: any other may be a text."""
    return event_type if event_type in TYPES or event_type in BATCHES else "other"


def trace_id(header: str) -> str:
    """Return the trace of `X-Cloud-Trace-Context: TRACE/SPAN;o=1`, or an empty string."""
    match = _TRACE.match(header)
    return match[1] if match else ""
