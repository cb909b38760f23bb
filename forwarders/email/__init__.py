"""Email by SMTP: one mail per message, its code in the subject, one thread per sender."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

from forwarders import base
from forwarders.base import Failure, Forwarder, Message, MessageRefused, Probe
from forwarders.email.compose import EmailPost, compose, encode
from forwarders.email.failures import MailRejected, Refusal, translate_all_refused
from forwarders.email.options import EmailOptions
from forwarders.email.report import Report
from forwarders.email.session import MailServer
from forwarders.http import Http

Sending = Callable[[EmailPost, Report], Awaitable[None]]


class Email(Forwarder[EmailPost]):
    """Hand each message to a mail server, over a new connection each time, as instances may be frozen."""

    Options: ClassVar[type[base.Options]] = EmailOptions

    def __init__(self, options: EmailOptions, http: Http) -> None:
        del http  # not used
        self._sender = options.mailbox()
        self._to = options.recipients()
        self._server = MailServer(options.server(), self._sender.address, options.trust)

    def plan(self, message: Message) -> tuple[EmailPost, ...]:
        """Return one mail, however long the text is."""
        return (compose(message, self._to),)

    async def send(self, post: EmailPost) -> str | None:
        """Hand in what is pending: the mail, or only its attachments for those who already have the text.

        Each recipient is settled separately. While none has accepted anything, no refusal is final: if all
        are refused, the login may be the reason.
        """
        report = Report(len(self._to))
        words = replace(post, to=tuple(each for each in post.to if each.words))
        files = replace(post.with_files_only(), to=tuple(each for each in post.to if not each.words))
        for mail, send in ((words, self._send_words), (files, self._send_files)):
            if mail.to:
                await self._send_one(mail, send, report)
        return report.conclude()

    async def probe(self) -> Probe:
        """Log in and send sender and recipients, but hand in nothing."""
        return await self._server.probe([box.address for box in self._to])

    async def _send_one(self, mail: EmailPost, send: Sending, report: Report) -> None:
        try:
            await send(mail, report)
        except Failure as failure:
            if mail.resumed and isinstance(failure, MessageRefused):
                report.refuse(mail.to, failure.reason)
            else:
                report.defer(failure)

    async def _send_words(self, mail: EmailPost, report: Report) -> None:
        """Hand in a mail; if the server refuses its form, hand it in again as text without attachments."""
        try:
            report.accept(mail.to, await self._submit(mail))
        except MailRejected as error:
            rejected = error
        else:
            return
        report.accept_words(mail.to, await self._send_simplified(mail.simplified()), rejected)

    async def _send_files(self, mail: EmailPost, report: Report) -> None:
        """Hand in the attachments alone; if they are too large or forbidden, they are refused for good."""
        try:
            report.accept(mail.to, await self._submit(mail))
        except MailRejected as error:
            rejected = error
        else:
            return
        is_final = rejected.because_of_files or isinstance(rejected.failure, MessageRefused)
        raise MessageRefused(rejected.failure.reason) if is_final else rejected.failure

    async def _send_simplified(self, mail: EmailPost) -> dict[str, Refusal]:
        try:
            return await self._submit(mail)
        except MailRejected as rejected:
            failure = rejected.failure
        raise failure

    async def _submit(self, mail: EmailPost) -> dict[str, Refusal]:
        refusals = await self._server.deliver(await self._encode(mail), [each.address for each in mail.to])
        if len(refusals) == len(mail.to) and not mail.resumed:
            raise translate_all_refused(refusals.values())
        return refusals

    async def _encode(self, mail: EmailPost) -> bytes:
        moment = datetime.now(UTC)
        if not mail.attachments:
            return encode(mail, self._sender, self._to, moment)
        return await asyncio.to_thread(
            encode, mail, self._sender, self._to, moment
        )  # megabytes take tens of ms
