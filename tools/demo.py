"""`make demo`: every sample event, posted as the phone posts it, and what arrives of it."""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from forwarders import REGISTRY
from relay.config.variables import KNOWN
from relay_cli.posting import post, set_dates_to_now
from tools.function import HOST, ROOT, NotStarted, end_as_by_ctrl_c, free_port, running

TELEGRAM = REGISTRY["telegram"].variables
NEEDED = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID")

CONFIG = """\
[destinations.demo]
{options}

[[routes]]
events = ["*"]
to = ["demo"]
"""
HELLO = """\
This is the function on your own machine, started as the cloud starts it, and a phone played by
this program: it signs and posts every event that a phone can send.
{where}
"""
GOODBYE = """
All events were accepted. To see the same in a real chat of Telegram:
  1. Talk to @BotFather there: /newbot gives you a token.
  2. Write to your new bot, then let it tell you the chat's id:
     TELEGRAM_BOT_TOKEN=<token> .venv/bin/python -m relay chats
  3. TELEGRAM_BOT_TOKEN=<token> TELEGRAM_CHAT_ID=<id> make demo
Then connect a real phone: make run
"""
GOODBYE_TELEGRAM = """
All events were accepted by Telegram. Now connect a real phone: make run
"""
REFUSED = """
This one was not accepted; the lines above say why. A phone would send it again, for about two days.
"""


def main() -> int:
    """Play every sample; return 0 if each was accepted."""
    telegram = all(os.environ.get(name) for name in NEEDED)
    where = "They go to your chat." if telegram else "What arrives is shown here; nothing leaves it."
    print(HELLO.format(where=where), flush=True)
    with TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG.format(options=_options(telegram)))
        accepted = _play(_environment(config, telegram))
    goodbye = GOODBYE_TELEGRAM if telegram else GOODBYE
    print(goodbye if accepted else REFUSED)
    return 0 if accepted else 1


def _options(telegram: bool) -> str:
    if not telegram:
        return 'type = "console"'
    chosen = {option: name for name, option in TELEGRAM.items() if os.environ.get(name)}
    return "\n".join(['type = "telegram"', *(f'{option} = "${{{name}}}"' for option, name in chosen.items())])


def _environment(config: Path, telegram: bool) -> dict[str, str]:
    """Join what the function is to be told with this environment, less the settings of any deployment."""
    left = {*KNOWN, "DEBUG"} - ({*TELEGRAM} if telegram else set())
    return {name: value for name, value in os.environ.items() if name not in left} | {
        "API_KEY": secrets.token_urlsafe(24),
        "SIGNING_KEYS": secrets.token_hex(4),
        "CONFIG_FILE": str(config),
        "LEDGER_URL": "memory:",
        "LOG_LEVEL": "WARNING",
    }


def _play(environ: Mapping[str, str]) -> bool:
    """Post every sample, up to the first that is not accepted; tell whether all were."""
    port = free_port()
    url = f"http://{HOST}:{port}/?apiKey={environ['API_KEY']}"
    samples = sorted((ROOT / "samples").glob("*.json"))
    with running(environ, port):
        return all(_accepted(url, sample, environ["SIGNING_KEYS"]) for sample in samples)


def _accepted(url: str, sample: Path, signing_key: str) -> bool:
    print(f"---- the phone posts {sample.name}", flush=True)
    answer = post(url, set_dates_to_now(sample.read_bytes()), signing_key)
    print(f"---- and is answered {answer.status} {answer.body}\n", flush=True)
    return answer.status == 200  # noqa: PLR2004  (HTTP's)


if __name__ == "__main__":
    end_as_by_ctrl_c()
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("The function did not start; its own words stand above.")
    except OSError:
        sys.exit("The function did not answer in time.")
    except KeyboardInterrupt:
        sys.exit(130)
