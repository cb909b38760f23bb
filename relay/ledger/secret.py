"""Whether a ledger was used with another LEDGER_SECRET before: then its keys are not found any more."""

import hmac
from collections.abc import Mapping
from typing import Any

MEMO = "secret"
"""The name of the note that holds the fingerprint."""
CHANGED = (
    "LEDGER_SECRET is not the one with which this ledger was used before: what the ledger remembers is not"
    " found under this one. Set the former one again, or run `./sms-relay ledger move URL URL` with the"
    " ledger's own address twice"
)

Note = Mapping[str, Any]


class Fingerprint:
    """Compares a secret with what a ledger's note says; its methods are changes for `update_note`.

    `differs` is whether the note was of another secret, None if there is none or it was not read.
    """

    def __init__(self, secret: bytes | None) -> None:
        # 8 hex digits tell one secret from another, and are too few to try secrets out.
        self._own = hmac.digest(secret, b"sms-relay ledger", "sha256").hex()[:8] if secret else ""
        self.differs: bool | None = None

    def compare(self, memo: Note | None) -> None:
        """Compare, and leave the note as it is."""
        self.differs = None if memo is None else memo.get("fingerprint") != self._own

    def note(self, memo: Note | None) -> Note | None:
        """Compare, and write a note where there is none."""
        self.compare(memo)
        return self.replace(memo) if memo is None else None

    def replace(self, _memo: Note | None) -> Note:
        """Write that the ledger's keys are those of this secret."""
        return {"fingerprint": self._own}
