"""A destination whose libraries quote what passes through them, as real ones do."""

import logging
from typing import Any

from forwarders import base
from forwarders.base import Forwarder, Message, Post, Probe

SECRET = "https://api.example.org/bot123:secret-in-a-url/sendMessage"
LIBRARIES = ("httpx", "telegram", "aiosmtplib", "")


class Chatty(Forwarder[Post]):
    Options = base.Options

    def __init__(self, options: Any, http: Any) -> None:
        del options, http

    def plan(self, message: Message) -> tuple[Post, ...]:
        for name in LIBRARIES:
            log = logging.getLogger(name)
            log.debug("%s to %s", message.text, SECRET)
            log.info("%s to %s", message.text, SECRET)
            log.warning("%s to %s", message.text, SECRET)
            log.error("%s to %s", message.text, SECRET, exc_info=ValueError(message.text))
        return (Post(),)

    async def send(self, post: Post) -> str | None:
        del post
        return None

    async def probe(self) -> Probe:
        return Probe("ok")
