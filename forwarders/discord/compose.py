"""The posts of a message for Discord: its text in pieces that fit, and the files that go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from forwarders.base import Attachment, Message
from forwarders.discord.markdown import escape, escaped_size
from forwarders.parts import PartedPost
from forwarders.text import as_file, file_name, one_line, split, utf16

LONGEST_TEXT = 2000
"""Characters of a message, its markup included.
https://discord.com/developers/docs/resources/webhook#execute-webhook"""
MOST_FILES = 10
"""Files of one message. https://discord.com/developers/docs/reference#uploading-files"""
_LONGEST_HEAD = 500
_MOST_TEXTS = 4
_IN_A_FILE = "\n\n*… all of it is in the file*"


@dataclass(frozen=True, slots=True)
class DiscordPost(PartedPost):
    """One message: text with Discord's markup, and the files below it."""

    content: str = field(repr=False)
    silent: bool = False

    @property
    def has_words(self) -> bool:
        """Whether there is a text."""
        return bool(self.content)

    def without_words(self) -> "DiscordPost":
        """Return the files alone, without a sound: the text made one."""
        return replace(self, content="", silent=True)

    def with_files_mentioned(self) -> "DiscordPost":
        """Return the post with a note in place of its files."""
        names = ", ".join(file_name(file) for file in self.files)
        lost = escape(one_line(f"Discord does not take: {names}", _LONGEST_HEAD, escaped_size))
        room = LONGEST_TEXT - _LONGEST_HEAD
        content = f"{self.content}\n\n{lost}" if len(self.content) <= room else self.content
        return replace(self, content=content.strip(), files=(), indexes=())


def compose(message: Message) -> tuple[DiscordPost, ...]:
    """Return the posts of a message: only the first makes a sound, the files start with the last text."""
    files = [file for file in message.attachments if file.data]
    texts = _texts(replace(message, notes=(*message.notes, *_remarks(message.attachments))))
    if len(texts) > _MOST_TEXTS:
        texts = [texts[0] + _IN_A_FILE]
        files.insert(0, as_file(message))
    groups = [tuple(files[first : first + MOST_FILES]) for first in range(0, len(files), MOST_FILES)] or [()]
    posts = [
        *(DiscordPost(text) for text in texts[:-1]),
        DiscordPost(texts[-1], files=groups[0]),
        *(DiscordPost("", files=group) for group in groups[1:]),
    ]
    return tuple(replace(post, silent=message.silent or number > 0) for number, post in enumerate(posts))


def _texts(message: Message) -> list[str]:
    head = _head(message)
    body = _body(message) if head else "\n\n".join([message.title, message.code or "", _body(message)])
    room = LONGEST_TEXT - utf16(head) - len(_IN_A_FILE) - len("\n")
    pieces = [escape(piece) for piece in split(body, room, escaped_size) if piece.strip()]
    first = "\n".join(filter(None, [head, *pieces[:1]])) or "(no text)"
    return [first, *pieces[1:]]


def _head(message: Message) -> str:
    """Return code and title, the code first, for notifications; nothing if the title is too long."""
    title, code = one_line(message.title), message.code or ""
    if escaped_size(title + code) > _LONGEST_HEAD - 10 or "`" in code:
        return ""
    bold = "" if "://" in title else "**"  # markup within a link cannot be escaped, and would end it
    return "\n".join(filter(None, [code and f"`{code}`", title and f"{bold}{escape(title)}{bold}"]))


def _body(message: Message) -> str:
    fields = "\n".join(f"{label}: {value}" for label, value in message.fields)
    blocks = [message.text, fields, "\n".join(message.notes)]
    return "\n\n".join(block for block in blocks if block.strip()).replace("\r\n", "\n")


def _remarks(files: Sequence[Attachment]) -> Iterator[str]:
    for file in files:
        if not file.data:
            yield f"“{file_name(file)}” is empty"
