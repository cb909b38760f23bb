"""One conversation with a mail server."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused

from forwarders.base import Failure, Probe, TransientFailure
from forwarders.email.failures import Refusal, counted, refusal, translated
from forwarders.email.server import Server

ACCEPTED = range(200, 300)
"""Replies that accept a recipient; the library takes only some. https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1"""
CONNECT_SECONDS = 3.0
GOODBYE_SECONDS = 1.0
PROBE_SECONDS = 10.0
CLOSING = 421
"""The reply of a server that hangs up."""


class Interrupted(ConnectionError):
    """The server hung up while it was asked about the recipients: nothing was handed in yet.

    `refusals` are its answers so far, `reason` is its last. It may hang up at that one recipient only:
    `left` are those whom it would take, else those whom it was not asked about.
    """

    def __init__(self, reason: Exception, refusals: dict[str, Refusal], left: Sequence[str]) -> None:
        super().__init__()
        self.reason = reason
        self.refusals = refusals
        self.left = left


class Postbox:
    """A mail server as one sender uses it."""

    def __init__(self, server: Server, sender: str, trust: Callable[[], ssl.SSLContext]) -> None:
        self._server = server
        self._sender = sender
        self._trust = trust
        self._tls: ssl.SSLContext | None = None

    async def deliver(self, mail: bytes, to: Sequence[str]) -> dict[str, Refusal]:
        """Hand in one mail, once, for all recipients whom the server takes; return who was refused.

        Raises:
            TransientFailure, Misconfigured: nobody gets the mail, or the server's answer was lost.
            Unwelcome: this mail was refused, a plainer one may not be.
        """
        return await translated(self._deliver(mail, to), self._server)

    async def probe(self, to: Sequence[str], patience: float = PROBE_SECONDS) -> Probe:
        """Say what the server thinks of the login, the sender and the recipients; send nothing."""
        try:
            async with asyncio.timeout(patience):
                refusals = await translated(self._ask(to), self._server)
        except TimeoutError:
            return Probe("unknown", "the mail server says nothing; if its port is 465, use smtps://")
        except TransientFailure as failure:
            return Probe("unknown", failure.reason)
        except Failure as failure:
            return Probe("wrong", failure.reason)
        if not refusals:
            return Probe("ok")
        numbers = {to.index(address) + 1: each for address, each in refusals.items()}
        final = any(each.final for each in refusals.values())
        return Probe("wrong" if final else "unknown", counted(numbers, len(to)))

    async def _deliver(self, mail: bytes, to: Sequence[str]) -> dict[str, Refusal]:
        """Hand in; if the server hangs up at one recipient, a second time for those who can be served."""
        try:
            return await self._hand_in(mail, to)
        except Interrupted as interrupted:
            if not interrupted.left:
                raise interrupted.reason from None
            left, refusals = interrupted.left, interrupted.refusals
        others = {address: Refusal(CLOSING) for address in to if address not in left}
        return others | refusals | await self._hand_in(mail, left)

    async def _hand_in(self, mail: bytes, to: Sequence[str]) -> dict[str, Refusal]:
        async with self._session() as smtp:
            refusals = await self._envelope(smtp, to, len(mail))
            if len(refusals) < len(to):
                await smtp.data(mail)
        return refusals

    async def _ask(self, to: Sequence[str]) -> dict[str, Refusal]:
        async with self._session() as smtp:
            refusals = await self._envelope(smtp, to, 0)
            with suppress(SMTPException):
                await smtp.rset()
        return refusals

    async def _envelope(self, smtp: SMTP, to: Sequence[str], size: int) -> dict[str, Refusal]:
        """Name sender and recipients; return who was refused.

        Raises:
            Interrupted: the server hung up at a recipient.
        """
        sized = size and smtp.supports_extension("size")
        await smtp.mail(self._sender, options=[f"SIZE={size}"] if sized else [])
        refusals: dict[str, Refusal] = {}
        for index, address in enumerate(to):
            error = await _rejection(smtp, address)
            if isinstance(error, SMTPRecipientRefused):
                refusals[address] = refusal(error.code, error.message)
            if isinstance(error, ConnectionError) or (error and error.code == CLOSING):
                taken = [each for each in to[:index] if each not in refusals]
                raise Interrupted(error, refusals, taken or to[index + 1 :])
        return refusals

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        """Connect, encrypt and log in; at the end, hang up, whatever happened.

        Nothing is timed after connecting: an instance can be frozen meanwhile, and the clock goes on.
        """
        tls = await self._context()
        line = await _dial(self._server.host, self._server.port)
        smtp = SMTP(
            hostname=self._server.host,
            sock=line,
            timeout=None,
            use_tls=self._server.encryption == "implicit",
            start_tls=False,
            local_hostname=self._sender.rpartition("@")[2],
            tls_context=tls,
        )
        patience = 0.0
        try:
            await self._greet(smtp)
            yield smtp
            _say_goodbye(smtp)
            patience = GOODBYE_SECONDS
        finally:
            smtp.close()
            asyncio.get_running_loop().call_later(patience, _cut, line)

    async def _greet(self, smtp: SMTP) -> None:
        await smtp.connect()
        if self._server.encryption == "starttls":
            await smtp.starttls()
        await smtp.ehlo()
        if self._server.user:
            await smtp.login(self._server.user, self._server.password)

    async def _context(self) -> ssl.SSLContext | None:
        if self._tls is None and self._server.encryption != "off":
            self._tls = await asyncio.to_thread(self._trust)
        return self._tls


async def _rejection(smtp: SMTP, address: str) -> SMTPRecipientRefused | ConnectionError | None:
    """Name one recipient; return why it was not accepted."""
    try:
        await smtp.rcpt(address)
    except ConnectionError as error:
        return error
    except SMTPRecipientRefused as error:
        return None if error.code in ACCEPTED else error
    return None


def _say_goodbye(smtp: SMTP) -> None:
    """Say QUIT, without waiting for the answer: being cancelled meanwhile must not undo an acceptance."""
    if smtp.protocol is not None:
        with suppress(SMTPException):
            smtp.protocol.write(b"QUIT\r\n")


def _cut(line: socket.socket) -> None:
    """End a connection that a silent server would keep half open; most have ended by themselves."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


async def _dial(host: str, port: int) -> socket.socket:
    """Connect to the first of a host's addresses that answers; each gets three seconds."""
    async with asyncio.timeout(CONNECT_SECONDS):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, _, _, _, address in found[:-1]:
        with suppress(OSError):
            return await _connected(family, address)
    return await _connected(found[-1][0], found[-1][4])


async def _connected(family: int, address: tuple[object, ...]) -> socket.socket:
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.setblocking(False)
        async with asyncio.timeout(CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(line, address)
    except BaseException:
        line.close()
        raise
    return line
