"""Small objects that are kept where others may read them: encrypted, and bound to the name of their note."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

KEY_BYTES = 32
"""https://libsodium.gitbook.io/doc/secret-key_cryptography/aead/chacha20-poly1305/xchacha20-poly1305_construction"""


class Seal:
    """Seals JSON objects by XChaCha20-Poly1305, under a key of each purpose derived from LEDGER_SECRET."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._key = hmac.digest(secret, f"sms-relay seal {purpose}".encode(), "sha256")[:KEY_BYTES]

    def close(self, name: str, content: Mapping[str, Any]) -> str:
        """Return an object sealed, for the note of that name; sealed twice, it does not look the same."""
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(self._aead().encrypt(plain, name.encode())).decode()

    def open(self, name: str, sealed: object) -> dict[str, Any] | None:
        """Return what was sealed; None if it was altered, or sealed under another name or secret."""
        from nacl.exceptions import CryptoError  # noqa: PLC0415  (30 ms; see below)

        try:
            plain = self._aead().decrypt(base64.b64decode(str(sealed)), name.encode())
            content = json.loads(plain)
        except (CryptoError, ValueError):
            return None
        return content if isinstance(content, dict) else None

    def _aead(self) -> Any:
        from nacl.secret import Aead  # noqa: PLC0415  (30 ms and 3 MB, only for who uses it)

        return Aead(self._key)
