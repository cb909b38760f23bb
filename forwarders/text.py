"""Plain text in the forms that services need: in pieces that fit, on one line, as a file."""

import mimetypes
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import PurePath

from forwarders.base import Attachment, Message

_JOINERS = "\u200d\u20e3"
"""Characters that belong to the one before them: they join emoji sequences and make keycaps."""
_LONGEST_CLUSTER = 32
_BREAKS = ("\n\n", "\n", " ")
"""Where to break a text, the best place first; the break stays with the piece before it."""


_MORE_TYPES = {
    ".3gp": ("audio/3gpp", "video/3gpp"),
    ".3g2": ("audio/3gpp2", "video/3gpp2"),
    ".amr": ("audio/amr",),
    ".apk": ("application/vnd.android.package-archive",),
    ".awb": ("audio/amr-wb",),
    ".ics": ("text/calendar",),
    ".jpg": ("image/jpg", "image/pjpeg", "image/jpeg"),
    ".jfif": ("image/jpeg",),
    ".m4a": ("audio/mp4",),
    ".mp4": ("video/mp4",),
    ".m4v": ("video/mp4",),
    ".mid": ("audio/midi", "audio/mid"),
    ".ogg": ("application/ogg", "audio/ogg"),
    ".oga": ("audio/ogg",),
    ".wav": ("audio/wav", "audio/x-wav"),
    ".vcf": ("text/vcard", "text/x-vcard"),
    ".vcs": ("text/x-vcalendar",),
    ".wbmp": ("image/vnd.wap.wbmp",),
    ".webp": ("image/webp",),
    ".xml": ("application/xml", "text/xml"),
}
"""Types of files in MMS that not every Python knows, the usual ending of each before any other."""
_ANY_TYPE = ("text/plain", "application/octet-stream", "application/zip")
"""Types of files whose names may have any ending with a letter."""
_ENDING = re.compile(r"\.(?=.*[a-z])[a-z0-9]{1,8}", re.IGNORECASE)


def utf16(text: str) -> int:
    """Count UTF-16 code units, as JavaScript and many services count characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Count bytes in UTF-8."""
    return len(text.encode())


def split(text: str, limit: int, size: Callable[[str], int] = len) -> list[str]:
    """Cut a text into pieces of at most `limit`; joined they give the text again.

    `size` measures a piece and is a sum over its characters. A piece ends with a paragraph, a line or
    a word where one ends in its second half, and never within an emoji or an accented letter of up to
    32 characters. A single character larger than the limit is a piece.
    """
    return list(_pieces(text, limit, size))


def _pieces(text: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _end(text, start, limit, size)
        yield text[start:end]
        start = end


def _end(text: str, start: int, limit: int, size: Callable[[str], int]) -> int:
    """Return the end of the piece that begins at `start`."""
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
    """Move an end back so that it does not split what a reader sees as one character."""
    for earlier in range(end, max(start, end - _LONGEST_CLUSTER), -1):
        if not _belong_together(text[earlier - 1], text[earlier]):
            return earlier
    return end


def _belong_together(before: str, after: str) -> bool:
    return (
        before == "\u200d"
        or after in _JOINERS
        or unicodedata.category(after)[0] == "M"
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # the skin tone of the emoji before
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff")  # a flag
    )


def one_line(text: str, limit: int | None = None, size: Callable[[str], int] = len) -> str:
    """Return a text on one line without control characters, shortened with an ellipsis if needed."""
    flat = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", " ", text).split())
    if limit is None or size(flat) <= limit:
        return flat
    return split(flat, limit - size("…"), size)[0].rstrip() + "…"


def file_name(attachment: Attachment) -> str:
    """Return a file name that is safe to show and to save; its ending fits its type."""
    name = one_line(re.sub(r'[/\\:*?"<>|]', "_", attachment.name)).strip(". ") or "attachment"
    kind = attachment.content_type.partition(";")[0].strip().lower()
    ending = "" if _fits(name, kind) else _ending_for(kind)
    return name[-95:] + ending if ending else name[-100:]


def _fits(name: str, kind: str) -> bool:
    """Return whether a name ends as the names of files of a type do, at least if it is no picture."""
    ending = PurePath(name).suffix
    if kind in _ANY_TYPE:
        return bool(_ENDING.fullmatch(ending))
    found = _type_of(ending)
    is_similar = found.partition("/")[0] == kind.partition("/")[0] != "image"
    return is_similar or (found != "" and found == _type_of(_ending_for(kind)))


def _type_of(ending: str) -> str:
    return _types().guess_type(f"file{ending}", strict=False)[0] or ""


def _ending_for(kind: str) -> str:
    """Return the usual ending for a type, with its dot; empty if none is known."""
    usual = (ending for ending, kinds in _MORE_TYPES.items() if kind in kinds)
    return next(usual, "") or _types().guess_extension(kind, strict=False) or ""


@cache
def _types() -> mimetypes.MimeTypes:
    """Return the types that Python knows, without those of this machine, and ours."""
    types = mimetypes.MimeTypes()
    for ending, kinds in _MORE_TYPES.items():
        types.add_type(kinds[-1], ending)
    return types


def describe_file(attachment: Attachment) -> str:
    """Return a file's name and size, to show in place of the file."""
    return f"[{file_name(attachment)}, {len(attachment.data):,} bytes]"


def plain(message: Message) -> str:
    """Return all of a message but its attachments as text: the title and code first, the text unchanged."""
    head = [message.title, *([message.code] if message.code else [])]
    rest = [f"{label}: {value}" for label, value in message.fields]
    blocks = ["\n".join(head), message.text, "\n".join(rest), "\n".join(message.notes)]
    return "\n\n".join(block for block in blocks if block)


def as_file(message: Message) -> Attachment:
    """Return all of a message but its attachments as a text file."""
    return Attachment("message.txt", "text/plain; charset=utf-8", plain(message).encode())
