# ruff: noqa: INP001  (a script among shell scripts, not a package)
"""Write what curl needs to post one signed event: `python -m deploy.post hello|ping URL | curl --config -`.

The keys come from the environment and leave on standard output, so that no command line holds them.
"""

import json
import os
import secrets
import sys
from datetime import UTC, datetime
from urllib.parse import urlencode

from relay_cli.posting import signature_headers


def event(kind: str) -> dict[str, object]:
    """Return a message that somebody will see, or a ping."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    ping: dict[str, object] = {
        "id": f"deploy-{secrets.token_hex(8)}",
        "deviceId": "deploy.sh",
        "webhookId": "deploy.sh",
        "event": "system:ping",
        "payload": {"health": {"status": "pass", "checks": {}}},
    }
    words = "Your relay is deployed. What the phone receives will come here from now on."
    message = {"messageId": "deploy", "sender": "deploy.sh", "message": words, "receivedAt": now}
    return ping if kind == "ping" else ping | {"event": "sms:received", "payload": message}


def first(name: str) -> str:
    """Return the first of the keys that a variable lists."""
    return os.environ[name].split(",")[0].strip()


def options(kind: str, url: str) -> list[tuple[str, str]]:
    """Return the options of curl that post an event."""
    body = json.dumps(event(kind))
    headers = {"Content-Type": "application/json"}
    if first("SIGNING_KEYS"):
        headers |= signature_headers(body.encode(), first("SIGNING_KEYS"))
    address = f"{url}/?{urlencode({'apiKey': first('API_KEY')})}"
    return [
        ("url", address),
        ("data-raw", body),
        *(("header", f"{name}: {value}") for name, value in headers.items()),
    ]


if __name__ == "__main__":
    for option, value in options(*sys.argv[1:]):
        # A string of JSON is quoted as curl's configuration wants it.
        sys.stdout.write(f"{option} = {json.dumps(value)}\n")
