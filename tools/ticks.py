"""Ticks for the watch of a function on this machine, where no scheduler makes them."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

EVERY = 60.0
"""Seconds between two ticks."""
TIMEOUT = 30.0
"""Seconds that a tick may take."""


@contextmanager
def ticking(url: str, secret: bytes | None) -> Iterator[None]:
    """Call `POST /tick` of the function at a URL again and again; without a secret, do nothing."""
    stopped = threading.Event()
    if secret is not None:
        threading.Thread(target=_tick, args=(url, secret, stopped), daemon=True).start()
    try:
        yield
    finally:
        stopped.set()


def _tick(url: str, secret: bytes, stopped: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {secret.decode(errors='surrogateescape')}"}
    while not stopped.wait(EVERY):
        request = urllib.request.Request(f"{url}/tick", b"", headers)  # noqa: S310  (our own address)
        with suppress(OSError), urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  (http)
            answer.read()
