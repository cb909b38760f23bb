"""Logs contain no personal data, whatever library writes them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import pytest

from relay.events import BATCHES, TYPES
from relay.logs import Log, Severity, shown_id, shown_type, trace_id


@pytest.fixture(autouse=True)
def restore_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.getLogger("uvicorn.access").disabled = False
    root.handlers[:] = handlers
    root.setLevel(level)


def make_log(stream: TextIO, *, structured: bool = True, level: Severity = "INFO", project: str = "") -> Log:
    return Log(level, structured=structured, project=project, stream=lambda: stream)


def test_a_line_is_one_json_object_with_severity_and_trace() -> None:
    stream = io.StringIO()
    make_log(stream, project="p").write("WARNING", "request", trace="ab" * 16, status=503)
    line = json.loads(stream.getvalue())
    assert line == {
        "severity": "WARNING",
        "message": "request",
        "status": 503,
        "logging.googleapis.com/trace": f"projects/p/traces/{'ab' * 16}",
    }


def test_a_line_stays_one_line_whatever_it_contains() -> None:
    stream = io.StringIO()
    make_log(stream).write("INFO", "a\nb", reason="c\r\nd\u2028e")
    assert stream.getvalue().count("\n") == 1
    assert len(stream.getvalue().splitlines()) == 1


def test_on_a_terminal_a_line_is_plain_text() -> None:
    stream = io.StringIO()
    make_log(stream, structured=False).write(
        "INFO", "request", status=200, deliveries={"telegram": "delivered"}
    )
    assert stream.getvalue().endswith("INFO    request status=200 deliveries=telegram:delivered\n")


def test_a_lower_severity_is_not_written() -> None:
    stream = io.StringIO()
    make_log(stream, level="ERROR").write("WARNING", "request")
    assert stream.getvalue() == ""


def test_a_line_that_cannot_be_written_is_ignored() -> None:
    closed = io.StringIO()
    closed.close()
    make_log(closed).write("ERROR", "not readable")
    has_continued = False
    with suppress(OSError), Path("/dev/full").open("w") as full:  # closing it fails as well
        make_log(full).write("ERROR", "no space for this")
        has_continued = True
    assert has_continued


def test_the_server_writes_no_urls() -> None:
    stream = io.StringIO()
    access = logging.getLogger("uvicorn.access")
    access.addHandler(handler := logging.StreamHandler(stream))
    make_log(io.StringIO()).install_log_handler()
    access.warning("POST /?apiKey=secret")
    access.removeHandler(handler)
    assert stream.getvalue() == ""


def test_a_message_of_a_library_is_replaced_by_its_origin() -> None:
    stream = io.StringIO()
    log = make_log(stream)
    log.install_log_handler()
    secret = "https://api.example/bot123:token/sendMessage"
    logging.getLogger("httpx").error("HTTP Request: %s", secret, exc_info=ValueError(secret))
    logging.getLogger("httpx").info("quiet %s", secret)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 1
    assert "httpx" in lines[0]["message"]
    assert lines[0]["error"] == "ValueError"
    assert "token" not in stream.getvalue()


def test_debug_and_info_of_libraries_are_not_written() -> None:
    stream = io.StringIO()
    logging.getLogger().setLevel(logging.DEBUG)
    make_log(stream, level="DEBUG").install_log_handler()
    logging.getLogger("httpx").debug("a request")
    logging.getLogger("httpx").info("a request")
    assert stream.getvalue() == ""


def test_the_root_handler_is_restored_after_it_was_replaced() -> None:
    stream = io.StringIO()
    log = make_log(stream)
    log.install_log_handler()
    logging.getLogger().handlers[:] = [logging.StreamHandler(io.StringIO())]
    log.install_log_handler()
    logging.getLogger("x").error("words")
    assert "words" not in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("given_id", "shown"),
    [("Ey6ECgOkVVFjz3CL48B8C", "Ey6ECgOkVVFjz3CL48B8C"), ("", ""), ("a" * 64, "a" * 64)],
)
def test_an_id_that_looks_like_one_is_shown(given_id: str, shown: str) -> None:
    assert shown_id(given_id) == shown


@pytest.mark.parametrize("given_id", ["+12025550143 said hi", "a" * 65, "ключ", "a\n", "\ud800"])
def test_any_other_id_is_shown_as_a_hash(given_id: str) -> None:
    assert len(shown_id(given_id)) == 8
    assert shown_id(given_id) != given_id


@pytest.mark.parametrize("event_type", [*TYPES, *BATCHES])
def test_a_known_type_is_shown(event_type: str) -> None:
    assert shown_type(event_type) == event_type


@pytest.mark.parametrize("event_type", ["your code is 1234", "call:missed", "hunter2", "sms:received:481516"])
def test_an_unknown_type_may_be_a_text(event_type: str) -> None:
    assert shown_type(event_type) == "other"


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        ("105445aa7843bc8bf206b12000100000/1;o=1", "105445aa7843bc8bf206b12000100000"),
        ("105445aa7843bc8bf206b12000100000", "105445aa7843bc8bf206b12000100000"),
        ("", ""),
        ("105445AA", ""),
        ("x" * 5000, ""),
    ],
)
def test_only_a_valid_trace_is_used(header: str, trace: str) -> None:
    assert trace_id(header) == trace
