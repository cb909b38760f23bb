"""An SMTP session: connect, log in, and hand in one mail."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused

from forwarders.base import Failure, Probe, TransientFailure
from forwarders.email.failures import Refusal, classify_refusal, count_refusals, translate_errors
from forwarders.email.login import log_in
from forwarders.email.server import Server

ACCEPTED = range(200, 300)
"""Replies that accept a recipient; the library takes only some. https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1"""
CONNECT_SECONDS = 3.0
QUIT_SECONDS = 1.0
PROBE_SECONDS = 10.0
CLOSING = 421
"""The reply of a server that closes the connection."""


class Interrupted(ConnectionError):
    """The server closed the connection at a recipient: nothing was handed in yet.

    `refusals` are its answers so far, `reason` is the last. It may do so at that one recipient only: `left`
    are the recipients it has accepted, else those it was not asked about.
    """

    def __init__(self, reason: Exception, refusals: dict[str, Refusal], left: Sequence[str]) -> None:
        super().__init__()
        self.reason = reason
        self.refusals = refusals
        self.left = left


class MailServer:
    """The mail server, used by one sender."""

    def __init__(self, server: Server, sender: str, trust: Callable[[], ssl.SSLContext]) -> None:
        self._server = server
        self._sender = sender
        self._trust = trust
        self._tls: ssl.SSLContext | None = None

    async def deliver(self, mail: bytes, to: Sequence[str]) -> dict[str, Refusal]:
        """Hand in one mail, once, for all recipients that the server accepts; return those it refused.

        Raises:
            TransientFailure, Misconfigured: nobody gets the mail, or the server's answer was lost.
            MailRejected: this mail was refused; a simpler one may be accepted.
        """
        return await translate_errors(self._deliver(mail, to), self._server)

    async def probe(self, to: Sequence[str], seconds: float = PROBE_SECONDS) -> Probe:
        """Check the login, the sender and the recipients; send nothing."""
        try:
            async with asyncio.timeout(seconds):
                refusals = await translate_errors(self._ask(to), self._server)
        except TimeoutError:
            return Probe("unreachable", "the mail server does not answer; if its port is 465, use smtps://")
        except TransientFailure as failure:
            return Probe("unreachable", failure.reason)
        except Failure as failure:
            return Probe("wrong", failure.reason)
        if not refusals:
            return Probe("ok")
        numbers = {to.index(address) + 1: each for address, each in refusals.items()}
        final = any(each.final for each in refusals.values())
        return Probe("wrong" if final else "unknown", count_refusals(numbers, len(to)))

    async def _deliver(self, mail: bytes, to: Sequence[str]) -> dict[str, Refusal]:
        """Hand in; if the server closes the connection at a recipient, hand in again for the others."""
        try:
            return await self._submit(mail, to)
        except Interrupted as interrupted:
            if not interrupted.left:
                raise interrupted.reason from None
            left, refusals = interrupted.left, interrupted.refusals
        others = {address: Refusal(CLOSING) for address in to if address not in left}
        return others | refusals | await self._submit(mail, left)

    async def _submit(self, mail: bytes, to: Sequence[str]) -> dict[str, Refusal]:
        async with self._session() as smtp:
            refusals = await self._send_envelope(smtp, to, len(mail))
            if len(refusals) < len(to):
                await smtp.data(mail)
        return refusals

    async def _ask(self, to: Sequence[str]) -> dict[str, Refusal]:
        async with self._session() as smtp:
            refusals = await self._send_envelope(smtp, to, 0)
            with suppress(SMTPException):
                await smtp.rset()
        return refusals

    async def _send_envelope(self, smtp: SMTP, to: Sequence[str], size: int) -> dict[str, Refusal]:
        """Send sender and recipients; return the recipients that were refused.

        Raises:
            Interrupted: the server closed the connection at a recipient.
        """
        sized = size and smtp.supports_extension("size")
        await smtp.mail(self._sender, options=[f"SIZE={size}"] if sized else [])
        refusals: dict[str, Refusal] = {}
        for index, address in enumerate(to):
            error = await _rejection(smtp, address)
            if isinstance(error, SMTPRecipientRefused):
                refusals[address] = classify_refusal(error.code, error.message)
            if isinstance(error, ConnectionError) or (error and error.code == CLOSING):
                taken = [each for each in to[:index] if each not in refusals]
                raise Interrupted(error, refusals, taken or to[index + 1 :])
        return refusals

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        """Connect, encrypt and log in; close the connection at the end, whatever happened.

        There is no time-out after connecting: an instance can be frozen meanwhile, and the clock goes on.
        """
        tls = await self._context()
        connection = await _connect(self._server.host, self._server.port)
        smtp = SMTP(
            hostname=self._server.host,
            sock=connection,
            timeout=None,
            use_tls=self._server.encryption == "implicit",
            start_tls=False,
            local_hostname=self._sender.rpartition("@")[2],
            tls_context=tls,
        )
        delay = 0.0
        try:
            await self._greet(smtp)
            yield smtp
            _quit(smtp)
            delay = QUIT_SECONDS
        finally:
            smtp.close()
            asyncio.get_running_loop().call_later(delay, _shut_down, connection)

    async def _greet(self, smtp: SMTP) -> None:
        await smtp.connect()
        if self._server.encryption == "starttls":
            await smtp.starttls()
        await smtp.ehlo()
        if self._server.user:
            await log_in(smtp, self._server.user, self._server.password)

    async def _context(self) -> ssl.SSLContext | None:
        if self._tls is None and self._server.encryption != "off":
            self._tls = await asyncio.to_thread(self._trust)
        return self._tls


async def _rejection(smtp: SMTP, address: str) -> SMTPRecipientRefused | ConnectionError | None:
    """Send one recipient; return why it was not accepted, or None."""
    try:
        await smtp.rcpt(address)
    except ConnectionError as error:
        return error
    except SMTPRecipientRefused as error:
        return None if error.code in ACCEPTED else error
    return None


def _quit(smtp: SMTP) -> None:
    """Send QUIT without waiting for the answer: a cancellation meanwhile must not undo an acceptance."""
    if smtp.protocol is not None:
        with suppress(SMTPException):
            smtp.protocol.write(b"QUIT\r\n")


def _shut_down(connection: socket.socket) -> None:
    """Shut down a connection that a silent server would keep half open; most are closed already."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


async def _connect(host: str, port: int) -> socket.socket:
    """Connect to the first of a host's addresses that answers; each gets three seconds."""
    async with asyncio.timeout(CONNECT_SECONDS):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, _, _, _, address in found[:-1]:
        with suppress(OSError):
            return await _connect_to(family, address)
    return await _connect_to(found[-1][0], found[-1][4])


async def _connect_to(family: int, address: tuple[object, ...]) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        async with asyncio.timeout(CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection
