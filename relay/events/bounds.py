"""How much of a body is read: far more than the app can send, and a bound on what a stranger costs."""

VALUES = 200_000
"""Marks that begin or part values, outside of strings; a batch of 100 messages has about 3,000."""
LABEL = 4000
"""Code points of a name, a number, a subject: of anything but a text."""
_MARKS = (b",", b":", b"[", b"{")


def has_too_many_values(body: bytes) -> bool:
    """Return whether a JSON text has more than `VALUES` values; nothing is built to know it.

    Marks inside of strings do not count: they are left out where all together are too many.
    """
    if _marks(body) <= VALUES:
        return False
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"")
    if bare.count(b'"') > 4 * VALUES:  # a key and a value have four
        return True
    return _marks(b"".join(bare.split(b'"')[::2])) > VALUES


def _marks(text: bytes) -> int:
    return sum(map(text.count, _MARKS))
