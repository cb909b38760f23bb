"""Wait until the service answers, and exit with status 1 if it does not."""

import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PATIENCE = 30.0
"""Seconds that the service may take to start."""
SETTINGS = Path("/etc/sms-relay/env")


def is_healthy(host: str, port: int) -> bool:
    """Return whether the function answers."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200  # noqa: PLR2004  (HTTP's)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def read_address(settings: Path) -> tuple[str, int]:
    """Return where the service listens, according to the settings that systemd reads."""
    lines = settings.read_text().splitlines() if settings.exists() else []
    values = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
    host = values.get("HOST", "127.0.0.1")
    return "127.0.0.1" if host == "0.0.0.0" else host, int(values.get("PORT", "8080"))  # noqa: S104


if __name__ == "__main__":
    address, deadline = read_address(SETTINGS), time.monotonic() + PATIENCE
    while not is_healthy(*address):
        if time.monotonic() > deadline:
            sys.exit(1)
        time.sleep(0.2)
