"""How much of a body is read: far more than the app can send, and a bound on what a stranger costs."""

VALUES = 100_000
"""Commas and opening brackets outside of strings; a batch of 100 messages has about 1,500."""
LABEL = 4000
"""Code points of a name, a number, a subject: of anything but a text."""


def has_too_many_values(body: bytes) -> bool:
    """Return whether a JSON text has more than `VALUES` values; none is built to know it.

    Each value but the first follows a comma or an opening bracket. What is inside of strings does not
    count: it is left out only where all together would be too many, because that takes longer.
    """
    if _marks(body) <= VALUES:
        return False
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"")
    if bare.count(b'"') > 4 * VALUES:  # a key and its value have four
        return True
    return _marks(b"".join(bare.split(b'"')[::2])) > VALUES


def _marks(text: bytes) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")
