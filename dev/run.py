"""`make run`: the function on this machine, for a real phone."""

import os
import shlex
import sys
from collections.abc import Mapping
from urllib.parse import quote

from dev import dotenv
from dev.function import HOST, ROOT, NotStarted, running, taken

DOTENV = ROOT / ".env"
LEDGER = ROOT / ".relay" / "ledger.db"

STARTED = """
The function listens. Leave this running, and in another terminal try it with a sample:

  {sample}

(A second time it answers "duplicate" and sends nothing: nothing comes twice.)

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

Ctrl-C ends it.
"""


def main() -> int:
    """Start the function and keep it until Ctrl-C; return an exit status."""
    if not DOTENV.exists():
        dotenv.write_first(DOTENV)
        print("Wrote .env with a random key; only you can read it.")
    environ = _environment()
    if not environ["PORT"].isdecimal():
        return _failed("PORT is no number; leave it out for 8080.")
    port = int(environ["PORT"])
    if taken(port):
        return _failed(
            f"Port {port} is taken by another program. Stop it, or take another: PORT=8081 make run"
        )
    print("Starting the function …", flush=True)
    with running(environ, port) as process:
        print(_guide(environ, port), flush=True)
        return process.wait()


def _environment() -> dict[str, str]:
    """Join the defaults, `.env` and the environment, which wins."""
    LEDGER.parent.mkdir(mode=0o700, exist_ok=True)
    ledger = {"PORT": "8080", "LEDGER_URL": f"sqlite:///{LEDGER.relative_to(ROOT)}"}
    joined = ledger | dotenv.read(DOTENV) | dict(os.environ)
    joined.pop("DEBUG", None)  # the framework would start another server for it
    return joined


def _guide(environ: Mapping[str, str], port: int) -> str:
    key = quote(_first(environ["API_KEY"]))
    url = f"http://{HOST}:{port}/?apiKey={key}"
    return STARTED.format(
        port=port,
        sample=_sample(url, _first(environ.get("SIGNING_KEYS", ""))),
        cloud=_registration("https://api.sms-gate.app/3rdparty/v1", url),
        local=_registration("http://<address of the phone>:8080", url),
    )


def _sample(url: str, signing_key: str) -> str:
    """Return a command that posts a sample, signed if the function asks for it."""
    body = "samples/sms-received.json"
    if not signing_key:
        return f"curl --data-binary @{body} {shlex.quote(url)}"
    digest = f"openssl dgst -sha256 -r -hmac {shlex.quote(signing_key)}"
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


def _first(listed: str) -> str:
    return listed.split(",", maxsplit=1)[0].strip()


def _failed(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("The function did not start; its own words stand above.")
    except KeyboardInterrupt:
        print("\nStopped.")
