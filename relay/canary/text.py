"""The text of a test, and the id under which it is sent: each proves that it is ours."""

import base64
import hmac
from datetime import UTC, datetime

START, END = "sms-relay test of ", ". No answer is needed. "
"""What is around the date; all of it is in the alphabet in which an SMS has 160 characters."""
ID = "canary-"
"""What the ids of these SMS begin with."""
_CODE_BYTES = 10
"""Bytes of a code: nobody finds one by trying."""
_LONGEST = 10
"""Hex digits of a date that are read."""


class Marks:
    """Makes and recognizes texts and ids, under a key that is derived from LEDGER_SECRET.

    `key` is that of a canary, and `due` the date of a test in Unix seconds.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"sms-relay canary", "sha256")

    def text(self, key: str, due: int) -> str:
        """Return the text of a test: one SMS, with its date and a code that nobody else can make."""
        date = datetime.fromtimestamp(due, UTC)
        return f"{START}{date:%Y-%m-%d}{END}{due:x}-{self._code('text', key, due)}"

    def sms_id(self, key: str, due: int) -> str:
        """Return the id of a test: the same for each that asks for it."""
        return f"{ID}{due:x}-{self._code('id', key, due)}"

    def phone(self, device_id: str) -> str:
        """Return what is stored of the id under which a phone was asked."""
        return self._code("phone", device_id, 0)

    def due_of_text(self, key: str, text: str) -> int | None:
        """Return the date of the test that has exactly this text; None if it is none of a canary."""
        due = _number(text.strip().rpartition(" ")[2].partition("-")[0])
        return due if due is not None and _is_same(text.strip(), self.text(key, due)) else None

    def due_of_id(self, key: str, sms_id: str) -> int | None:
        """Return the date of the test that has this id; None if it is none of a canary."""
        due = _number(sms_id.removeprefix(ID).partition("-")[0])
        return due if due is not None and _is_same(sms_id, self.sms_id(key, due)) else None

    def _code(self, purpose: str, key: str, due: int) -> str:
        digest = hmac.digest(self._secret, f"{purpose} {key} {due}".encode(), "sha256")
        return base64.b32encode(digest[:_CODE_BYTES]).decode()


def _number(digits: str) -> int | None:
    """Return a date that is written in hex, if it may be one."""
    is_hex = digits.isascii() and digits.isalnum() and len(digits) <= _LONGEST
    try:
        due = int(digits, 16) if is_hex else -1
        datetime.fromtimestamp(due, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return due if due > 0 else None


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
