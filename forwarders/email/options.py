"""The options of a destination of type email."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, FilePath, SecretStr, model_validator

from forwarders import base
from forwarders.address import reject
from forwarders.email.address import Mailbox, parse_mailboxes, remove_duplicates
from forwarders.email.server import Server, parse_server

T = TypeVar("T")


def _join(written: Any) -> Any:
    """Join a list of addresses into one string with commas."""
    if isinstance(written, list) and all(isinstance(address, str) for address in written):
        return ", ".join(written)
    return written


class EmailOptions(base.Options):
    """A mail server with a login, a sender, and the recipients."""

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
    to: Annotated[str, BeforeValidator(_join)] = Field(
        description="the address that gets the mails, or several, separated by commas",
        examples=["me@example.org", "me@example.org, you@example.org"],
    )
    ca_file: FilePath | None = Field(
        default=None,
        description="a file (PEM) with the certificate authority of a mail server that you run",
        examples=["mail-ca.pem"],
    )

    def server(self) -> Server:
        """Return the mail server and the login, wherever the login is written."""
        parsed = parse_server(self.url.get_secret_value().strip())
        password = self.password.get_secret_value() if self.password else parsed.password
        return replace(parsed, user=self.user or parsed.user, password=password)

    def mailbox(self) -> Mailbox:
        """Return the sender."""
        parsed = parse_mailboxes(self.sender or self.server().user)
        if len(parsed) != 1:
            raise ValueError("it must be one address")
        return parsed[0]

    def recipients(self) -> tuple[Mailbox, ...]:
        """Return the recipients, each once."""
        return remove_duplicates(parse_mailboxes(self.to))

    def trust(self) -> ssl.SSLContext:
        """Return a TLS context; to read the system's authorities takes tens of milliseconds."""
        return ssl.create_default_context(cafile=self.ca_file)

    @model_validator(mode="after")
    def _check(self) -> "EmailOptions":
        self._check_login(_read("url", lambda: parse_server(self.url.get_secret_value().strip())))
        if not self.sender and "@" not in self.server().user:
            reject("sender", "missing: the user name is not an address, so the mails need one to come from")
        _read("sender", self.mailbox)
        _read("to", self.recipients)
        if self.ca_file:
            _read("ca_file", self.trust)
        return self

    def _check_login(self, parsed: Server) -> None:
        if self.user and parsed.user:
            reject("user", "the user name is in `url` too: write it in one place")
        if self.password and parsed.password:
            reject("password", "the password is in `url` too: write it in one place")
        login = self.server()
        if login.user and not login.password:
            reject("password", "missing: a user name needs a password")
        if login.password and not login.user:
            reject("user", "missing: a password needs a user name")


def _read(option: str, reader: Callable[[], T]) -> T:
    try:
        return reader()
    except OSError:  # the errors of ssl are OSErrors too
        problem = "it cannot be read, or contains no certificates in PEM format"
    except ValueError as error:  # our own sentences, which quote nothing
        problem = str(error)
    return reject(option, problem)
