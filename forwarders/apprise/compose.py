"""The posts of a message for Apprise: separate ones for each service, within its limits."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import apprise

from forwarders.base import Attachment, Message, Post
from forwarders.text import one_line, plain, split

_SHORTEST, _MARGIN = 40, 16
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML can hold: https://www.w3.org/TR/xml/#charsets. XMPP drops a message that has one."""


@dataclass(frozen=True, slots=True)
class ApprisePost(Post):
    """One notification to the service with index `number`."""

    number: int
    title: str = field(repr=False)
    text: str = field(repr=False)
    files: tuple[Attachment, ...] = field(default=(), repr=False)


def compose(message: Message, number: int, service: apprise.NotifyBase) -> list[ApprisePost]:
    """Return the posts for one service; the files go with the last of them."""
    takes_files = bool(service.attachment_support)
    files = tuple(file for file in message.attachments if file.data) if takes_files else ()
    notes = _note_on_files(message, len(files), takes_files=takes_files)
    title, texts = _words(replace(message, notes=(*message.notes, *notes)), service)
    first, *rest = [ApprisePost(number, "", _NOT_IN_XML.sub("\ufffd", text)) for text in texts]
    posts = [replace(first, title=_NOT_IN_XML.sub("\ufffd", title)), *rest]
    return [*posts[:-1], replace(posts[-1], files=files)]


def _note_on_files(message: Message, shown: int, *, takes_files: bool) -> list[str]:
    missing = len(message.attachments) - shown
    why = "they are empty" if takes_files else "this service takes none"
    return [f"{missing} of {len(message.attachments)} attachments are missing: {why}"] if missing else []


def _words(message: Message, service: apprise.NotifyBase) -> tuple[str, Sequence[str]]:
    """Return the title, if the service has room for it, and the rest in pieces."""
    title = one_line(message.title)
    if len(title) > service.title_maxlen or not title.strip():
        return "", _pieces(plain(message), 0, service)
    body = plain(replace(message, title=message.code or "", code=None)).strip("\n")
    return (title, _pieces(body, len(title), service)) if body.strip() else ("", [title])


def _pieces(text: str, title: int, service: apprise.NotifyBase) -> Sequence[str]:
    room = max(service.body_maxlen - title - _MARGIN, _SHORTEST)
    marked = service.resolve_format(apprise.NotifyFormat.TEXT) is not apprise.NotifyFormat.TEXT
    pieces = split(text, room, _as_markup if marked else len)
    return [piece for piece in pieces if piece.strip()] or ["(no text)"]


def _as_markup(text: str) -> int:
    """Count the characters that a text may need as HTML or Markdown."""
    return sum(len(html.escape(each)) if each.isalnum() or each in "&<>\"'" else 2 for each in text)
