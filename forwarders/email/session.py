"""One conversation with a mail server."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused

from forwarders.base import Failure, Probe, TransientFailure
from forwarders.email.failures import all_refused, is_lasting, told
from forwarders.email.server import Server

CONNECT_SECONDS = 3.0
GOODBYE_SECONDS = 1.0
PROBE_SECONDS = 10.0


class Postbox:
    """A mail server as one sender uses it for the same recipients each time."""

    def __init__(
        self, server: Server, sender: str, recipients: tuple[str, ...], trust: Callable[[], ssl.SSLContext]
    ) -> None:
        self._server = server
        self._sender = sender
        self._recipients = recipients
        self._trust = trust
        self._tls: ssl.SSLContext | None = None

    async def deliver(self, mail: bytes) -> str | None:
        """Hand in one mail, once; return a sentence if not every recipient was accepted.

        Raises:
            TransientFailure, Misconfigured: no recipient was accepted, or the server's answer was lost.
            Unwelcome: this mail was refused, a plainer one may not be.
        """
        return await told(self._deliver(mail))

    async def probe(self, patience: float = PROBE_SECONDS) -> Probe:
        """Say what the server thinks of the login, the sender and the recipients; send nothing."""
        try:
            async with asyncio.timeout(patience):
                refusals = await told(self._ask())
        except TimeoutError:
            return Probe("unknown", "the mail server says nothing; if its port is 465, use smtps://")
        except TransientFailure as failure:
            return Probe("unknown", failure.reason)
        except Failure as failure:
            return Probe("wrong", failure.reason)
        if not refusals:
            return Probe("ok")
        lasting = any(map(is_lasting, refusals))
        return Probe("wrong" if lasting else "unknown", self._partly(refusals))

    async def _deliver(self, mail: bytes) -> str | None:
        async with self._session() as smtp:
            refusals = await self._envelope(smtp, len(mail))
            if len(refusals) == len(self._recipients):
                raise all_refused(refusals)
            await smtp.data(mail)
        return self._partly(refusals) if refusals else None

    async def _ask(self) -> list[int]:
        async with self._session() as smtp:
            refusals = await self._envelope(smtp, 0)
            with suppress(SMTPException):
                await smtp.rset()
        return refusals

    async def _envelope(self, smtp: SMTP, size: int) -> list[int]:
        """Name sender and recipients; return the codes by which recipients were refused."""
        sized = size and smtp.supports_extension("size")
        await smtp.mail(self._sender, options=[f"SIZE={size}"] if sized else [])
        refusals = []
        for recipient in self._recipients:
            try:
                await smtp.rcpt(recipient)
            except SMTPRecipientRefused as error:
                refusals.append(error.code)
        return refusals

    def _partly(self, refusals: list[int]) -> str:
        codes = ", ".join(map(str, sorted(set(refusals))))
        return f"{len(refusals)} of {len(self._recipients)} recipients were refused ({codes})"

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
