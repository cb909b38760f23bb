# ruff: noqa: INP001  (a script among shell scripts, not a package)
"""Write curl's options that post a signed event: `python -m deploy.post hello|ping URL | curl --config -`.

The keys are read from the environment and written to standard output, so that no command line contains them.
"""

import json
import os
import secrets
import sys
from datetime import UTC, datetime
from urllib.parse import urlencode

from relay_cli.posting import signature_headers


def build_event(kind: str) -> dict[str, object]:
    """Return a message, which destinations show, or a ping."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    ping: dict[str, object] = {
        "id": f"deploy-{secrets.token_hex(8)}",
        "deviceId": "deploy.sh",
        "webhookId": "deploy.sh",
        "event": "system:ping",
        "payload": {"health": {"status": "pass", "checks": {}}},
    }
    text = "Your relay is deployed. What the phone receives will come here from now on."
    message = {"messageId": "deploy", "sender": "deploy.sh", "message": text, "receivedAt": now}
    return ping if kind == "ping" else ping | {"event": "sms:received", "payload": message}


def first_key(name: str) -> str:
    """Return the first of the keys in a variable."""
    return os.environ[name].split(",")[0].strip()


def curl_options(kind: str, url: str) -> list[tuple[str, str]]:
    """Return the options of curl that post an event."""
    body = json.dumps(build_event(kind))
    headers = {"Content-Type": "application/json"}
    if first_key("SIGNING_KEYS"):
        headers |= signature_headers(body.encode(), first_key("SIGNING_KEYS"))
    address = f"{url}/?{urlencode({'apiKey': first_key('API_KEY')})}"
    return [
        ("url", address),
        ("data-raw", body),
        *(("header", f"{name}: {value}") for name, value in headers.items()),
    ]


if __name__ == "__main__":
    for option, value in curl_options(*sys.argv[1:]):
        # curl's configuration quotes a value like JSON does.
        sys.stdout.write(f"{option} = {json.dumps(value)}\n")
