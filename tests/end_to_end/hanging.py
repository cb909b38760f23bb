"""Destinations that need no service: one takes everything at once, one never answers."""

import asyncio
from typing import Any

from forwarders import base
from forwarders.base import Forwarder, Message, Post, Probe


class Accepting(Forwarder[Post]):
    Options = base.Options

    def __init__(self, options: Any, http: Any) -> None:
        del options, http

    def plan(self, message: Message) -> tuple[Post, ...]:
        del message
        return (Post(),)

    async def send(self, post: Post) -> str | None:
        del post
        return None

    async def probe(self) -> Probe:
        return Probe("ok")


class Hanging(Accepting):
    async def send(self, post: Post) -> str | None:
        del post
        await asyncio.Event().wait()
        return None
