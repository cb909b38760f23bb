"""Whether a ledger was used with another LEDGER_SECRET before: then its keys are not found any more."""

import hmac
from collections.abc import Mapping
from typing import Any

MEMO = "secret"
"""The name of the memo that holds the fingerprint."""
CHANGED = (
    "LEDGER_SECRET is not the one with which this ledger was used before: what the ledger remembers is not"
    " found under this one. Set the former one again, or run `python -m relay ledger move URL URL` with the"
    " ledger's own address twice"
)


class Fingerprint:
    """Compares a ledger's memo with a secret, as the change of a `revise`.

    `differs` is whether it was of another secret. One that is missing is written; another is replaced
    only if `replace` says so.
    """

    def __init__(self, secret: bytes | None, *, replace: bool = False) -> None:
        # 8 hex digits tell one secret from another, and are too few to try secrets out.
        self._own = hmac.digest(secret, b"sms-relay ledger", "sha256").hex()[:8] if secret else ""
        self._replace = replace
        self.differs = False

    def __call__(self, memo: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return the memo to write, or None."""
        self.differs = memo is not None and memo.get("fingerprint") != self._own
        missing = memo is None or (self.differs and self._replace)
        return {"fingerprint": self._own} if missing else None
