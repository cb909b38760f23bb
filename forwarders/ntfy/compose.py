"""The posts that tell a message by ntfy: plain words in pieces that fit, then files, one a post."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from forwarders.base import Attachment, Message, Post
from forwarders.text import as_file, file_name, one_line, plain, split

LONGEST_TEXT = 4000
"""Bytes of a message in JSON: the server makes a file of what is longer than 4096 bytes without it.
https://docs.ntfy.sh/publish/#limitations"""
LONGEST_TITLE = 250
_MOST_TEXTS = 4
_QUIET = 2
"""A priority that neither sounds nor vibrates. https://docs.ntfy.sh/publish/#message-priority"""
_MARGIN = 32


@dataclass(frozen=True, slots=True)
class NtfyPost(Post):
    """One notification, of words or of a file.

    `sequence` makes a notification that comes twice replace itself; `needed` says that the file holds
    words of the message that stand nowhere else.
    """

    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    code: str | None = field(default=None, repr=False)
    file: Attachment | None = field(default=None, repr=False)
    needed: bool = False
    priority: int = 3
    sequence: str = ""

    def rest(self, settled: frozenset[str]) -> None:
        """Return None: the file is all that can be settled, and the post has nothing else."""


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


def unfiled(post: NtfyPost, file: Attachment) -> NtfyPost:
    """Return the post with words in the place of its file."""
    return replace(
        post, text=f"“{file_name(file)}” came too, but the ntfy server does not take it", file=None
    )


def in_json(text: str) -> int:
    """Count bytes in JSON: its escapes count towards what the server reads."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _words(message: Message, empty: int) -> tuple[str, list[str]]:
    """Return the title and the rest in pieces; where there is no rest, the title is the text."""
    title = one_line(message.title, LONGEST_TITLE, in_json)
    notes = (*message.notes, *([f"{empty} attachments are empty"] if empty else []))
    kept = message.title if one_line(message.title) != title else ""
    body = plain(replace(message, title=kept, notes=notes)).strip("\n")
    room = LONGEST_TEXT - _MARGIN
    texts = [piece for piece in split(body, room, in_json) if piece.strip()]
    return (title, texts) if texts else ("", [title or "(no text)"])


def _numbered(posts: Sequence[NtfyPost], message: Message, priority: int) -> Iterator[NtfyPost]:
    name = sha256(message.key.encode()).hexdigest()[:24] if message.key else ""
    quiet = min(priority, _QUIET)
    for number, post in enumerate(posts):
        loud = number == 0 and not message.silent
        sequence = f"{name}-{number}" if name else ""
        yield replace(post, priority=priority if loud else quiet, sequence=sequence)
