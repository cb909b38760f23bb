"""Slack, by an incoming webhook or by a bot."""

import json
from typing import ClassVar

from forwarders import base
from forwarders.base import Failure, Forwarder, Message, MessageRefused, Probe, TransientFailure
from forwarders.http import Http
from forwarders.parts import send_without_files
from forwarders.slack.bot import Bot
from forwarders.slack.compose import SlackPost, UploadPost, posts
from forwarders.slack.hook import Hook
from forwarders.slack.options import SlackOptions

_AS_TYPED = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
"""No markup, and no previews: a preview can use up a one-time link."""


class Slack(Forwarder[SlackPost | UploadPost]):
    """Post to one channel."""

    Options: ClassVar[type[base.Options]] = SlackOptions

    def __init__(self, options: SlackOptions, http: Http) -> None:
        self._client: Hook | Bot
        if options.webhook_url:
            self._client = Hook(options.webhook_url, http)
        elif options.bot_token and options.channel:
            self._client = Bot(options.bot_token, options.channel, options.api_url, http)

    def plan(self, message: Message) -> tuple[SlackPost | UploadPost, ...]:
        """Return the texts first, then the files, which only a bot can upload."""
        return posts(message, takes_files=self._client.takes_files)

    async def send(self, post: SlackPost | UploadPost) -> str | None:
        """Make one post; if Slack refuses its rich form, make it once more as plain text."""
        if isinstance(post, UploadPost):
            await self._upload(post)
            return None
        words = {"text": post.text, **_AS_TYPED}
        try:
            await self._client.post_text({**words, "blocks": json.loads(post.blocks)})
        except MessageRefused as refusal:
            reason = refusal.reason
        else:
            return None
        await self._client.post_text(words)
        return f"sent as plain text: {reason}"

    async def _upload(self, post: UploadPost) -> None:
        if post.text:
            return await self._client.post_text({"text": post.text, **_AS_TYPED})
        try:
            await self._client.upload(post.files)
        except MessageRefused as refusal:
            await send_without_files(post, refusal, self._upload)

    async def probe(self) -> Probe:
        """Check what can be checked without posting."""
        try:
            return await self._client.probe()
        except TransientFailure as failure:
            return Probe("unreachable", failure.reason)
        except Failure as failure:
            return Probe("wrong", failure.reason)
