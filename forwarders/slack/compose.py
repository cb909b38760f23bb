"""The posts of a message in Slack's rich text, which is shown as it was typed.

mrkdwn has no way to escape `* _ ~` and backquotes, so it is switched off; `text`, which notifications
and screen readers use, only has to be safe: without `& < >` it can hold no mention and no link.
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from forwarders.base import Message, Post
from forwarders.parts import PartedPost
from forwarders.slack.links import split_links
from forwarders.text import as_file, file_name, split, utf16

Style = Literal["", "bold", "code", "italic"]

LONGEST_POST = 3900
"""UTF-16 units, escaped: a longer `text` is cut into several posts by Slack itself, from 4000 on.
https://docs.slack.dev/reference/methods/chat.postMessage#truncating"""
_LONGEST_ELEMENT = 3000  # https://docs.slack.dev/reference/block-kit/blocks/section-block
_LONGEST_BLOCKS = 12_000  # all of their JSON: https://github.com/slackapi/bolt-js/issues/2509
_MOST_POSTS = 4
_MOST_FILES = 10  # in one post, to keep it within the time of an attempt


@dataclass(frozen=True, slots=True)
class SlackPost(Post):
    """One chat message: its text, escaped, and the same text as blocks in JSON."""

    text: str = field(repr=False)
    blocks: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UploadPost(PartedPost):
    """Files that are shown together; or, if Slack takes none of them, a text that mentions them."""

    text: str = field(default="", repr=False)

    @property
    def has_words(self) -> bool:
        """Whether there is a text."""
        return bool(self.text)

    def without_words(self) -> "UploadPost":
        """Return the post: it is only ever planned with files alone."""
        return self

    def with_files_mentioned(self) -> "UploadPost":
        """Return the post with a note in place of its files."""
        names = ", ".join(f"“{file_name(file)}”" for file in self.files)
        return UploadPost(text=escape(f"Slack does not take {names}"))


class _Run(NamedTuple):
    text: str
    style: Style = ""


def posts(message: Message, *, takes_files: bool) -> tuple[SlackPost | UploadPost, ...]:
    """Return the posts of a message; with files accepted, a text of more than four posts becomes a file."""
    files = tuple(file for file in message.attachments if file.data) if takes_files else ()
    texts = _cut(_runs(message, _note_on_files(message, len(files), takes_files=takes_files)))
    if takes_files and len(texts) > _MOST_POSTS:
        texts = [[*texts[0], _Run("\n… the whole text is in the file below", "italic")]]
        files = (as_file(message), *files)
    uploads = [
        UploadPost(files=files[first : first + _MOST_FILES]) for first in range(0, len(files), _MOST_FILES)
    ]
    return (*map(_post, texts), *uploads)


def _note_on_files(message: Message, shown: int, *, takes_files: bool) -> str:
    if shown == len(message.attachments):
        return ""
    why = "they are empty" if takes_files else "for files Slack wants a bot token in place of the webhook"
    return f"{len(message.attachments) - shown} of {len(message.attachments)} attachments are missing: {why}"


def _runs(message: Message, note_on_files: str) -> list[_Run]:
    """Return a message as runs of one style each: title, code, text, then fields and notes."""
    runs = [_Run(message.title or "(no title)", "bold")]
    if message.code:
        runs += [_Run("\n"), _Run(message.code, "code")]
    if message.text:
        runs += [_Run("\n"), _Run(message.text)]
    for number, (label, value) in enumerate(message.fields):
        runs += [_Run("\n" if number else "\n\n"), _Run(label, "bold"), _Run(f": {value}")]
    for note in filter(None, (*message.notes, note_on_files)):
        runs += [_Run("\n"), _Run(note, "italic")]
    return [run for run in runs if run.text]


def _cut(runs: list[_Run]) -> list[list[_Run]]:
    """Cut into pieces that fit in a post; a blank piece is left out, as Slack would refuse it."""
    rest = deque(runs)
    pieces = split("".join(run.text for run in runs), LONGEST_POST, lambda text: utf16(escape(text)))
    cut = [(piece, list(_take(rest, len(piece)))) for piece in pieces]
    return [part for piece, part in cut if piece.strip()]


def _take(rest: deque[_Run], length: int) -> Iterator[_Run]:
    while length:
        run = rest.popleft()
        part, later = run.text[:length], run.text[length:]
        yield _Run(part, run.style)
        if later:
            rest.appendleft(_Run(later, run.style))
        length -= len(part)


def _post(runs: Sequence[_Run]) -> SlackPost:
    return SlackPost(escape("".join(run.text for run in runs)), _blocks(runs))


def escape(text: str) -> str:
    """Escape mentions, links and everything else that Slack writes in angle brackets."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(runs: Sequence[_Run]) -> str:
    linked = _encode([element for run in runs for element in _elements(run, split_links(run.text))])
    if len(linked) <= _LONGEST_BLOCKS:
        return linked
    return _encode([element for run in runs for element in _elements(run, [run.text])])


def _encode(elements: list[dict[str, Any]]) -> str:
    section = {"type": "rich_text_section", "elements": elements}
    return json.dumps([{"type": "rich_text", "elements": [section]}], ensure_ascii=False)


def _elements(run: _Run, parts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a run as elements; every second part is a link."""
    style: dict[str, Any] = {"style": {run.style: True}} if run.style else {}
    for number, part in enumerate(parts):
        if number % 2:
            yield {"type": "link", "url": part, "text": part, **style}
        else:
            yield from (
                {"type": "text", "text": text, **style} for text in split(part, _LONGEST_ELEMENT, utf16)
            )
