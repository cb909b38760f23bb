"""The part of `make demo` in which a phone texts itself; the phone and its server are played."""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from relay.app import App, build_app
from relay.canary import Canaries
from relay.config import load
from relay.logs import Log
from relay.watch.wording import duration
from relay_cli.posting import post
from testkit.services.gateway import PASSWORD, USER, Gateway
from tools.function import HOST, free_port, running

PHONE, NUMBER = "ffffffffceb0b1db0000018e937c815b", "+12025550143"
CONFIG = f"""\
[devices.anna]
ids = ["{PHONE}"]
numbers = {{ 1 = "{NUMBER}" }}

[[canary]]
device = "anna"
to = "{NUMBER}"

[watch]
to = ["demo"]

[destinations.demo]
type = "console"
"""
OK = 200

Say = Callable[[str, str], None]
"""Shows what happens: a line of the demo, and what is known then."""


class NotBack(Exception):
    """The test did not come back."""


async def play(environ: Mapping[str, str], say: Say) -> None:
    """Let a phone text itself, and show that the SMS comes back and bothers nobody.

    Raises:
        NotBack: it did not.
        NotStarted: the function does not start.
    """
    with TemporaryDirectory() as folder:
        async with Gateway(PHONE) as gateway:
            file = Path(folder, "config.toml")
            await asyncio.to_thread(file.write_text, CONFIG)
            settings = {
                **environ,
                "CONFIG_FILE": str(file),
                "LEDGER_URL": f"sqlite:///{folder}/ledger.db",
                "LEDGER_SECRET": secrets.token_hex(),
                "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
                "SMSGATE_USER": USER,
                "SMSGATE_PASSWORD": PASSWORD,
            }
            app = build_app(load(settings, Path(folder)), Log("ERROR", structured=False))
            port = free_port()
            try:
                with running(settings, port):
                    await _play(app, gateway, _Phone(port, settings), say)
            finally:
                await app.aclose()


class _Phone:
    def __init__(self, port: int, settings: Mapping[str, str]) -> None:
        self._url = f"http://{HOST}:{port}/?apiKey={settings['API_KEY']}"
        self._signing_key = settings["SIGNING_KEYS"]

    async def post(self, kind: str, **payload: Any) -> None:
        event = {"id": kind, "event": kind, "deviceId": PHONE, "payload": payload}
        answer = await asyncio.to_thread(post, self._url, json.dumps(event).encode(), self._signing_key)
        if answer.status != OK:
            raise NotBack


async def _play(app: App, gateway: Gateway, phone: _Phone, say: Say) -> None:
    canaries = app.canaries
    if canaries is None:
        raise NotBack
    await canaries.start(canaries.loops[0])
    for sms in gateway.accepted.values():
        text = sms["textMessage"]["text"]
        say(f"the phone is asked to text itself: “{text}”", "")
        await phone.post("sms:sent", messageId=sms["id"], recipient=NUMBER)
        await phone.post("sms:received", sender=NUMBER, message=text)
    say("it is back through the network, the phone and the relay", await _result(canaries))


async def _result(canaries: Canaries) -> str:
    journal = await canaries.journal(canaries.loops[0])
    if not journal.returned:
        raise NotBack
    return f"canary anna: back after {duration(journal.seconds)}; nobody gets a message"
