"""What the refusals of a mail server mean.

A refusal after the whole mail was sent concerns the mail, or an account that may not send it. It is final
for the files if the mail is too large (552, or status 5.2.3 or 5.3.4) or an attachment is forbidden
(552 5.7.0, or the text of the reply says so), and final for the mail if its content is refused (5.6.x).
One that mentions a quota or asks to try again is temporary, whatever its code. All others may be fixed by
the operator, such as a sender that was never verified (554), and are `Misconfigured`.
"""

import re
import socket
import ssl
from collections.abc import Awaitable, Collection
from typing import NamedTuple, TypeVar

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
)

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.email.server import Server

_LASTING_CODES = range(500, 600)  # https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
_TOO_MUCH = (
    552  # too large, but after RCPT too many: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.10
)
_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)")  # https://www.rfc-editor.org/rfc/rfc3463
_SIZE = re.compile(r"5\.2\.3|5\.3\.4")
_CONTENT = re.compile(r"5\.6\.\d+")
_FULL_OR_BUSY = re.compile(r"5\.2\.2|5\.3\.[12]|5\.4\.5|5\.5\.3")
_SIZE_WORDS = re.compile(r"too (large|big)\b|\bsize\b.{0,40}exceed|exceed.{0,40}\bsize\b", re.IGNORECASE)
_FILE_WORDS = re.compile(
    r"attach|\bbanned(:| file| content| name)|\b(file|mime)[ -]?(type|name|ext)|executable|\bvirus|malware"
    r"|infected",
    re.IGNORECASE,
)
_LATER_WORDS = re.compile(
    r"again later|later time|\btry later|(?<!and )(?<!then )(?<!not )\btry again|temporar|gr[ae]y-?list"
    r"|\bdefer|quota|\b(mailbox|inbox|storage|disk)\b.{0,20}\bfull\b|rate limit|too (fast|quickly)"
    r"|too many (recipients|connections|messages|mails)",
    re.IGNORECASE,
)

T = TypeVar("T")


class Refusal(NamedTuple):
    """The reply that refused one recipient; `final` says that another attempt is of no use."""

    code: int
    final: bool = False


class MailRejected(Exception):
    """A mail was refused for its form or content: a simpler one may be accepted, else `failure` applies.

    `because_of_files` says that it will never be accepted with these attachments.
    """

    def __init__(self, failure: Failure, *, because_of_files: bool = False) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.because_of_files = because_of_files


async def translate_errors(work: Awaitable[T], server: Server) -> T:
    """Await, and translate errors of the library and the system to failures.

    The failure is raised after the `except`, or its context would be an error that quotes addresses.
    """
    try:
        return await work
    except (SMTPException, OSError) as error:
        failure = _failure(error, server)
    raise failure


def classify_refusal(code: int, words: str) -> Refusal:
    """Return what it means that a recipient was refused with this code and text."""
    return Refusal(code, not _is_for_now(code, words) and (code != _TOO_MUCH or _has(_SIZE, words)))


def translate_all_refused(refusals: Collection[Refusal]) -> Failure:
    """Return the failure if every recipient was refused, and none was accepted before."""
    codes = _codes(refusals)
    if all(each.final for each in refusals):
        return Misconfigured(f"the mail server refuses every recipient ({codes}): check `to`, and the login")
    return TransientFailure(f"the mail server accepts no recipient at the moment ({codes})")


def count_refusals(refusals: dict[int, Refusal], total: int) -> str:
    """Return a sentence on the refused recipients, with their numbers in `to` but without their addresses."""
    verb = "was" if len(refusals) == 1 else "were"
    now = "" if all(each.final for each in refusals.values()) else " for now"
    numbers = ("number " if len(refusals) == 1 else "numbers ") + ", ".join(map(str, sorted(refusals)))
    codes = _codes(refusals.values())
    return f"{len(refusals)} of {total} recipients {verb} refused{now} ({codes}): {numbers} in `to`"


def _codes(refusals: Collection[Refusal]) -> str:
    return ", ".join(map(str, sorted({each.code for each in refusals})))


def _failure(error: BaseException, server: Server) -> Failure | MailRejected:
    if isinstance(error, SMTPResponseException):
        return _refused(error)
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLError):
        return _tls_failure(cause, server)
    if isinstance(error, OSError):  # the library's disconnects and time-outs are OSErrors too
        return TransientFailure(
            f"the mail server {server.host} {_describe_connection_failure(error)} (port {server.port})"
        )
    return Misconfigured(
        "the mail server offers no STARTTLS, or no supported login method: try smtps:// and port 465"
    )


def _describe_connection_failure(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "has an unknown name"
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    return "broke off the connection" if isinstance(error, ConnectionError) else "did not answer"


def _tls_failure(error: ssl.SSLError, server: Server) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Misconfigured(
            "the mail server's certificate is not valid for its name; for your own authority set `ca_file`"
        )
    if error.reason in {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return Misconfigured(
            "the mail server's port does not start with TLS: use smtp:// and its STARTTLS port (587)"
        )
    return TransientFailure(
        f"the mail server {server.host} broke off the encrypted connection (port {server.port})"
    )


def _refused(error: SMTPResponseException) -> Failure | MailRejected:
    code = error.code
    if isinstance(error, SMTPAuthenticationError) and code in _LASTING_CODES:
        return Misconfigured(
            f"the mail server refuses the user name or the password ({code}); for Gmail use an app password"
        )
    if _is_for_now(code, error.message):
        return TransientFailure(f"the mail server cannot take mail now ({code})")
    if isinstance(error, SMTPDataError | SMTPSenderRefused) and (rejected := _final(code, error.message)):
        return rejected
    if isinstance(error, SMTPDataError):
        reason = (
            f"the mail server refuses the mail ({code}): it may suspect spam, or require a verified sender"
        )
        return MailRejected(Misconfigured(reason), because_of_files=_mentions(_FILE_WORDS, error.message))
    if isinstance(error, SMTPSenderRefused):
        return Misconfigured(
            f"the mail server refuses the sender ({code}): check `sender`, user and password"
        )
    return Misconfigured(f"the mail server refuses the connection ({code})")


def _final(code: int, words: str) -> MailRejected | None:
    """Return the refusal of a mail if nobody can fix it, else None."""
    failure = MessageRefused(f"the mail server accepts no mail of this size or content ({code})")
    forbidden = code == _TOO_MUCH and set(_STATUS.findall(words)) <= {"5.7.0"}
    if forbidden or _is_too_large(words):
        return MailRejected(failure, because_of_files=True)
    return MailRejected(failure) if _has(_CONTENT, words) else None


def _is_for_now(code: int, words: str) -> bool:
    """Return whether a refusal is temporary, whatever its code says."""
    if code not in _LASTING_CODES:
        return True
    if _has(_FULL_OR_BUSY, words):
        return True
    return not _is_too_large(words) and _mentions(_LATER_WORDS, words)


def _is_too_large(words: str) -> bool:
    return _has(_SIZE, words) or _mentions(_SIZE_WORDS, words)


def _has(statuses: re.Pattern[str], words: str) -> bool:
    return any(map(statuses.fullmatch, _STATUS.findall(words)))


def _mentions(pattern: re.Pattern[str], words: str) -> bool:
    """Search the text of a reply; a long one has several lines, each with its status."""
    return bool(pattern.search(" ".join(_STATUS.sub(" ", words).split())))
