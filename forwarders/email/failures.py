"""What the refusals of a mail server mean.

A refusal after the whole mail was sent is about the mail, or about an account that may not send it.
Only what nobody can mend is a `MessageRefused`: the mail is too large (552, or status 5.2.3 or 5.3.4)
or its content cannot be taken (5.6.x; 552 5.7.0: an attachment is forbidden). All others may be mended
by the operator, such as a sender that was never verified (554), and are `Misconfigured`.
"""

import re
import socket
import ssl
from collections.abc import Awaitable
from typing import TypeVar

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
)

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure

_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}(?!\d)")  # https://www.rfc-editor.org/rfc/rfc3463
_LASTING_CODES = range(500, 600)  # https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
_TOO_LARGE = 552
_FINAL = re.compile(r"5\.2\.3|5\.3\.4|5\.6\.\d+")

T = TypeVar("T")


class Unwelcome(Exception):
    """A mail was refused for what it is: a plainer one may pass; `meaning` is the failure if not."""

    def __init__(self, meaning: Failure) -> None:
        super().__init__(meaning.reason)
        self.meaning = meaning


async def told(work: Awaitable[T]) -> T:
    """Await, and tell the library's and the system's errors as ours.

    The failure is raised after the `except`, or it would carry an error that quotes addresses.
    """
    try:
        return await work
    except (SMTPException, OSError) as error:
        failure = _failure(error)
    raise failure


def _failure(error: BaseException) -> Failure | Unwelcome:
    if isinstance(error, SMTPResponseException):
        return _refusal(error)
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLError):
        return _tls_failure(cause)
    if isinstance(error, OSError):  # the library's disconnects and time-outs are OSErrors too
        unknown = isinstance(error, socket.gaierror)
        return TransientFailure(
            "the mail server's name is not known"
            if unknown
            else "the mail server cannot be reached or hung up"
        )
    return Misconfigured(
        "the mail server offers no STARTTLS, or no login that is known here: try smtps:// and port 465"
    )


def _tls_failure(error: ssl.SSLError) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Misconfigured(
            "the mail server's certificate is not valid for its name; for one's own authority set `ca_file`"
        )
    if error.reason in {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return Misconfigured(
            "the mail server's port speaks no TLS at once: use smtp:// and its STARTTLS port (587)"
        )
    return TransientFailure("the encrypted line to the mail server broke")


def _refusal(error: SMTPResponseException) -> Failure | Unwelcome:
    code = error.code
    if not is_lasting(code):
        return TransientFailure(f"the mail server cannot take mail now ({code})")
    if isinstance(error, SMTPAuthenticationError):
        return Misconfigured(
            f"the mail server refuses the user name or the password ({code}); for Gmail use an app password"
        )
    if _is_final(error):
        return Unwelcome(MessageRefused(f"the mail server takes no mail of this size or content ({code})"))
    if isinstance(error, SMTPDataError):
        reason = (
            f"the mail server refuses the mail ({code}): it may suspect spam, or want the sender verified"
        )
        return Unwelcome(Misconfigured(reason))
    if isinstance(error, SMTPSenderRefused):
        return Misconfigured(
            f"the mail server refuses the sender ({code}): check `sender`, user and password"
        )
    return Misconfigured(f"the mail server refuses to talk to us ({code})")


def _is_final(error: SMTPResponseException) -> bool:
    if not isinstance(error, SMTPDataError | SMTPSenderRefused):
        return False
    found = _STATUS.search(error.message)
    status = found.group() if found else ""
    return bool(_FINAL.fullmatch(status)) or (error.code == _TOO_LARGE and status in {"", "5.7.0"})


def all_refused(refusals: list[int]) -> Failure:
    """Return what it means that every recipient was refused, by these codes."""
    codes = ", ".join(map(str, sorted(set(refusals))))
    if all(map(is_lasting, refusals)):
        return Misconfigured(f"the mail server refuses every recipient ({codes}): check `to`, and the login")
    return TransientFailure(f"the mail server takes mail for no recipient now ({codes})")


def is_lasting(code: int) -> bool:
    """Tell whether a reply code says that trying again is of no use."""
    return code in _LASTING_CODES
