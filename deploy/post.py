"""Posts a signed test event to the function; its key goes through a pipe, and is in no command line."""

import json
import secrets
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from deploy.settings import Settings
from relay_cli.posting import signature_headers

TEST_EVENT = "deploy-"
"""How the ids of test events begin: they are no sign that the phone lives."""


def build_event(kind: str) -> dict[str, object]:
    """Return a message, which destinations show, or a ping."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    ping: dict[str, object] = {
        "id": f"{TEST_EVENT}{secrets.token_hex(8)}",
        "deviceId": "deploy.sh",
        "webhookId": "deploy.sh",
        "event": "system:ping",
        "payload": {"health": {"status": "pass", "checks": {}}},
    }
    text = "Your relay is deployed. What the phone receives will come here from now on."
    message = {"messageId": "deploy", "sender": "deploy.sh", "message": text, "receivedAt": now}
    return ping if kind == "ping" else ping | {"event": "sms:received", "payload": message}


def post(url: str, settings: Settings, kind: str, answer: Path) -> int:
    """Post an event once; write the answer to a file, and return the status, 0 if there is none."""
    body = json.dumps(build_event(kind))
    headers = {"Content-Type": "application/json"}
    if signing_key := _first_key(settings.value("SIGNING_KEYS")):
        headers |= signature_headers(body.encode(), signing_key)
    address = f"{url}/?{urlencode({'apiKey': _first_key(settings.value('API_KEY'))})}"
    return request(address, answer, headers, body)


def request(url: str, answer: Path, headers: dict[str, str] | None = None, body: str = "") -> int:
    """Send a request by curl; return the status, 0 if there is none."""
    options = [("url", url), *(("header", f"{name}: {value}") for name, value in (headers or {}).items())]
    options += [("data-raw", body)] if body else []
    answer.write_text("")  # older ones of curl leave out an empty file
    command = ["curl", "--disable", "--silent", "--max-time", "60", "--output", str(answer)]
    done = subprocess.run(
        [*command, "--write-out", "%{http_code}", "--config", "-"],
        # curl's configuration quotes a value like JSON does.
        input="".join(f"{option} = {json.dumps(value)}\n" for option, value in options),
        check=False,
        capture_output=True,
        text=True,
    )
    return int(done.stdout or 0)


def _first_key(keys: str) -> str:
    return keys.partition(",")[0].strip()
