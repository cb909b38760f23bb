"""Discord by a webhook: the code first, pictures below the text, and nothing that pings anybody."""

import json
from typing import Any, ClassVar

from forwarders import base
from forwarders.acceptance import has_id
from forwarders.base import Failure, Forwarder, Message, Probe, TransientFailure
from forwarders.discord.answers import find_failure, find_file_failure
from forwarders.discord.compose import DiscordPost, compose
from forwarders.discord.options import DiscordOptions
from forwarders.http import Answer, Http, Part
from forwarders.parts import send_without_files
from forwarders.text import file_name

_NO_PREVIEWS, _SILENT = 1 << 2, 1 << 12
"""Flags of a message; a preview could use up a link that works once.
https://discord.com/developers/docs/resources/message#message-object-message-flags"""


class Discord(Forwarder[DiscordPost]):
    """Post to one channel, or to one thread in it."""

    Options: ClassVar[type[base.Options]] = DiscordOptions

    def __init__(self, options: DiscordOptions, http: Http) -> None:
        self._options = options
        self._http = http

    def plan(self, message: Message) -> tuple[DiscordPost, ...]:
        """Return the texts; up to ten files go with the last of them, more need further posts."""
        return compose(message)

    async def send(self, post: DiscordPost) -> str | None:
        """Make one post; if Discord refuses its files, make it once more without them."""
        await self._send(post)
        return None

    async def _send(self, post: DiscordPost) -> None:
        answer = await self._post(post)
        file_failure = find_file_failure(answer) if post.files else None
        if file_failure:
            return await send_without_files(post, file_failure, self._send)
        if failure := find_failure(answer):
            raise failure
        return None

    async def probe(self) -> Probe:
        """Request the webhook itself, which its URL permits."""
        try:
            answer = await self._http.request("GET", self._options.webhook_url.get_secret_value())
        except Failure as error:
            failure: Failure | None = error
        else:
            failure = find_failure(answer)
        if failure:
            return Probe("unreachable" if isinstance(failure, TransientFailure) else "wrong", failure.reason)
        if self._options.thread_id:
            return Probe("ok", "whether the thread exists is only known once something is sent")
        return Probe("ok")

    async def _post(self, post: DiscordPost) -> Answer:
        payload: dict[str, Any] = {
            "content": post.content,
            "allowed_mentions": {"parse": []},
            "flags": _NO_PREVIEWS | (_SILENT if post.silent else 0),
        }
        if not post.files:
            return await self._http.request("POST", self._options.address, json=payload, enough=has_id)
        form = [Part("payload_json", json.dumps(payload).encode(), content_type="application/json")]
        for number, file in enumerate(post.files):
            form.append(Part(f"files[{number}]", file.data, file_name(file), file.content_type or None))
        return await self._http.request("POST", self._options.address, form=form, enough=has_id)
