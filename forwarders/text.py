"""Plain text as services want it: in pieces that fit, on one line, as a file."""

import mimetypes
import re
import unicodedata
from collections.abc import Callable, Iterator

from forwarders.base import Attachment, Message

_JOINERS = "\u200d\u20e3"
"""What ties the character before to the one after, or to itself: emoji sequences and keycaps."""
_LONGEST_CLUSTER = 32
_BREAKS = ("\n\n", "\n", " ")
"""Where a text is best broken, the best first; the break stays with the piece before it."""


def utf16(text: str) -> int:
    """Count UTF-16 code units, as JavaScript and many services count characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Count bytes in UTF-8."""
    return len(text.encode())


def split(text: str, limit: int, size: Callable[[str], int] = len) -> list[str]:
    """Cut a text into pieces of at most `limit`; joined they are the text again.

    `size` measures a piece and is a sum over its characters. A piece ends with a paragraph, a line or
    a word where one ends in its second half, and never within an emoji or an accented letter, unless
    that alone is larger than 32 characters. A single character larger than the limit is a piece.
    """
    return list(_pieces(text, limit, size))


def _pieces(text: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _end(text, start, limit, size)
        yield text[start:end]
        start = end


def _end(text: str, start: int, limit: int, size: Callable[[str], int]) -> int:
    """Return where the piece that begins at `start` ends."""
    full = start + _fitting(text[start : start + limit], limit, size)
    if full == len(text):
        return full
    middle = (start + full + 1) // 2
    for mark in _BREAKS:
        found = text.rfind(mark, middle, full)
        if found >= 0:
            return found + len(mark)
    return _whole_cluster(text, start, full)


def _fitting(window: str, limit: int, size: Callable[[str], int]) -> int:
    """Return how many characters of the window fit, at least one."""
    if size(window) <= limit:
        return len(window)
    low, high = 1, len(window)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(window[:middle]) <= limit else (low, middle)
    return low


def _whole_cluster(text: str, start: int, end: int) -> int:
    """Move an end back to where what a reader sees as one character begins."""
    for earlier in range(end, max(start, end - _LONGEST_CLUSTER), -1):
        if not _tied(text[earlier - 1], text[earlier]):
            return earlier
    return end


def _tied(before: str, after: str) -> bool:
    return (
        before == "\u200d"
        or after in _JOINERS
        or unicodedata.category(after)[0] == "M"
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # the skin of the emoji before
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff")  # a flag
    )


def one_line(text: str, limit: int | None = None, size: Callable[[str], int] = len) -> str:
    """Put a text on one line without control characters, shortened by an ellipsis if need be."""
    flat = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", " ", text).split())
    if limit is None or size(flat) <= limit:
        return flat
    return split(flat, limit - size("…"), size)[0].rstrip() + "…"


def file_name(attachment: Attachment) -> str:
    """Return a name for a file that is safe to show and to save, with an ending that tells its type."""
    name = one_line(re.sub(r'[/\\:*?"<>|]', "_", attachment.name)).strip(". ") or "attachment"
    kind = attachment.content_type.partition(";")[0].strip().lower()
    known = "." in name[-6:-1]
    return name[-100:] if known else name[-95:] + (mimetypes.guess_extension(kind) or "")


def described(attachment: Attachment) -> str:
    """Say in place of a file that it is there: its name and its size."""
    return f"[{file_name(attachment)}, {len(attachment.data):,} bytes]"


def plain(message: Message) -> str:
    """Write all of a message but its attachments: the title and code first, the text as it is."""
    head = [message.title, *([message.code] if message.code else [])]
    rest = [f"{label}: {value}" for label, value in message.fields]
    blocks = ["\n".join(head), message.text, "\n".join(rest), "\n".join(message.notes)]
    return "\n\n".join(block for block in blocks if block)


def as_file(message: Message) -> Attachment:
    """Put all of a message but its attachments into a text file."""
    return Attachment("message.txt", "text/plain; charset=utf-8", plain(message).encode())
