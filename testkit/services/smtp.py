"""Mail servers on this machine: aiosmtpd, whose answers a test may replace, and one without manners."""

import asyncio
import contextlib
import email
import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").disabled = True  # aiosmtpd's, which tells all that it gets

HANG, DROP = "hang", "drop"
"""In place of a reply: say nothing, or cut the line."""

Reply = str | list[str]


@dataclass
class Mail:
    """One mail as it was handed in."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=default)

    def part(self, kind: str) -> str:
        """Return the text of the part `plain` or `html`, its lines ended as on this machine."""
        body = self.parsed.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class SmtpServer:
    """A mail server that keeps what it gets.

    `replies` are given in place of the server's own, by verb ("DATA", which is the one after the mail)
    or by verb and address ("RCPT b@example.org"); a list is used up, one a time.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    login_refusals: dict[str, str] = field(default_factory=dict)
    """Replies to mechanisms, in place of the check of the password."""
    wants_login: bool = False
    most_recipients: int = 1000
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    greeted_as: str = ""
    encrypted: bool = False
    opened: int = 0
    connections: set[SMTP] = field(default_factory=set)
    server: asyncio.Server | None = None

    async def vanish(self) -> None:
        """Refuse connections from now on, and break off those that are open."""
        if self.server is not None:
            self.server.close()
        for line in list(self.connections):
            line_of(line).abort()
        await asyncio.sleep(0.01)  # what was cut off notices

    async def handle_EHLO(  # noqa: N802  aiosmtpd finds it by this name
        self, server: SMTP, session: Session, _: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted_as = hostname
        self.encrypted = line_of(server).get_extra_info("sslcontext") is not None
        own = await self._own(server, "EHLO")
        return [own] if own else responses

    async def handle_MAIL(  # noqa: N802  as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.wants_login and not session.authenticated:
            return "530 5.7.0 log in first"
        own = await self._own(server, "MAIL")
        if not own:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return own or "250 OK"

    async def handle_RCPT(  # noqa: N802  as above
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        own = await self._own(server, f"RCPT {address}") or await self._own(server, "RCPT")
        if not own and len(envelope.rcpt_tos) >= self.most_recipients:
            return "452 4.5.3 Error: too many recipients"
        if not own or own.startswith("2"):
            envelope.rcpt_tos.append(address)
        return own or "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from
        mail = Mail(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        own = await self._own(server, "DATA", taken=mail)
        if not own or own.startswith("2"):
            self.mails.append(mail)
        return own or "250 OK"

    async def handle_RSET(self, *_: Any) -> str:  # noqa: N802  as above
        self.verbs.append("RSET")
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, *_: Any) -> str:  # noqa: N802  as above
        return await self._own(server, "QUIT") or "221 bye"

    def login(self, _: SMTP, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(mechanism)
        if mechanism in self.login_refusals:
            return AuthResult(success=False, handled=False, message=self.login_refusals[mechanism])
        assert isinstance(data, LoginPassword)
        known = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=known, handled=known)  # what is not handled gets a 535

    async def _own(self, server: SMTP, verb: str, taken: Mail | None = None) -> str:
        self.verbs.append(verb)
        reply = self.replies.get(verb, "")
        if isinstance(reply, list):
            reply = reply.pop(0) if reply else ""
        if reply in (HANG, DROP) and taken:
            self.mails.append(taken)  # taken, but nobody is told
        if reply == DROP:
            line_of(server).abort()
        if reply in (HANG, DROP):
            await asyncio.Event().wait()
        return reply


def line_of(server: SMTP) -> asyncio.WriteTransport:
    assert isinstance(server.transport, asyncio.WriteTransport)
    return server.transport


class _Line(SMTP):
    """One connection, known to the house while it is open."""

    def __init__(self, house: SmtpServer, **options: Any) -> None:
        super().__init__(house, hostname="mail.example.org", loop=asyncio.get_running_loop(), **options)
        self._house = house

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self not in self._house.connections:  # STARTTLS calls this again
            self._house.opened += 1
        self._house.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._house.connections.discard(self)
        super().connection_lost(error)


@asynccontextmanager
async def mailhouse(
    house: SmtpServer | None = None, *, implicit: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[SmtpServer]:
    """Run a mail server on a port of its own; `options` are aiosmtpd's, such as `tls_context` (STARTTLS)."""
    house = house or SmtpServer()
    settings = {"auth_require_tls": False, "authenticator": house.login, **options}
    house.server = await asyncio.get_running_loop().create_server(
        lambda: _Line(house, **settings), "127.0.0.1", ssl=implicit
    )
    house.port = house.server.sockets[0].getsockname()[1]
    try:
        yield house
    finally:
        await house.vanish()


@asynccontextmanager
async def bare_server(replies: Mapping[str, bytes]) -> AsyncIterator[int]:
    """Run a server that answers each verb with bytes ("" greets, "." ends a mail).

    It hangs up after an answer that does not end its line.
    What is not in `replies` gets `250 OK`; DATA gets 354.
    """

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = replies.get("", b"220 here\r\n")
        writer.write(greeting)
        in_mail = False
        while greeting and (line := await reader.readline()):
            verb = line.split()[0].decode().upper() if line.strip() else ""
            if in_mail and line != b".\r\n":
                continue
            in_mail = verb == "DATA"
            answer = replies.get(verb, b"354 go on\r\n" if in_mail else b"250 OK\r\n")
            writer.write(answer)
            if not answer.endswith(b"\n"):
                break
        writer.close()

    async def safely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await talk(reader, writer)

    server = await asyncio.start_server(safely, "127.0.0.1")
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.01)
