"""`phone`: acts as the phone towards a function, with its time-outs and retries."""

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from relay_cli.explain import READABLE
from relay_cli.posting import PHONE_TIMEOUTS, RequestTooLong, Timeouts, add_key, post, set_dates_to_now
from relay_cli.terminal import FOLDER, fail, load_config, read_environment, say

FIRST_WAIT = 5.0
"""Seconds before the first retry; the wait doubles with each later one."""
SAMPLE = "sms-received"


@click.command()
@click.argument("url")
@click.option("--event", type=READABLE, help="A file with an event; default: a sample message.")
@click.option("--signing-key", help="The phone's own key; default: the first of SIGNING_KEYS.")
@click.option(
    "--count", default=1, show_default=True, type=click.IntRange(1, 10_000), help="How many events."
)
@click.option(
    "--rate", default=1.0, show_default=True, type=click.FloatRange(0.01, 1000), help="Events a second."
)
@click.option("--retries", default=3, show_default=True, type=click.IntRange(0, 15), help="Retries of each.")
def phone(  # noqa: PLR0917  (click passes them by name)
    url: str, event: Path | None, signing_key: str | None, count: int, rate: float, retries: int
) -> None:
    """Post events to a function as the phone does, and show each attempt.

    The first key of API_KEY is added to a URL without one. Exit code 1 if an event was not accepted.

    \b
    Example: ./sms-relay phone http://127.0.0.1:8080
             ./sms-relay phone https://… --event samples/mms-downloaded.json --retries 0
    """
    body = (event or FOLDER / "samples" / f"{SAMPLE}.json").read_bytes()
    _require_url(url)
    settings = None if "apiKey=" in url and "API_KEY" not in read_environment() else load_config().settings
    keyed_url = url if settings is None or "apiKey=" in url else add_key(url, settings.api_keys[0])
    configured_key = settings.signing_keys[0].decode() if settings and settings.signing_keys else ""
    key = signing_key or configured_key
    accepted = 0
    for number in pace(count, rate):
        new_body = _renew(body, number if event is None or count > 1 else None)
        accepted += post_until_accepted(keyed_url, new_body, key, retry_waits(retries))
    say(f"{accepted} of {count} accepted", good=accepted == count)
    if accepted < count:
        raise SystemExit(1)


def pace(count: int, rate: float) -> Iterator[int]:
    """Yield the numbers below `count`, at most `rate` per second."""
    for number in range(count):
        started_at = time.monotonic()
        yield number
        if number + 1 < count:
            time.sleep(max(0.0, 1 / rate - (time.monotonic() - started_at)))


def post_until_accepted(
    url: str, body: bytes, key: str, waits: Iterable[float], timeouts: Timeouts = PHONE_TIMEOUTS
) -> bool:
    """Post an event until it is accepted, with a wait after each attempt; print each attempt."""
    for attempt, wait in enumerate(waits, 1):
        started_at = time.monotonic()
        status, details = _post_once(url, body, key, timeouts)
        milliseconds = round((time.monotonic() - started_at) * 1000)
        is_accepted = 200 <= status < 300  # noqa: PLR2004  (what the phone takes for success)
        line = f"attempt {attempt}: {status or 'no answer'}, {milliseconds} ms {details}"
        say(line, good=is_accepted)
        if is_accepted:
            return True
        if wait:
            say(f"  the phone waits {wait:.0f} s")
            time.sleep(wait)
    return False


def retry_waits(retries: int, first: float = FIRST_WAIT) -> Iterator[float]:
    """Yield how many seconds the phone waits after each attempt; 0 after the last."""
    yield from (first * 2**number for number in range(retries))
    yield 0.0


def _post_once(url: str, body: bytes, key: str, timeouts: Timeouts) -> tuple[int, str]:
    try:
        answer = post(url, body, key, timeouts)
    except RequestTooLong:
        return 0, f"the phone hangs up: no complete answer within {timeouts.whole:g} s"
    except TimeoutError:
        return 0, f"the phone hangs up after {timeouts.silence:g} s of silence"
    except (OSError, ValueError) as failure:
        return 0, type(failure).__name__
    return answer.status, answer.body.strip()


def _renew(body: bytes, number: int | None) -> bytes:
    """Return an event with the current time and a new id; `number` goes into its text."""
    try:
        event = json.loads(set_dates_to_now(body))
    except (ValueError, AttributeError, RecursionError):  # what is no event is posted as it is
        return body
    event["id"] = secrets.token_urlsafe(15)
    if number is not None and isinstance(event.get("payload"), dict):
        now = f"{datetime.now().astimezone():%H:%M:%S.%f}"[:-3]  # two of one second are two messages
        event["payload"]["message"] = f"Test message {number + 1}, {now}"
    return json.dumps(event).encode()


def _require_url(url: str) -> None:
    try:
        address = urlsplit(url)
        is_valid = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or not url.isprintable() or set(" #") & set(url):
        fail("the URL must start with https:// or http://, and contain neither a space nor a #")
