"""The posts of a message: text with markup in pieces that fit, and the files that go with it."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from forwarders.base import Attachment, Message
from forwarders.parts import PartedPost
from forwarders.telegram.pictures import LARGEST_FILE, claims_to_be_picture, is_photo, is_picture
from forwarders.text import as_file, file_name, split, utf16

LONGEST_TEXT = 4096
"""UTF-16 units of a text without its markup. https://core.telegram.org/bots/api#sendmessage"""
LONGEST_CAPTION = 1024
"""UTF-16 units of a caption without its markup. https://core.telegram.org/bots/api#sendphoto"""
LARGEST_ALBUM = 10
"""Files of an album. https://core.telegram.org/bots/api#sendmediagroup"""
MOST_TEXTS = 4
"""A text of more posts becomes the first of them, and a file with the whole text."""
_MARGIN = 64
"""UTF-16 units that are reserved for what we add to a piece."""
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
"""Telegram drops these; they are replaced, so that a reader sees a new line."""
_DECOMPOSED = re.compile(
    "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|.[\u0300-\u036f\u0653-\u0655\u3099\u309a]{1,16}",
    re.DOTALL,
)
"""Syllables of Hangul, and letters with marks: Telegram drops some marks, such as the ring of a Swedish å."""
_LABELS = r"(?:[a-z0-9-]{0,62}[a-z0-9]\.)+"
_LINK = (
    rf"(?<!\S)[^\s@./?#]*(?ai:(?<![a-z0-9])https?://{_LABELS}[a-z]{{2,63}}|(?<![^\s(]){_LABELS}(?:com|net|org))"
    r"/[^\s<>\"«»()\[\]{}\u2000-\u206f]*"
)
"""What Telegram is sure to make a link, such as `tiktok.com/@name`.

No name in it is a mention, and an invisible character would end it.
https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp
"""
_MENTION = re.compile(rf"({_LINK})|(?<!\w)@(?=\w)")
_UNMENTIONED = "@\u2060"
"""An invisible character keeps Telegram from taking a name for a mention, which would notify a person."""
_AS_FILES = "Telegram cannot show one of these, so all come as files"
_IN_A_FILE = "\n\n… all of it is in the file"


@dataclass(frozen=True, slots=True)
class RichText:
    """Text with markup: spans of a tag (or none) and a text."""

    spans: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def plain(self) -> str:
        """The text as a reader sees it."""
        return "".join([text for _, text in self.spans])

    @property
    def html(self) -> str:
        """The text escaped, with tags: https://core.telegram.org/bots/api#html-style."""
        return "".join([_tag(tag, html.escape(text, quote=False)) for tag, text in self.spans])

    def cut(self, limit: int) -> list["RichText"]:
        """Cut into pieces of at most `limit` UTF-16 units; markup continues in the next piece."""
        if utf16(plain := self.plain) <= limit:
            return [self]
        pieces = split(plain, limit, utf16)
        ends = list(accumulate(map(len, pieces)))
        return [self._between(end - len(piece), end) for piece, end in zip(pieces, ends, strict=True)]

    def _between(self, start: int, end: int) -> "RichText":
        spans, at = [], 0
        for tag, text in self.spans:
            spans.append((tag, text[max(0, start - at) : max(0, end - at)]))
            at += len(text)
        return RichText(tuple(span for span in spans if span[1]))


@dataclass(frozen=True, slots=True)
class TelegramPost(PartedPost):
    """A text, or up to ten files with the text as their caption; `code` gets a button that copies it.

    Files that are `needed` hold text that is in no other post; those that are `too_large` are never sent.
    """

    text: RichText
    photos: bool = False
    code: str | None = field(default=None, repr=False)
    silent: bool = False
    markup: bool = True
    needed: bool = False
    too_large: bool = False

    @property
    def has_words(self) -> bool:
        """Whether there is a text."""
        return bool(self.text.spans)

    def without_words(self) -> "TelegramPost":
        """Return the files alone, without a sound: the text made one."""
        return replace(self, text=RichText(), code=None, silent=True)

    def with_files_mentioned(self) -> "TelegramPost":
        """Return the post with a note in place of its files."""
        names = ", ".join(f"“{file_name(file)}”" for file in self.files)
        text = _with_note(self.text, f"Telegram did not accept {names}")
        return replace(self, files=(), indexes=(), photos=False, text=text)

    def without_markup(self) -> "TelegramPost":
        """Return the post without markup and button."""
        return replace(self, markup=False)

    def with_photos_as_files(self) -> "TelegramPost":
        """Return the post with its photos as files."""
        noted = _with_note(self.text, _AS_FILES)
        fits = len(self.files) > 1 and utf16(noted.plain) <= LONGEST_CAPTION
        return replace(self, photos=False, text=noted if fits else self.text)


def compose(message: Message) -> tuple[TelegramPost, ...]:
    """Return the posts of a message; a short text is the caption of the files."""
    if not message.attachments:
        return tuple(_texts(message, _compose_text(message)))
    message = replace(message, notes=(*message.notes, *_remarks(message.attachments)))
    text = _compose_text(message)
    albums = [
        TelegramPost(RichText(), files=files, photos=photos, silent=True)
        for photos, files in _group([file for file in message.attachments if _fits(file)])
    ]
    lost = tuple(file for file in message.attachments if len(file.data) > LARGEST_FILE)
    never = [TelegramPost(RichText(), files=lost, silent=True, too_large=True)] if lost else []
    if not albums or utf16(text.plain) > LONGEST_CAPTION or (message.code and len(albums[0].files) > 1):
        return (*_texts(message, text), *albums, *never)
    return (replace(albums[0], text=text, code=message.code, silent=message.silent), *albums[1:], *never)


def _with_note(text: RichText, note: str) -> RichText:
    gap = (("", "\n\n"),) if text.spans else ()
    return RichText((*text.spans, *gap, ("i", clean(note))))


def _texts(message: Message, text: RichText) -> list[TelegramPost]:
    """Return the posts of a text; only the first of them makes a sound and has the button."""
    first, *rest = text.cut(LONGEST_TEXT - _MARGIN)
    opening = TelegramPost(first, code=message.code, silent=message.silent)
    if len(rest) < MOST_TEXTS:
        marked = (
            RichText((("i", f"{at}/{len(rest) + 1}\n"), *piece.spans)) for at, piece in enumerate(rest, 2)
        )
        return [opening, *(TelegramPost(piece, silent=True) for piece in marked)]
    whole = TelegramPost(RichText(), files=(as_file(message),), silent=True, needed=True)
    return [replace(opening, text=RichText((*first.spans, ("i", _IN_A_FILE)))), whole]


def _compose_text(message: Message) -> RichText:
    """Return the text: the code first, for notifications, then the title, the text, and the rest."""
    fields = "\n".join(f"{label}: {value}" for label, value in message.fields)
    notes = "\n".join(message.notes)
    spans = [
        ("code", message.code or ""),
        ("b", message.title),
        ("", message.text),
        ("", fields),
        ("i", notes),
    ]
    shown = [(tag, clean(text)) for tag, text in spans if text.strip()]
    return RichText(_separate(shown or [("i", "(no text)")]))


def clean(text: str) -> str:
    """Return a text that Telegram shows as it was typed."""
    lines = _LINE_ENDS.sub("\n", text)
    composed = lines if lines.isascii() else _DECOMPOSED.sub(_compose_letter, lines)
    return _MENTION.sub(lambda found: found[1] or _UNMENTIONED, composed)


def _compose_letter(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found[0])


def _separate(spans: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Separate blocks by an empty line; what follows a code is right below it."""
    parted = list(spans[:1])
    for span in spans[1:]:
        parted += [("", "\n" if parted[-1][0] == "code" else "\n\n"), span]
    return tuple(parted)


def _tag(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>" if tag else text


def _fits(file: Attachment) -> bool:
    return 0 < len(file.data) <= LARGEST_FILE


def _remarks(files: Iterable[Attachment]) -> Iterator[str]:
    """Yield a remark on each file that is missing, or not shown as expected."""
    for file in files:
        name = f"“{file_name(file)}”"
        if not file.data:
            yield f"{name} is empty"
        elif not _fits(file):
            yield f"{name} is too large for Telegram ({len(file.data) // 1_000_000} MB)"
        elif claims_to_be_picture(file) and not is_picture(file.data):
            yield f"{name} is not a picture that Telegram can show, so it comes as a file"


def _group(files: Sequence[Attachment]) -> Iterator[tuple[bool, tuple[Attachment, ...]]]:
    """Yield the files in groups, photos first, each within the limits of one request."""
    for photos in (True, False):
        album: list[Attachment] = []
        for file in (file for file in files if is_photo(file) is photos):
            if len(album) == LARGEST_ALBUM or not _fit_in_request([*album, file]):
                yield photos, tuple(album)
                album = []
            album.append(file)
        if album:
            yield photos, tuple(album)


def _fit_in_request(album: Iterable[Attachment]) -> bool:
    return sum(len(file.data) for file in album) <= LARGEST_FILE
