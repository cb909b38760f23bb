"""The login at a mail server."""

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

_MECHANISMS = {"plain": SMTP.auth_plain, "login": SMTP.auth_login, "cram-md5": SMTP.auth_crammd5}
"""What sends the password comes first, as the line is encrypted: CRAM-MD5 fails where only a hash is kept."""
_NOT_THIS_MECHANISM = frozenset({500, 501, 502, 504, 534, 538})
"""Replies after which another mechanism may be accepted. https://www.rfc-editor.org/rfc/rfc4954#section-6"""


async def log_in(smtp: SMTP, user: str, password: str) -> None:
    """Log in with the first mechanism that the server accepts.

    After any other refusal no second one is tried, unlike in the library: servers count refused passwords
    (535) and lock accounts, and one that hangs up would hide what was wrong.

    Raises:
        SMTPException: the server offers none of the mechanisms, or refused.
    """
    refusal: SMTPException = SMTPException("no mechanism in common")
    for name, authenticate in _MECHANISMS.items():
        if name in smtp.server_auth_methods:
            try:
                await authenticate(smtp, user, password)
            except SMTPAuthenticationError as error:
                refusal = error
                if error.code not in _NOT_THIS_MECHANISM:
                    break
            else:
                return
    raise refusal
