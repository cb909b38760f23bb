"""`make demo`: posts every sample event as the phone does, and shows what arrives."""

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from forwarders import REGISTRY
from relay.config.variables import KNOWN
from relay_cli.posting import post, set_dates_to_now
from tools import demo_canary
from tools.demo_reply import NotAnswered, play
from tools.function import HOST, ROOT, NotStarted, free_port, handle_signals, running

TELEGRAM = REGISTRY["telegram"].variables
FIRST = "sms-received-code"
"""The sample that is shown first: a one-time code, for which most people want this."""
COLOURS = ("\033[2m", "\033[1;36m", "\033[31m", "\033[0m")
"""How a terminal writes dim, in bold cyan as the messages that arrive, in red, and as before."""
NEEDED = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID")

CONFIG = """\
[destinations.demo]
{options}

[[routes]]
events = ["*"]
to = ["demo"]
"""
HELLO = """\
This is the function on your own machine, started as the cloud starts it, and a
phone simulated by this program: it signs and posts every event there is.
{where}
"""
ANSWER = """
Now the way back: a chat in Telegram and the phone's server are simulated, too.
"""
TEST = """
And a test SMS: the phone texts itself, to show that it still receives.
"""
GOODBYE = """
All events were accepted. To see the same in a real chat of Telegram:
  1. Send /newbot to @BotFather there: it gives you a token.
  2. Message your new bot, then look up the chat's id:
     TELEGRAM_BOT_TOKEN=<token> ./sms-relay chats
  3. TELEGRAM_BOT_TOKEN=<token> TELEGRAM_CHAT_ID=<id> make demo
Then connect a real phone: make run
"""
GOODBYE_TELEGRAM = """
All events were accepted by Telegram. Now connect a real phone: make run
"""
REFUSED = """
This event was not accepted; the lines above say why. A phone would send it
again, for about two days.
"""


def main() -> int:
    """Post every sample; return 0 if all were accepted."""
    telegram = all(os.environ.get(name) for name in NEEDED)
    where = "They go to your chat." if telegram else "What arrives is shown here; nothing is sent anywhere."
    print(HELLO.format(where=where), flush=True)
    with TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG.format(options=_options(telegram)))
        environ = _environment(config, telegram)
        accepted = _post_samples(environ) and (telegram or (_answer(environ) and _test(environ)))
    goodbye = GOODBYE_TELEGRAM if telegram else GOODBYE
    print(goodbye if accepted else REFUSED)
    return 0 if accepted else 1


def _options(telegram: bool) -> str:
    if not telegram:
        return 'type = "console"'
    chosen = {option: name for name, option in TELEGRAM.items() if os.environ.get(name)}
    return "\n".join(['type = "telegram"', *(f'{option} = "${{{name}}}"' for option, name in chosen.items())])


def _environment(config: Path, telegram: bool) -> dict[str, str]:
    """Return this environment without the settings of any deployment, and with those of the demo."""
    excluded = {*KNOWN, "DEBUG"} - ({*TELEGRAM} if telegram else set())
    return {name: value for name, value in os.environ.items() if name not in excluded} | {
        "API_KEY": secrets.token_urlsafe(24),
        "SIGNING_KEYS": secrets.token_hex(4),
        "CONFIG_FILE": str(config),
        "LEDGER_URL": "memory:",
        "LOG_LEVEL": "WARNING",
    }


def _post_samples(environ: Mapping[str, str]) -> bool:
    """Post the samples up to the first that is not accepted; return whether all were."""
    port = free_port()
    url = f"http://{HOST}:{port}/?apiKey={environ['API_KEY']}"
    samples = sorted((ROOT / "samples").glob("*.json"), key=lambda each: (each.stem != FIRST, each.name))
    with running(environ, port):
        return all(_post_sample(url, sample, environ["SIGNING_KEYS"]) for sample in samples)


def _post_sample(url: str, sample: Path, signing_key: str) -> bool:
    dim, bold, red, plain = COLOURS if _has_colours() else ("",) * len(COLOURS)
    print(f"{dim}---- the phone posts {sample.name}{plain}{bold}", flush=True)
    answer = post(url, set_dates_to_now(sample.read_bytes()), signing_key)
    is_accepted = answer.status == 200  # noqa: PLR2004  (HTTP's)
    style = dim if is_accepted else red
    print(f"{plain}{style}---- and is answered {answer.status} {answer.body}{plain}\n", flush=True)
    return is_accepted


def _answer(environ: Mapping[str, str]) -> bool:
    """Show how an SMS is answered from a chat that is played here; return whether it came to its end."""
    print(ANSWER, flush=True)
    try:
        asyncio.run(play(environ, _show))
    except NotAnswered:
        return False
    return True


def _test(environ: Mapping[str, str]) -> bool:
    """Show how a phone texts itself; return whether the SMS came back."""
    print(TEST, flush=True)
    try:
        asyncio.run(demo_canary.play(environ, _show))
    except demo_canary.NotBack:
        return False
    return True


def _show(line: str, shown: str) -> None:
    dim, bold, _, plain = COLOURS if _has_colours() else ("",) * len(COLOURS)
    print(f"{dim}---- {line}{plain}", flush=True)
    if shown:
        print(f"{bold}{shown}{plain}\n", flush=True)


def _has_colours() -> bool:
    """Return whether colours are shown and wanted: https://no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


if __name__ == "__main__":
    handle_signals()
    try:
        sys.exit(main())
    except NotStarted:
        sys.exit("Error: the function did not start; its output above says why.")
    except OSError:
        sys.exit("Error: the function did not answer in time.")
    except KeyboardInterrupt:
        sys.exit(130)
