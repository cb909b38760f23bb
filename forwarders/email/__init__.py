"""Email by SMTP: one mail per message, its code in the subject, one thread per sender."""

import asyncio
from datetime import UTC, datetime
from typing import ClassVar

from forwarders import base
from forwarders.base import Forwarder, Message, Probe
from forwarders.email.compose import EmailPost, letter, wire
from forwarders.email.failures import Unwelcome
from forwarders.email.options import EmailOptions
from forwarders.email.session import Postbox
from forwarders.http import Http


class Email(Forwarder[EmailPost]):
    """Hand each message to a mail server; a connection of its own each time, since instances are frozen."""

    Options: ClassVar[type[base.Options]] = EmailOptions

    def __init__(self, options: EmailOptions, http: Http) -> None:
        del http  # mail needs none
        self._sender = options.mailbox()
        self._to = options.recipients()
        addresses = tuple(recipient.address for recipient in self._to)
        self._postbox = Postbox(options.server(), self._sender.address, addresses, options.trust)

    def plan(self, message: Message) -> tuple[EmailPost, ...]:
        """Return one mail, however long the text is."""
        return (letter(message),)

    async def send(self, post: EmailPost) -> str | None:
        """Hand in the mail; if the server refuses its form, once more as plain text without attachments."""
        try:
            return await self._hand_in(post)
        except Unwelcome as refusal:
            reason = refusal.meaning.reason
        rest = await self._plainly(post)
        missing = f" without attachments ({len(post.attachments)})" if post.attachments else ""
        return "; ".join(filter(None, (f"sent as plain text{missing}: {reason}", rest)))

    async def probe(self) -> Probe:
        """Log in and name sender and recipients, but hand in nothing."""
        return await self._postbox.probe()

    async def _plainly(self, post: EmailPost) -> str | None:
        try:
            return await self._hand_in(post.plainer())
        except Unwelcome as refusal:
            failure = refusal.meaning
        raise failure

    async def _hand_in(self, post: EmailPost) -> str | None:
        moment = datetime.now(UTC)
        if not post.attachments:
            return await self._postbox.deliver(wire(post, self._sender, self._to, moment))
        mail = await asyncio.to_thread(wire, post, self._sender, self._to, moment)  # megabytes: tens of ms
        return await self._postbox.deliver(mail)
