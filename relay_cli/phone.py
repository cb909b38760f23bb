"""`phone`: plays the phone against a function, with its time-outs and its retries."""

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import click

from relay_cli.explain import READABLE
from relay_cli.posting import PHONE, Patience, TooLong, dated, post
from relay_cli.terminal import FOLDER, configured, environment, fail, say

FIRST_WAIT = 5.0
"""Seconds before the first retry; each later one waits twice as long."""
SAMPLE = "sms-received"


@click.command()
@click.argument("url")
@click.option("--event", type=READABLE, help="A file with an event; otherwise a sample message.")
@click.option("--signing-key", help="The phone's own key; otherwise the first of SIGNING_KEYS.")
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
    Example: python -m relay phone http://127.0.0.1:8080
             python -m relay phone https://… --event samples/mms-downloaded.json --retries 0
    """
    body = (event or FOLDER / "samples" / f"{SAMPLE}.json").read_bytes()
    _refuse_none(url)
    keyed = url if "apiKey=" in url else _keyed(url)
    key = signing_key or environment().get("SIGNING_KEYS", "").split(",")[0].strip()
    accepted = 0
    for number in paced(count, rate):
        fresh = _fresh(body, number if event is None or count > 1 else None)
        accepted += sent(keyed, fresh, key, waits(retries))
    say(f"{accepted} of {count} accepted", good=accepted == count)
    if accepted < count:
        raise SystemExit(1)


def paced(count: int, rate: float) -> Iterator[int]:
    """Yield so many numbers from 0 on, at most `rate` a second."""
    for number in range(count):
        begun = time.monotonic()
        yield number
        if number + 1 < count:
            time.sleep(max(0.0, 1 / rate - (time.monotonic() - begun)))


def sent(url: str, body: bytes, key: str, pauses: Iterable[float], patience: Patience = PHONE) -> bool:
    """Post an event until it is accepted, with a pause after each attempt; tell of each."""
    for attempt, wait in enumerate(pauses, 1):
        begun = time.monotonic()
        status, words = _posted(url, body, key, patience)
        taken = round((time.monotonic() - begun) * 1000)
        good = 200 <= status < 300  # noqa: PLR2004  (what the phone takes for success)
        say(f"attempt {attempt}: {status or 'no answer'}, {taken} ms {words}", good=good)
        if good:
            return True
        if wait:
            say(f"  the phone waits {wait:.0f} s")
            time.sleep(wait)
    return False


def waits(retries: int, first: float = FIRST_WAIT) -> Iterator[float]:
    """Yield how long the phone waits after each attempt; nothing after the last."""
    yield from (first * 2**number for number in range(retries))
    yield 0.0


def _posted(url: str, body: bytes, key: str, patience: Patience) -> tuple[int, str]:
    try:
        answer = post(url, body, key, patience)
    except TooLong:
        return 0, f"the phone hangs up: no whole answer within {patience.whole:g} s"
    except TimeoutError:
        return 0, f"the phone hangs up after {patience.silence:g} s of silence"
    except (OSError, ValueError) as failure:
        return 0, type(failure).__name__
    return answer.status, answer.body.strip()


def _fresh(body: bytes, number: int | None) -> bytes:
    """Let an event have happened just now, under an id of its own."""
    try:
        event = json.loads(dated(body))
    except (ValueError, AttributeError, RecursionError):  # nonsense is posted as it is
        return body
    event["id"] = secrets.token_urlsafe(15)
    if number is not None and isinstance(event.get("payload"), dict):
        event["payload"]["message"] = f"Test message {number + 1}, {time.strftime('%H:%M:%S')}"
    return json.dumps(event).encode()


def _refuse_none(url: str) -> None:
    try:
        address = urlsplit(url)
        good = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or set(" #") & set(url):
        fail("the URL begins with https:// or http://, and has neither a space nor a #")


def _keyed(url: str) -> str:
    key = quote(configured().settings.api_keys[0], safe="")
    return f"{url}{'&' if urlsplit(url).query else '?'}apiKey={key}"
