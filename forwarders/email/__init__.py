"""Email by SMTP: one mail per message, its code in the subject, one thread per sender."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

from forwarders import base
from forwarders.base import Failure, Forwarder, Message, MessageRefused, Probe
from forwarders.email.compose import EmailPost, letter, wire
from forwarders.email.failures import Refusal, Unwelcome, all_refused
from forwarders.email.options import EmailOptions
from forwarders.email.report import Report
from forwarders.email.session import Postbox
from forwarders.http import Http

Sending = Callable[[EmailPost, Report], Awaitable[None]]


class Email(Forwarder[EmailPost]):
    """Hand each message to a mail server; a connection of its own each time, since instances are frozen."""

    Options: ClassVar[type[base.Options]] = EmailOptions

    def __init__(self, options: EmailOptions, http: Http) -> None:
        del http  # mail needs none
        self._sender = options.mailbox()
        self._to = options.recipients()
        self._postbox = Postbox(options.server(), self._sender.address, options.trust)

    def plan(self, message: Message) -> tuple[EmailPost, ...]:
        """Return one mail, however long the text is."""
        return (letter(message, self._to),)

    async def send(self, post: EmailPost) -> str | None:
        """Hand in what is still owed: the mail, and its attachments to those who have had the words.

        Each recipient is settled alone. While nobody has accepted anything, nothing is final: what every
        one of them refuses may be our login.
        """
        report = Report(len(self._to))
        words = replace(post, to=tuple(each for each in post.to if each.words))
        files = replace(post.only_files(), to=tuple(each for each in post.to if not each.words))
        for mail, send in ((words, self._send_words), (files, self._send_files)):
            if mail.to:
                await self._send_one(mail, send, report)
        return report.conclude()

    async def probe(self) -> Probe:
        """Log in and name sender and recipients, but hand in nothing."""
        return await self._postbox.probe([box.address for box in self._to])

    async def _send_one(self, mail: EmailPost, send: Sending, report: Report) -> None:
        try:
            await send(mail, report)
        except Failure as failure:
            if mail.resumed and isinstance(failure, MessageRefused):
                report.refuse(mail.to, failure.reason)
            else:
                report.defer(failure)

    async def _send_words(self, mail: EmailPost, report: Report) -> None:
        """Hand in a mail; if the server refuses its form, once more as plain text without attachments."""
        try:
            report.accept(mail.to, await self._hand_in(mail))
        except Unwelcome as unwelcome:
            refused = unwelcome
        else:
            return
        report.accept_words(mail.to, await self._last_form(mail.plainer()), refused)

    async def _send_files(self, mail: EmailPost, report: Report) -> None:
        """Hand in the attachments alone; those that are too large, or forbidden, are refused for good."""
        try:
            report.accept(mail.to, await self._hand_in(mail))
        except Unwelcome as unwelcome:
            refused = unwelcome
        else:
            return
        final = refused.for_files or isinstance(refused.meaning, MessageRefused)
        raise MessageRefused(refused.meaning.reason) if final else refused.meaning

    async def _last_form(self, mail: EmailPost) -> dict[str, Refusal]:
        try:
            return await self._hand_in(mail)
        except Unwelcome as refusal:
            failure = refusal.meaning
        raise failure

    async def _hand_in(self, mail: EmailPost) -> dict[str, Refusal]:
        refusals = await self._postbox.deliver(await self._written(mail), [each.address for each in mail.to])
        if len(refusals) == len(mail.to) and not mail.resumed:
            raise all_refused(refusals.values())
        return refusals

    async def _written(self, mail: EmailPost) -> bytes:
        moment = datetime.now(UTC)
        if not mail.attachments:
            return wire(mail, self._sender, self._to, moment)
        return await asyncio.to_thread(wire, mail, self._sender, self._to, moment)  # megabytes: tens of ms
