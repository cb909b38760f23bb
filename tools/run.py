"""`make run`: the function on this machine, for a real phone."""

import asyncio
import os
import secrets
import sys
from pathlib import Path

from relay.config import Config, ConfigurationError, load
from relay.ledger import LedgerUnavailable
from relay.ledger.sqlite import SqliteLedger
from relay.watch.endpoints import tick_secret
from relay_cli.dotenv import merge_file
from relay_cli.ledgers import LOCAL
from tools.function import HOST, ROOT, NotStarted, handle_signals, is_taken, reachable, running
from tools.ticks import ticking

DOTENV = ROOT / ".env"
LEDGER = ROOT / LOCAL.removeprefix("sqlite:///")

GENERATED = ("API_KEY", "LEDGER_SECRET")
"""The secrets of a new `.env`, which are random."""

WIDTH = 60
"""Characters of the names of destinations that fit into a line of the guide."""
GUIDE = """\
The function is running at {url}

1. Send it a sample, as a phone would. In another terminal, in this folder:

     ./sms-relay phone {url}

   {shown}

2. Connect a real phone. It posts only to https or to itself, so it needs a way:

     a cable    adb reverse tcp:{port} tcp:{port}
                while it is plugged in; the address is http://127.0.0.1:{port}
     a tunnel   cloudflared tunnel --url {url}
                or another one; it prints the address

   Put the username and password that the app shows into .env, as SMSGATE_USER
   and SMSGATE_PASSWORD. Then: ./sms-relay register ADDRESS

3. Send it to Telegram, Slack, email …: docs/configuration.md
   Let it run for good: docs/self-hosting.md at home, ./deploy.sh in the cloud

Ctrl-C ends it.
"""


def main() -> int:
    """Run the function until Ctrl-C; return an exit status."""
    if not DOTENV.exists():
        _create_dotenv(DOTENV)
        print("Created .env, with a random key; only you can read it.")
    environ = _environment()
    config = load(environ, ROOT)
    if "ledger_url" not in config.settings.model_fields_set:
        environ["LEDGER_URL"] = LOCAL
    if problem := _find_problem(environ["HOST"], environ["PORT"]):
        return _fail(problem)
    host, port = environ["HOST"], int(environ["PORT"])
    if warning := _warn_of_unsettled(environ.get("LEDGER_URL") or config.settings.ledger_url):
        print(warning, file=sys.stderr)
    secret = tick_secret(config.settings) if config.watch else None
    with (
        running(environ, port, host=host) as process,
        ticking(f"http://{reachable(host)}:{port}", secret),
    ):
        print(_build_guide(config, host, port), flush=True)
        return process.wait()


def _find_problem(host: str, port: str) -> str:
    """Return why the function cannot listen there, or nothing."""
    if not port.isdecimal():
        return "PORT is not a number; leave it out for 8080."
    try:
        if is_taken(int(port), host):
            return f"Port {port} is taken by another program. Use another: PORT=8081 make run"
    except (OSError, OverflowError):
        return f"HOST={host}, PORT={port}: this machine cannot listen there; leave both out for {HOST}:8080."
    return ""


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
    joined = {"HOST": HOST, "PORT": "8080"} | merge_file(os.environ, ROOT)
    joined.pop("DEBUG", None)  # with it the framework would start another server
    return joined


def _warn_of_unsettled(url: str) -> str:
    """Return a warning if LEDGER_URL is not the default ledger, and that one holds undelivered events."""
    if url in (LOCAL, f"sqlite:///{LEDGER}") or not LEDGER.exists():
        return ""
    try:
        count = asyncio.run(_count_unsettled(SqliteLedger(LEDGER)))
    except LedgerUnavailable as problem:
        return str(problem)
    if not count:
        return ""
    fix = f"./sms-relay ledger move {LOCAL} {url}"
    if url.startswith("memory:"):
        fix = f"LEDGER_URL={LOCAL} ./sms-relay replay"
    events = f"{count} undelivered event{'s' * (count != 1)}"
    return f"{LOCAL} holds {events}, and LEDGER_URL names another ledger. To deliver: {fix}"


async def _count_unsettled(ledger: SqliteLedger) -> int:
    try:
        return len(await ledger.unsettled(bodies=False))
    finally:
        await ledger.aclose()


def _build_guide(config: Config, host: str, port: int) -> str:
    others = [name for name, each in config.destinations.items() if each.type != "console"]
    names = ", ".join(others)
    shown = f"It goes to {names if len(names) < WIDTH else f'{len(others)} destinations'}."
    if not others:
        shown = "The message is shown here, below."
    return GUIDE.format(port=port, url=f"http://{reachable(host)}:{port}", shown=shown)


def _fail(problem: str) -> int:
    print(f"Error: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    handle_signals()
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("Error: the function did not start; its output above says why.")
    except ConfigurationError as problem:
        sys.exit(f"Error: {problem}")
    except KeyboardInterrupt:
        print("\nStopped.")
