"""What an operator decides about a destination of mail."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, FilePath, SecretStr, model_validator

from forwarders import base
from forwarders.address import wrong
from forwarders.email.address import Mailbox, distinct, mailboxes
from forwarders.email.server import Server, server

T = TypeVar("T")


def _joined(written: Any) -> Any:
    """Accept a list of addresses where one string with commas is meant."""
    if isinstance(written, list) and all(isinstance(address, str) for address in written):
        return ", ".join(written)
    return written


class EmailOptions(base.Options):
    """A mail server with a login, who sends, and who gets the mail."""

    url: SecretStr = Field(
        description="the mail server: smtps:// encrypts at once, smtp:// by STARTTLS; special characters of "
        "user and password are percent-encoded; ?tls=off is for a server on this machine only",
        examples=["smtps://me%40example.org:password@smtp.example.org:465", "smtp://smtp.example.org:587"],
    )
    user: str | None = Field(
        default=None,
        description="the user name, if it is not in `url`",
        examples=["me@example.org"],
    )
    password: SecretStr | None = Field(
        default=None,
        description="the password, if it is not in `url`; for Gmail an app password",
        examples=["abcd efgh ijkl mnop"],
    )
    sender: str | None = Field(
        default=None,
        description="the address that mails come from; by default the user name, if that is an address",
        examples=["me@example.org", "SMS <sms@example.org>"],
    )
    to: Annotated[str, BeforeValidator(_joined)] = Field(
        description="the address that gets the mails, or several, separated by commas",
        examples=["me@example.org", "me@example.org, you@example.org"],
    )
    ca_file: FilePath | None = Field(
        default=None,
        description="a file (PEM) with the certificate authority of a mail server of one's own",
        examples=["mail-ca.pem"],
    )

    def server(self) -> Server:
        """Return the mail server and the login, wherever the login is written."""
        found = server(self.url.get_secret_value().strip())
        password = self.password.get_secret_value() if self.password else found.password
        return replace(found, user=self.user or found.user, password=password)

    def mailbox(self) -> Mailbox:
        """Return whom mails come from."""
        found = mailboxes(self.sender or self.server().user)
        if len(found) != 1:
            raise ValueError("it must be one address")
        return found[0]

    def recipients(self) -> tuple[Mailbox, ...]:
        """Return who gets the mails, each once."""
        return distinct(mailboxes(self.to))

    def trust(self) -> ssl.SSLContext:
        """Return whose certificates are trusted; reading the system's takes tens of milliseconds."""
        return ssl.create_default_context(cafile=self.ca_file)

    @model_validator(mode="after")
    def _check(self) -> "EmailOptions":
        self._check_login(_read("url", lambda: server(self.url.get_secret_value().strip())))
        if not self.sender and "@" not in self.server().user:
            wrong("sender", "missing: the user name is not an address, so the mails need one to come from")
        _read("sender", self.mailbox)
        _read("to", self.recipients)
        if self.ca_file:
            _read("ca_file", self.trust)
        return self

    def _check_login(self, found: Server) -> None:
        if self.user and found.user:
            wrong("user", "the user name is in `url` too: write it in one place")
        if self.password and found.password:
            wrong("password", "the password is in `url` too: write it in one place")
        login = self.server()
        if login.user and not login.password:
            wrong("password", "missing: a user name needs a password")
        if login.password and not login.user:
            wrong("user", "missing: a password needs a user name")


def _read(option: str, reader: Callable[[], T]) -> T:
    try:
        return reader()
    except OSError:  # TLS's errors are such, too
        problem = "it cannot be read, or holds no certificates in PEM form"
    except ValueError as error:  # our own sentences, which quote nothing
        problem = str(error)
    return wrong(option, problem)
