"""`make run`: the function on this machine, for a real phone."""

import asyncio
import os
import secrets
import shlex
import sys
from pathlib import Path
from urllib.parse import quote

from relay.config import ConfigurationError, Settings, load
from relay.ledger import LedgerUnavailable
from relay.ledger.sqlite import SqliteLedger
from relay_cli.dotenv import merge_file
from tools.function import HOST, ROOT, NotStarted, end_as_by_ctrl_c, running, taken

DOTENV = ROOT / ".env"
LEDGER = ROOT / ".relay" / "ledger.db"

MADE = ("API_KEY", "LEDGER_SECRET")
"""What is made at random for a first `.env`."""

STARTED = """
The function listens. Leave this running, and in another terminal try it with a sample:

  {sample}

The sample is of June 2026, so the message says that it comes late. A second time the answer is
"duplicate" and nothing is sent: nothing comes twice.

A real phone posts only to https or to itself, so it reaches this machine in one of two ways:

  a cable   adb reverse tcp:{port} tcp:{port}
            lets the phone's own http://127.0.0.1:{port} lead here, as long as it is plugged in.
            Take that as the address below.
  a tunnel  a program that gives this port an https address, such as
            cloudflared tunnel --url http://127.0.0.1:{port}
            Put its address in place of http://127.0.0.1:{port} below.

Then tell the phone, with the username and password that the app shows. One registration is one event;
an SMS is "sms:received". With the app in cloud mode:

  {cloud}

In local mode, from the same network as the phone:

  {local}

For every event that matters at once, with SMSGATE_USER and SMSGATE_PASSWORD in .env:

  .venv/bin/python -m relay register <the address>

Ctrl-C ends it.
"""


def main() -> int:
    """Start the function and keep it until Ctrl-C; return an exit status."""
    if not DOTENV.exists():
        _write_first(DOTENV)
        print("Made .env, with a random key; only you can read it.")
    environ = _environment()
    settings = load(environ, ROOT).settings
    if not environ["PORT"].isdecimal():
        return _failed("PORT is no number; leave it out for 8080.")
    port = int(environ["PORT"])
    if taken(port):
        return _failed(
            f"Port {port} is taken by another program. Stop it, or take another: PORT=8081 make run"
        )
    if left := _left_behind(environ["LEDGER_URL"]):
        print(left, file=sys.stderr)
    print("Starting the function ...", flush=True)
    with running(environ, port) as process:
        print(_guide(settings, port), flush=True)
        return process.wait()


def _write_first(path: Path) -> None:
    """Make the file out of the example, with secrets of its own, for its owner's eyes only.

    Raises:
        FileExistsError: there is one; it is never overwritten.
    """
    text = (ROOT / ".env.example").read_text().replace("Copy this to .env and take", "Take")
    for name in MADE:
        text = text.replace(f"#{name}=\n", f"{name}={secrets.token_urlsafe(24)}\n")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _environment() -> dict[str, str]:
    """Join the defaults, `.env` and the environment, which wins."""
    LEDGER.parent.mkdir(mode=0o700, exist_ok=True)
    ledger = {"PORT": "8080", "LEDGER_URL": f"sqlite:///{LEDGER.relative_to(ROOT)}"}
    joined = ledger | merge_file(os.environ, ROOT)
    joined.pop("DEBUG", None)  # the framework would start another server for it
    return joined


def _left_behind(url: str) -> str:
    """Return a warning if another ledger is used than by default, and that one still owes something."""
    default = f"sqlite:///{LEDGER.relative_to(ROOT)}"
    if url in (default, f"sqlite:///{LEDGER}") or not LEDGER.exists():
        return ""
    try:
        count = asyncio.run(_count_unsettled(SqliteLedger(LEDGER)))
    except LedgerUnavailable as problem:
        return str(problem)
    if not count:
        return ""
    fix = f"python -m relay ledger move {default} {url}"
    if url.startswith("memory:"):
        fix = "LEDGER_URL= python -m relay replay"
    return f"{count} events wait in {default}, and LEDGER_URL names another ledger. To deliver them: {fix}"


async def _count_unsettled(ledger: SqliteLedger) -> int:
    try:
        return len(await ledger.unsettled(bodies=False))
    finally:
        await ledger.aclose()


def _guide(settings: Settings, port: int) -> str:
    url = f"http://{HOST}:{port}/?apiKey={quote(settings.api_keys[0].decode(), safe='')}"
    return STARTED.format(
        port=port,
        sample=_sample(url, settings.signing_keys[:1]),
        cloud=_registration("https://api.sms-gate.app/3rdparty/v1", url),
        local=_registration("http://<address of the phone>:8080", url),
    )


def _sample(url: str, signing_keys: tuple[bytes, ...]) -> str:
    """Return a command that posts a sample, signed if the function asks for it."""
    body = "samples/sms-received.json"
    if not signing_keys:
        return f"curl --data-binary @{body} {shlex.quote(url)}"
    digest = f"openssl dgst -sha256 -r -hmac {shlex.quote(signing_keys[0].decode())}"
    return (
        f'now=$(date +%s); curl --data-binary @{body} -H "X-Timestamp: $now" \\\n'
        f'    -H "X-Signature: $( (cat {body}; printf %s $now) | {digest} | cut -c 1-64)" \\\n'
        f"    {shlex.quote(url)}"
    )


def _registration(base: str, url: str) -> str:
    body = f'{{"id": "sms-relay-received", "url": "{url}", "event": "sms:received"}}'
    return (
        "curl -X POST -u <username>:<password> -H 'Content-Type: application/json' \\\n"
        f"    -d {shlex.quote(body)} \\\n"
        f"    {base}/webhooks"
    )


def _failed(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    end_as_by_ctrl_c()
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("The function did not start; its own words stand above.")
    except ConfigurationError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        print("\nStopped.")
