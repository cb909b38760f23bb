"""What one SMS costs as a deployment or a message grows: microseconds of CPU of the steps that it touches."""

import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import forwarders
from forwarders.base import Forwarder
from forwarders.http import Http
from relay.config import load
from relay.events import Event, parse
from relay.keys import event_key
from relay.ledger.identity import Identity
from relay.ledger.record import Progress, Record, Settlement
from relay.ledger.sqlite import SqliteLedger
from relay.ledger.stored import to_json
from relay.model import DeliverySpec, DeliveryState, Dispatch
from relay.rendering import Renderer
from relay.routing import Router
from relay.webhook import verify

KEY = b"Zk3yP9qa"
REPEATS = 5
TRIAL = 0.1
"""Seconds of one trial, of which the fastest counts: whatever else runs can only make it slower."""
NOW = 1_782_000_000.0
_INSERT = "INSERT INTO records VALUES (?, ?, NULL, ?, NULL)"


class Point(NamedTuple):
    """What one SMS takes, in microseconds, where something has this size; `once` is what a start takes."""

    size: int
    each: float
    once: float = 0.0


def microseconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one call, in the fastest of several trials."""
    work()
    return min(_trial(work) for _ in range(REPEATS))


def _trial(work: Callable[[], object]) -> float:
    calls, begun = 0, time.process_time()
    while (took := time.process_time() - begun) < TRIAL or not calls:
        work()
        calls += 1
    return took / calls * 1e6


def sms(text: str, sender: str = "+12025559876") -> Event:
    """Return an SMS."""
    payload = {
        "message": text,
        "sender": sender,
        "simNumber": 1,
        "receivedAt": "2026-06-22T15:47:00.000+07:00",
    }
    return parse(json.dumps({"id": "1", "event": "sms:received", "payload": payload}).encode())


def routes(sizes: Iterable[int]) -> list[Point]:
    """Measure routes by sender and text, none of which matches."""
    return [_routed(size, 10, size) for size in sizes]


def contacts(sizes: Iterable[int]) -> list[Point]:
    """Measure contacts, and one route."""
    return [_routed(1, size, size) for size in sizes]


def both(number: int, people: int) -> Point:
    """Measure so many routes with so many contacts."""
    return _routed(number, people, number + people)


def _routed(number: int, people: int, size: int) -> Point:
    with TemporaryDirectory() as folder:
        Path(folder, "config.toml").write_text("\n".join(_document(number, people)))
        begun = time.process_time()
        config = load({"API_KEY": "a-key-of-this-benchmark"}, Path(folder))
        router, renderer = Router(config), Renderer(config)
        once = (time.process_time() - begun) * 1e6
    event = sms("481 516 is your code. It expires in 10 minutes.")
    return Point(size, microseconds(lambda: _told(router, renderer, event)), once)


def _document(number: int, people: int) -> Iterator[str]:
    yield 'default = ["me"]\n[relay]\nregion = "US"\n[destinations.me]\ntype = "console"\n[contacts]'
    yield from (f'"+1303555{place:04}" = "Person {place}"' for place in range(people))
    for place in range(number):
        yield f'[[routes]]\nsenders = ["+1404555{place:04}"]\ntext = ["(?i)invoice {place}"]\nto = ["me"]'


def _told(router: Router, renderer: Renderer, event: Event) -> None:
    for spec in router.dispatch(event, NOW).deliveries:
        renderer.message(event, spec, key="0" * 64, first_seen_at=NOW)


def texts(sizes: Iterable[int]) -> list[Point]:
    """Measure finding the code, rendering, and planning the posts to Telegram."""
    kind = forwarders.load("telegram")
    options = kind.Options.model_validate({"bot_token": "123456789:" + "A" * 35, "chat_id": "1"})
    build: Callable[..., Forwarder[Any]] = kind
    telegram = build(options, Http())
    renderer = Renderer(load({"API_KEY": "a-key-of-this-benchmark"}, Path("/nonexistent")))
    return [Point(size, _planned(renderer, telegram, size)) for size in sizes]


def _planned(renderer: Renderer, telegram: Forwarder[Any], size: int) -> float:
    words = "Your code is 481516. Never share it; we will never ask for it. " * (size // 60 + 1)
    count = 0

    def work() -> None:
        nonlocal count
        count += 1  # what was read before is remembered, so each is another text
        event = sms(f"{count} {words}"[:size])
        telegram.plan(renderer.message(event, DeliverySpec("console"), key="0" * 64, first_seen_at=NOW))

    return microseconds(work)


def bodies(sizes: Iterable[int]) -> list[Point]:
    """Measure verifying, reading, naming and decoding an MMS with one picture."""
    return [Point(size, microseconds(_unpacking(size))) for size in sizes]


def _unpacking(size: int) -> Callable[[], None]:
    data = base64.b64encode(bytes(size * 3 // 4)).decode()
    attached = [{"name": "a.jpg", "contentType": "image/jpeg", "size": len(data), "data": data}]
    payload = {"sender": "+12025550143", "attachments": attached, "receivedAt": "2026-06-22T15:47:00+07:00"}
    body = json.dumps({"id": "1", "event": "mms:downloaded", "payload": payload}).encode()
    headers = {
        "x-timestamp": f"{NOW:.0f}",
        "x-signature": hmac.new(KEY, body + f"{NOW:.0f}".encode(), hashlib.sha256).hexdigest(),
    }

    def work() -> None:
        verify(body, headers, keys=[KEY], max_age=300, now=NOW)
        event = parse(body)
        event_key(event, body, by_id=False, devices={}, secret=None)
        _ = [each.content for each in event.payload.attachments]

    return work


def records(sizes: Iterable[int]) -> list[Point]:
    """Measure a claim and a settle in an SQLite file that holds so many settled records."""
    return [Point(size, _remembered(size)) for size in sizes]


def _remembered(size: int) -> float:
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.sqlite")
        ledger = SqliteLedger(path)
        ledger.check()
        _fill(path, size)
        dispatch, count = Dispatch("sms:received", time.time(), (DeliverySpec("telegram"),)), 0

        async def once() -> None:
            nonlocal count
            count += 1
            key = hashlib.sha256(str(count).encode()).hexdigest()
            await ledger.claim(Identity(key), dispatch, "me")
            await ledger.settle(
                key, Settlement("me", dispatch, {"telegram": Progress(DeliveryState.DELIVERED)})
            )

        with asyncio.Runner() as runner:
            try:
                return microseconds(lambda: runner.run(once()))
            finally:
                runner.run(ledger.aclose())


def _fill(path: Path, size: int) -> None:
    now = time.time()
    dispatch = Dispatch("sms:received", now, (DeliverySpec("telegram"),))
    record = to_json(
        Record(dispatch, {"telegram": Progress(DeliveryState.DELIVERED, by=("me",))}, expires=now + 1e6)
    )
    keys = (hashlib.sha256(b"old %d" % number).hexdigest() for number in range(size))
    with sqlite3.connect(path) as db:
        db.executemany(_INSERT, ((key, record, now + 1e6) for key in keys))
    db.close()
