"""What one SMS costs as a configuration, a message or a ledger grows: microseconds of CPU."""

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
"""Seconds of one trial; the fastest counts, because other programs can only make it slower."""
NOW = 1_782_000_000.0
_INSERT = "INSERT INTO records VALUES (?, ?, NULL, ?, NULL)"


class Point(NamedTuple):
    """The microseconds of CPU of one SMS, and of a start, where something has this size."""

    size: int
    per_sms: float
    start: float = 0.0


def measure(work: Callable[[], object]) -> float:
    """Return the CPU time of one call, in the fastest of several trials."""
    work()
    return min(_trial(work) for _ in range(REPEATS))


def _trial(work: Callable[[], object]) -> float:
    calls, started_at = 0, time.process_time()
    while (seconds := time.process_time() - started_at) < TRIAL or not calls:
        work()
        calls += 1
    return seconds / calls * 1e6


def sms(text: str, sender: str = "+12025559876") -> Event:
    """Return an SMS."""
    payload = {
        "message": text,
        "sender": sender,
        "simNumber": 1,
        "receivedAt": "2026-06-22T15:47:00.000+07:00",
    }
    return parse(json.dumps({"id": "1", "event": "sms:received", "payload": payload}).encode())


def measure_routes(sizes: Iterable[int]) -> list[Point]:
    """Measure routes by sender and text that do not match."""
    return [_measure_config(size, 10, size) for size in sizes]


def measure_contacts(sizes: Iterable[int]) -> list[Point]:
    """Measure contacts, and one route."""
    return [_measure_config(1, size, size) for size in sizes]


def measure_config(routes: int, contacts: int) -> Point:
    """Measure so many routes with so many contacts."""
    return _measure_config(routes, contacts, routes + contacts)


def _measure_config(routes: int, contacts: int, size: int) -> Point:
    with TemporaryDirectory() as folder:
        Path(folder, "config.toml").write_text("\n".join(_config_lines(routes, contacts)))
        started_at = time.process_time()
        config = load({"API_KEY": "a-key-of-this-benchmark"}, Path(folder))
        router, renderer = Router(config), Renderer(config)
        start = (time.process_time() - started_at) * 1e6
    event = sms("481 516 is your code. It expires in 10 minutes.")
    return Point(size, measure(lambda: _route_and_render(router, renderer, event)), start)


def _config_lines(routes: int, contacts: int) -> Iterator[str]:
    yield 'default = ["me"]\n[relay]\nregion = "US"\n[destinations.me]\ntype = "console"\n[contacts]'
    yield from (f'"+1303555{index:04}" = "Person {index}"' for index in range(contacts))
    for index in range(routes):
        yield f'[[routes]]\nsenders = ["+1404555{index:04}"]\ntext = ["(?i)invoice {index}"]\nto = ["me"]'


def _route_and_render(router: Router, renderer: Renderer, event: Event) -> None:
    for spec in router.dispatch(event, NOW).deliveries:
        renderer.message(event, spec, key="0" * 64, first_seen_at=NOW)


def measure_texts(sizes: Iterable[int]) -> list[Point]:
    """Measure finding the code, rendering, and planning the posts to Telegram."""
    forwarder_type = forwarders.load("telegram")
    options = forwarder_type.Options.model_validate({"bot_token": "123456789:" + "A" * 35, "chat_id": "1"})
    build: Callable[..., Forwarder[Any]] = forwarder_type
    telegram = build(options, Http())
    renderer = Renderer(load({"API_KEY": "a-key-of-this-benchmark"}, Path("/nonexistent")))
    return [Point(size, _measure_planning(renderer, telegram, size)) for size in sizes]


def _measure_planning(renderer: Renderer, telegram: Forwarder[Any], size: int) -> float:
    text = "Your code is 481516. Never share it; we will never ask for it. " * (size // 60 + 1)
    count = 0

    def work() -> None:
        nonlocal count
        count += 1  # results are cached by text, so each text is different
        event = sms(f"{count} {text}"[:size])
        telegram.plan(renderer.message(event, DeliverySpec("console"), key="0" * 64, first_seen_at=NOW))

    return measure(work)


def measure_bodies(sizes: Iterable[int]) -> list[Point]:
    """Measure verifying and parsing an MMS with one picture, computing its key and decoding the picture."""
    return [Point(size, measure(_make_unpacking(size))) for size in sizes]


def _make_unpacking(size: int) -> Callable[[], None]:
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


def measure_records(sizes: Iterable[int]) -> list[Point]:
    """Measure a claim and a settle in an SQLite file with so many settled records."""
    return [Point(size, _measure_ledger(size)) for size in sizes]


def _measure_ledger(size: int) -> float:
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.sqlite")
        ledger = SqliteLedger(path)
        ledger.check()
        _fill(path, size)
        dispatch, count = Dispatch("sms:received", time.time(), (DeliverySpec("telegram"),)), 0

        async def claim_and_settle() -> None:
            nonlocal count
            count += 1
            key = hashlib.sha256(str(count).encode()).hexdigest()
            await ledger.claim(Identity(key), dispatch, "me")
            await ledger.settle(
                key, Settlement("me", dispatch, {"telegram": Progress(DeliveryState.DELIVERED)})
            )

        with asyncio.Runner() as runner:
            try:
                return measure(lambda: runner.run(claim_and_settle()))
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
