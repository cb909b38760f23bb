"""How a message is sent to a mail server of this machine, and read there."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from hypothesis import strategies as st

from forwarders.base import Failure, Message
from forwarders.email import Email
from forwarders.email.address import parse_mailboxes
from forwarders.email.compose import compose, encode
from forwarders.email.options import EmailOptions
from forwarders.http import Http
from relay.delivery.attempt import Attempt
from relay.ledger.record import Progress
from testkit.services.smtp import Mail, SmtpServer, mailhouse

MESSAGE = Message(
    title="SMS from Anna",
    text="Bonjour, <b>it's</b> 5 & 7",
    fields=(("To", "+12025550143"), ("SIM", "2")),
    notes=("arrived 3 h late",),
    key="a1b2c3",
    thread="+16505551212",
)
PASSWORD = "pa ss:wörd@/?#"
ME, YOU = "me@example.org", "you@example.org"
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)


def options(url: str, **more: Any) -> EmailOptions:
    return EmailOptions.model_validate({"url": url, "sender": ME, "to": YOU} | more)


def plainly(port: int, **more: Any) -> Email:
    """A forwarder for a mail server on this machine, without encryption."""
    return Email(options(f"smtp://127.0.0.1:{port}?tls=off", **more), Http())


async def send(email: Email, message: Message = MESSAGE) -> str | None:
    (post,) = email.plan(message)
    return await email.send(post)


async def attempt(
    email: Email, message: Message = MESSAGE, known: Progress | None = None
) -> tuple[Progress, Failure | None]:
    """Deliver as the relay does, going on from what is known of earlier attempts."""
    known = known or Progress()
    made = Attempt("mail", known, "me")
    try:
        async for _ in made.send(email, email.plan(message)):
            pass
    except Failure as failure:
        made.fail(failure)
    return known.merged(made.progress()), made.failure


def read(message: Message, sender: str = ME, to: str = YOU) -> Mail:
    """A message as it leaves, without a server."""
    (box,) = parse_mailboxes(sender)
    boxes = parse_mailboxes(to)
    return Mail(sender, [to], encode(compose(message, boxes), box, boxes, datetime(2026, 6, 22, tzinfo=UTC)))


def files(mail: Mail) -> list[EmailMessage]:
    return [part for part in mail.parsed.iter_attachments() if isinstance(part, EmailMessage)]


def lines(text: str) -> str:
    return re.sub(r"\r\n|\r", "\n", text)


@asynccontextmanager
async def encrypted(kind: str, context: ssl.SSLContext, **options: Any) -> AsyncIterator[SmtpServer]:
    house = SmtpServer(users={ME: PASSWORD}, wants_login=True)
    line: dict[str, Any] = {"implicit": context} if kind == "smtps" else {"tls_context": context}
    async with mailhouse(house, **line, **options):
        yield house


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  the server's side knows no event of ours
            await asyncio.sleep(0.005)


def assert_nothing_leaks(failure: BaseException, *secrets: str) -> None:
    assert (failure.__context__, failure.__cause__) == (None, None)
    said = f"{failure!r} {vars(failure)}"
    for secret in secrets:
        assert secret not in said
