"""`make demo`: every sample event, posted as the phone posts it, and what arrives of it."""

import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.function import HOST, ROOT, NotStarted, free_port, running
from dev.phone import dated, post

KEPT = ("HOME", "LANG", "LC_", "LD_", "PATH", "PYTHON", "SSL_CERT_", "TERM", "TMPDIR", "TZ")
"""The beginnings of what the function keeps of this environment: no setting of somebody's deployment."""
TELEGRAM = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID")
PACE = 1.0
"""Seconds between two messages to one chat: https://core.telegram.org/bots/faq#broadcasting-to-users"""

ON_CONSOLE = """\
[destinations.demo]
type = "console"
"""
IN_TELEGRAM = """\
[destinations.demo]
type = "telegram"
bot_token = "${TELEGRAM_BOT_TOKEN}"
chat_id = "${TELEGRAM_CHAT_ID}"
"""
EVERYTHING = """
[[routes]]
events = ["*"]
to = ["demo"]
"""

HELLO = """\
This is the function on your own machine, started as the cloud starts it, and a phone played by
this program: it signs and posts every event that a phone can send. {where}
"""
GOODBYE = """
All {count} events were accepted. To see the same in a real chat of Telegram:
  1. Talk to @BotFather there: /newbot gives you a token.
  2. Send your new bot a word, then open https://api.telegram.org/bot<token>/getUpdates
     in a browser: the number behind "chat":{{"id": is the chat's id.
  3. TELEGRAM_BOT_TOKEN=<token> TELEGRAM_CHAT_ID=<id> make demo
Then connect a real phone: make run
"""
GOODBYE_TELEGRAM = """
All {count} events were accepted by Telegram. Now connect a real phone: make run
"""
REFUSED = """
{count} of the events were not accepted; the lines above say why. A phone would send them again,
for about two days.
"""


def main() -> int:
    """Play every sample; return 0 if each was accepted."""
    telegram = all(os.environ.get(name) for name in TELEGRAM)
    where = "They go to your chat." if telegram else "What arrives is shown here; nothing leaves it."
    print(HELLO.format(where=where), flush=True)
    with TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text((IN_TELEGRAM if telegram else ON_CONSOLE) + EVERYTHING)
        refused, count = _play(_environment(config, telegram), PACE if telegram else 0.0)
    goodbye = GOODBYE_TELEGRAM if telegram else GOODBYE
    print(REFUSED.format(count=refused) if refused else goodbye.format(count=count))
    return 1 if refused else 0


def _environment(config: Path, telegram: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
    chosen = {name: os.environ[name] for name in TELEGRAM} if telegram else {}
    return kept | chosen | {
        "API_KEY": secrets.token_urlsafe(24),
        "SIGNING_KEYS": secrets.token_hex(4),
        "CONFIG_FILE": str(config),
        "LEDGER_URL": "memory:",
        "LOG_LEVEL": "WARNING",
    }  # fmt: skip


def _play(environ: Mapping[str, str], pace: float) -> tuple[int, int]:
    """Post every sample; return how many were refused, and of how many."""
    port = free_port()
    url = f"http://{HOST}:{port}/?apiKey={environ['API_KEY']}"
    samples = sorted((ROOT / "samples").glob("*.json"))
    with running(environ, port):
        return sum(not _accepted(url, sample, environ["SIGNING_KEYS"], pace) for sample in samples), len(
            samples
        )


def _accepted(url: str, sample: Path, signing_key: str, pace: float) -> bool:
    print(f"──── the phone posts {sample.name}", flush=True)
    answer = post(url, dated(sample.read_bytes()), signing_key)
    print(f"──── and is answered {answer.status} {answer.body}\n", flush=True)
    time.sleep(pace)
    return answer.status == 200  # noqa: PLR2004  (HTTP's)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("The function did not start; its own words stand above.")
    except KeyboardInterrupt:
        sys.exit(130)
