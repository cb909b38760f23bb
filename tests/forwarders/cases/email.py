"""Email under the contract: encrypted at once, and by STARTTLS."""

import ssl
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from forwarders.base import MessageRefused, Misconfigured, TransientFailure
from testkit.case import Answered, Case
from testkit.service import Trouble
from testkit.services.smtp import DROP, HANG, Mail, SmtpServer, mailhouse
from testkit.services.tls import certificate

USER, PASSWORD = "me@example.org", "password-3c9e"
TROUBLES = {
    Trouble.HANG: {"DATA": HANG},
    Trouble.DROP_READ: {"DATA": DROP},
    Trouble.DROP_UNREAD: {"EHLO": DROP},
}


class EmailBySmtps(Case):
    path = "forwarders.email:Email"
    scheme = "smtps"
    secrets = (PASSWORD,)
    answers: ClassVar = {
        "250": Answered({"DATA": "250 OK"}, None),
        "one refused": Answered({"RCPT you@example.org": "550 you@example.org is gone"}, MessageRefused),
        "one refused for now": Answered({"RCPT you@example.org": "450 you@example.org"}, TransientFailure),
        "hung up at one": Answered({"RCPT you@example.org": "421 you"}, TransientFailure, attempts=2),
        "busy": Answered({"EHLO": "421 busy"}, TransientFailure),
        "greylisted": Answered({"RCPT": "450 later"}, TransientFailure),
        "relaying denied": Answered({"RCPT": "550 no relay"}, Misconfigured),
        "not the sender's": Answered({"MAIL": "553 not yours"}, Misconfigured),
        "disk full": Answered({"DATA": "452 disk full"}, TransientFailure),
        "mailbox full": Answered({"DATA": "552 5.2.2 mailbox full"}, TransientFailure),
        "not now": Answered({"DATA": "554 try again later"}, TransientFailure),
        "spam": Answered({"DATA": "554 5.7.1 spam"}, Misconfigured, attempts=2),
        "too large": Answered({"DATA": "552 5.3.4 too large"}, MessageRefused, attempts=2),
    }

    def __init__(self) -> None:
        self._house = SmtpServer(users={USER: PASSWORD}, wants_login=True)
        self._folder = tempfile.TemporaryDirectory()
        self._trusted = Path(self._folder.name) / "ca.pem"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        line = self._line(certificate(self._trusted, "localhost"))
        with self._folder:
            async with mailhouse(self._house, **line):
                yield

    def _line(self, context: ssl.SSLContext) -> dict[str, Any]:
        return {"implicit": context}

    def options(self) -> dict[str, Any]:
        url = f"{self.scheme}://me%40example.org:{PASSWORD}@localhost:{self._house.port}"
        return {"url": url, "to": ["her@example.org", "you@example.org"], "ca_file": str(self._trusted)}

    def shown(self) -> Sequence[str]:
        return [_read(mail) for mail in self._house.mails]

    def holds(self, name: str) -> bool:
        parts = (part for mail in self._house.mails for part in mail.parsed.walk())
        return any(part.get_filename() == name for part in parts)

    def answer(self, answer: dict[str, str]) -> None:
        self._house.replies = dict(answer)

    def trouble(self, trouble: Trouble | None) -> None:
        self._house.replies = dict(TROUBLES[trouble]) if trouble else {}

    async def vanish(self) -> None:
        await self._house.vanish()

    def attempts(self) -> int:
        return self._house.opened


class EmailByStarttls(EmailBySmtps):
    scheme = "smtp"

    def _line(self, context: ssl.SSLContext) -> dict[str, Any]:
        return {"tls_context": context}


def _read(mail: Mail) -> str:
    """Return what a reader sees: the subject, then the words, unless they only repeat it."""
    subject, words = str(mail.parsed["Subject"]), mail.part("plain")
    return subject if words.strip() == subject else f"{subject}\n{words}"
