"""Hostile bodies, and what becomes of each: run with a size in MiB."""

import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from relay.events import NotAnEvent, parse, split
from relay.keys import identify
from relay.model import DeliverySpec, Visibility
from relay.rendering import Renderer
from relay.routing import Router
from tests.configured import SEEN, configured

CONFIG = """
default = ["log"]
[contacts]
"6505551212" = "Mum"
"*bank*" = "The bank"
[[routes]]
senders = ["*-MYBANK", "Mum", "+1202*"]
text = ["(?i)invoice", "x*y*z"]
max_age = "1000d"
has_code = true
to = "family"
"""
ROOM = 350 * 2**20
"""Bytes that processing one body of 16 MiB may take, including its text."""
_ROUTER = Router(configured(CONFIG, relay='region = "US"'))
_RENDERER = Renderer(configured(CONFIG, relay='region = "US"'))

FORMS: Mapping[str, tuple[str, str, str]] = {
    "combining sender": ('sms:received","payload":{"message":"a 481516","sender":"', "\u0315\u0300", '"}}'),
    "combining text": ('sms:received","payload":{"message":"code 481516 a', "\u0315\u0300", '"}}'),
    "long date": ('sms:received","payload":{"message":"x","receivedAt":"', "\u0661", '"}}'),
    "sender of digits": ('sms:received","payload":{"message":"x","sender":"', "9", '"}}'),
    "sender of words": ('sms:received","payload":{"message":"x","sender":"', "x y", '"}}'),
    "long text": ('sms:received","payload":{"message":"code 481516 ', "aB1 ", '"}}'),
    "brackets in text": ('sms:received","payload":{"message":"', "[{,", '"}}'),
    "quotes in text": ('sms:received","payload":{"message":"', '\\"', '"}}'),
    "surrogates": ('sms:received","payload":{"message":"', "\\ud800", '"}}'),
    "long type": ("", "x", '"}'),
    "long id": ('sms:received","id":"', "x", '","payload":{"message":"x"}}'),
    "long device": ('sms:received","deviceId":"', "x", '","payload":{"message":"x"}}'),
    "long subject": ('mms:downloaded","payload":{"subject":"', "ab ", '"}}'),
    "long reason": ('sms:failed","payload":{"reason":"RESULT_', "A_", '"}}'),
    "invisible": ('sms:failed","payload":{"messageId":"', "\u202e", '"}}'),
    "digits": ('sms:received","payload":{"simNumber":', "9", "}}"),
    "fraction": ('sms:received","payload":{"simNumber":0.', "9", "}}"),
    "data": ('sms:data-received","payload":{"data":"', "QUJD", '"}}'),
    "data with spaces": ('sms:data-received","payload":{"data":"', "Q ", '"}}'),
    "attachment with spaces": ('mms:downloaded","payload":{"attachments":[{"data":"', "Q ", '"}]}}'),
    "value": ('x:y","payload":{"x":"', "ab1 ", '"}}'),
    "value of lines": ('x:y","payload":{"x":"', "ab\\n", '"}}'),
    "key": ('x:y","payload":{"', "12345", '":1}}'),
    "lists": ('x:y","payload":{"x":[', "[],", "0]}}"),
    "objects": ('sms:received","payload":{"x":[', "{},", "0]}}"),
    "numbers": ('x:y","payload":{"x":[', "1,", "0]}}"),
    "nothings": ('x:y","payload":{"x":[', "null,", "0]}}"),
    "strings": ('x:y","payload":{"x":[', '"",', "0]}}"),
    "pairs": ('x:y","payload":{', '"a":1,', '"b":1}}'),
    "attachments": ('mms:downloaded","payload":{"attachments":[', "{},", "{}]}}"),
    "messages": ('sms:batch:received","payload":{"messages":[', "{},", "{}]}}"),
    "depth": ('x:y","payload":', "[", ""),
}  # fmt: skip


def body(form: str, size: int) -> bytes:
    """Return a body of about this many bytes."""
    before, unit, after = (part.encode() for part in FORMS[form])
    return b'{"event":"' + before + unit * (size // len(unit)) + after


def deep_keys(size: int) -> bytes:
    """Return long nested names with many values below them."""
    names = b'"%b":{' % (b"k" * (size // 95)) * 90
    values = b",".join(b'"%d":1' % number for number in range(2000))
    return b'{"event":"x:y","payload":{' + names + values + b"}" * 92


def take(raw: bytes, contents: tuple[Visibility, ...] = ("full", "masked", "code")) -> str:
    """Process a body like a request, without the posts; return the result."""
    try:
        events = split(parse(raw))
    except NotAnEvent as refusal:
        return refusal.detail
    for event in events:
        identify(event, raw, by_id=False, devices={}, secret=b"s", first_seen_at=SEEN)
        _ROUTER.dispatch(event, SEEN)
        for content in contents:
            _RENDERER.message(event, DeliverySpec("log", content=content), key="k", first_seen_at=SEEN)
    return f"{len(events)} events"


def _all(size: int) -> Iterator[tuple[str, bytes]]:
    for form in FORMS:
        yield form, body(form, size)
    yield "deep keys", deep_keys(size)
    yield "no UTF-8", body("long text", size).replace(b"aB1 ", b"\xff\xff\xff\xff")


if __name__ == "__main__":
    take(body("long text", 1000))
    for _form, _raw in _all(int(sys.argv[1]) * 2**20):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        print(f"{_form}: {take(_raw)}", flush=True)  # noqa: T201  (read by the test)
