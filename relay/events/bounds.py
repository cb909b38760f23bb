"""How much of a body is read: far more than the app can send; it bounds what a stranger can cost."""

MAX_VALUES = 100_000
"""Commas and opening brackets outside of strings; a batch of 100 messages has about 1,500."""
MAX_LABEL = 4000
"""Code points of a name, a number, a subject: of everything but a text."""


def has_too_many_values(body: bytes) -> bool:
    """Return whether a JSON text has more than `MAX_VALUES` values, without decoding it.

    Each value but the first follows a comma or an opening bracket. Those inside strings do not count: they
    are only left out if all together would be too many, because that takes longer.
    """
    if _count_delimiters(body) <= MAX_VALUES:
        return False
    unescaped = body.replace(rb"\\", b"").replace(rb"\"", b"")
    if unescaped.count(b'"') > 4 * MAX_VALUES:  # a key and its value have four
        return True
    return _count_delimiters(b"".join(unescaped.split(b'"')[::2])) > MAX_VALUES


def _count_delimiters(text: bytes) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")
