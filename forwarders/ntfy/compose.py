"""The posts of a message for ntfy: plain text in pieces that fit, then files, one per post."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from forwarders.base import Attachment, Message, Post
from forwarders.text import as_file, file_name, one_line, plain, split

LONGEST_TEXT = 4000
"""Bytes of a message in JSON: the server turns a text of more than 4096 bytes without it into a file.
https://docs.ntfy.sh/publish/#limitations"""
LONGEST_TITLE = 250
_MOST_TEXTS = 4
_SILENT_PRIORITY = 2
"""A priority that neither sounds nor vibrates. https://docs.ntfy.sh/publish/#message-priority"""
_MARGIN = 32


@dataclass(frozen=True, slots=True)
class NtfyPost(Post):
    """One notification, of text or of a file.

    `sequence` makes a notification that arrives twice replace itself; `needed` says that the file holds
    text of the message that is in no other post.
    """

    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    code: str | None = field(default=None, repr=False)
    file: Attachment | None = field(default=None, repr=False)
    needed: bool = False
    priority: int = 3
    sequence: str = ""

    def rest(self, settled: frozenset[str]) -> None:
        """Return None: the file is the only part, and it is settled."""


def compose(message: Message, priority: int) -> tuple[NtfyPost, ...]:
    """Return the posts of a message; only the first makes a sound and has the code's button."""
    files = [file for file in message.attachments if file.data]
    title, texts = _words(message, len(message.attachments) - len(files))
    posts = [NtfyPost(title, text) for text in texts]
    if len(posts) > _MOST_TEXTS:
        first = f"{texts[0]}\n… all of it is in the file"
        posts = [NtfyPost(title, first), NtfyPost(title, file=as_file(message), needed=True)]
    posts[0] = replace(posts[0], code=message.code)
    posts += [NtfyPost(title, file=file) for file in files]
    return tuple(_numbered(posts, message, priority))


def with_file_mentioned(post: NtfyPost, file: Attachment) -> NtfyPost:
    """Return the post with a note in place of its file."""
    return replace(
        post, text=f"“{file_name(file)}” came too, but the ntfy server does not take it", file=None
    )


def json_size(text: str) -> int:
    """Count bytes in JSON: its escapes count towards what the server reads."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _words(message: Message, empty: int) -> tuple[str, list[str]]:
    """Return the title and the rest in pieces; where there is no rest, the title is the text."""
    title = one_line(message.title, LONGEST_TITLE, json_size)
    notes = (*message.notes, *([f"{empty} attachments are empty"] if empty else []))
    kept = message.title if one_line(message.title) != title else ""
    body = plain(replace(message, title=kept, notes=notes)).strip("\n")
    room = LONGEST_TEXT - _MARGIN
    texts = [piece for piece in split(body, room, json_size) if piece.strip()]
    return (title, texts) if texts else ("", [title or "(no text)"])


def _numbered(posts: Sequence[NtfyPost], message: Message, priority: int) -> Iterator[NtfyPost]:
    name = sha256(message.key.encode()).hexdigest()[:24] if message.key else ""
    silent = min(priority, _SILENT_PRIORITY)
    for number, post in enumerate(posts):
        makes_sound = number == 0 and not message.silent
        sequence = f"{name}-{number}" if name else ""
        yield replace(post, priority=priority if makes_sound else silent, sequence=sequence)
