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
from tools.function import HOST, ROOT, NotStarted, handle_signals, is_taken, running

DOTENV = ROOT / ".env"
LEDGER = ROOT / ".relay" / "ledger.db"

GENERATED = ("API_KEY", "LEDGER_SECRET")
"""The secrets of a new `.env`, which are random."""

GUIDE = """
The function is running. Leave it so, and in another terminal try it with a sample:

  {sample}

The sample is from June 2026, so the message says that it arrived late. The second time the answer is
"duplicate" and nothing is sent.

A real phone posts only to https or to itself, so it reaches this machine in one of two ways:

  a cable   adb reverse tcp:{port} tcp:{port}
            forwards the phone's own http://127.0.0.1:{port} to this machine while it is plugged in.
            Use that as the address below.
  a tunnel  a program that gives this port an https address, such as
            cloudflared tunnel --url http://127.0.0.1:{port}
            Use its address in place of http://127.0.0.1:{port} below.

Then register the webhook, with the username and password that the app shows. Each registration is for
one type of event; an SMS is "sms:received". With the app in cloud mode:

  {cloud}

In local mode, from the same network as the phone:

  {local}

To register every event that your routes use, with SMSGATE_USER and SMSGATE_PASSWORD in .env:

  .venv/bin/python -m relay register <the address>

Ctrl-C ends it.
"""


def main() -> int:
    """Run the function until Ctrl-C; return an exit status."""
    if not DOTENV.exists():
        _create_dotenv(DOTENV)
        print("Created .env, with a random key; only you can read it.")
    environ = _environment()
    settings = load(environ, ROOT).settings
    if not environ["PORT"].isdecimal():
        return _fail("PORT is not a number; leave it out for 8080.")
    port = int(environ["PORT"])
    if is_taken(port):
        return _fail(
            f"Port {port} is taken by another program. Stop it, or use another port: PORT=8081 make run"
        )
    if warning := _warn_of_unsettled(environ["LEDGER_URL"]):
        print(warning, file=sys.stderr)
    print("Starting the function ...", flush=True)
    with running(environ, port) as process:
        print(_build_guide(settings, port), flush=True)
        return process.wait()


def _create_dotenv(path: Path) -> None:
    """Create the file from the example, with random secrets, readable only by its owner.

    Raises:
        FileExistsError: the file exists; it is never overwritten.
    """
    text = (ROOT / ".env.example").read_text().replace("Copy this to .env and remove", "Remove")
    for name in GENERATED:
        text = text.replace(f"#{name}=\n", f"{name}={secrets.token_urlsafe(24)}\n")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _environment() -> dict[str, str]:
    """Join the defaults, `.env` and the environment, which takes precedence."""
    LEDGER.parent.mkdir(mode=0o700, exist_ok=True)
    ledger = {"PORT": "8080", "LEDGER_URL": f"sqlite:///{LEDGER.relative_to(ROOT)}"}
    joined = ledger | merge_file(os.environ, ROOT)
    joined.pop("DEBUG", None)  # with it the framework would start another server
    return joined


def _warn_of_unsettled(url: str) -> str:
    """Return a warning if LEDGER_URL is not the default ledger, and that one holds undelivered events."""
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
        fix = f"LEDGER_URL={default} python -m relay replay"
    events = f"{count} undelivered event{'s' * (count != 1)}"
    return f"{default} holds {events}, and LEDGER_URL names another ledger. To deliver: {fix}"


async def _count_unsettled(ledger: SqliteLedger) -> int:
    try:
        return len(await ledger.unsettled(bodies=False))
    finally:
        await ledger.aclose()


def _build_guide(settings: Settings, port: int) -> str:
    url = f"http://{HOST}:{port}/?apiKey={quote(settings.api_keys[0].decode(), safe='')}"
    return GUIDE.format(
        port=port,
        sample=_sample_command(url, settings.signing_keys[:1]),
        cloud=_registration_command("https://api.sms-gate.app/3rdparty/v1", url),
        local=_registration_command("http://<address of the phone>:8080", url),
    )


def _sample_command(url: str, signing_keys: tuple[bytes, ...]) -> str:
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


def _registration_command(base: str, url: str) -> str:
    body = f'{{"id": "sms-relay-received", "url": "{url}", "event": "sms:received"}}'
    return (
        "curl -X POST -u <username>:<password> -H 'Content-Type: application/json' \\\n"
        f"    -d {shlex.quote(body)} \\\n"
        f"    {base}/webhooks"
    )


def _fail(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 1


if __name__ == "__main__":
    handle_signals()
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("The function did not start; its output above says why.")
    except ConfigurationError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        print("\nStopped.")
