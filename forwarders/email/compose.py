"""The mail for a message: its content, then its encoding."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.charset import BASE64, QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, make_msgid
from hashlib import sha256
from typing import NamedTuple

from forwarders.base import Attachment, Message, Post
from forwarders.email.address import Mailbox
from forwarders.email.html import render_html
from forwarders.text import file_name, one_line

_WIRE = compat32.clone(linesep="\r\n")  # the newer policies lose spaces where they fold a header
_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/[a-z0-9][\w.+-]*", re.ASCII)
_LONGEST_WORD = 60  # a header is folded between words: with "Subject: " one fits on a line of 78
_LONGEST_NAME = 75  # code points; percent-encoded they must fit on a line of 998


class Recipient(NamedTuple):
    """A recipient for whom the text of a mail, its files or both are pending.

    `number` is the position in `to`, from 1. `words` and `files` name the two parts of the mail for this
    recipient, the same at every attempt; an empty one is not pending.
    """

    address: str
    number: int
    words: str
    files: str

    def after(self, settled: Collection[str]) -> "Recipient":
        """Return the recipient with what is pending once these parts are settled."""
        words, files = ("" if part in settled else part for part in (self.words, self.files))
        return self._replace(words=words, files=files)

    @property
    def pending(self) -> frozenset[str]:
        """Return the names of the parts that are pending."""
        return frozenset(filter(None, (self.words, self.files)))


@dataclass(frozen=True, slots=True)
class EmailPost(Post):
    """One mail, without what changes from one attempt to the next; `html` is empty in the simplified form.

    `to` are the recipients with something pending; `resumed` says that an earlier attempt settled something.
    """

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    key: str = ""
    thread: str = ""
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    to: tuple[Recipient, ...] = field(default=(), repr=False)
    resumed: bool = False

    def rest(self, settled: frozenset[str]) -> "EmailPost | None":
        """Return the mail for the recipients with something pending; None if there are none."""
        left = (recipient.after(settled) for recipient in self.to)
        to = tuple(recipient for recipient in left if recipient.pending)
        return replace(self, to=to, resumed=True) if to else None

    @property
    def parts(self) -> frozenset[str]:
        """Return the names of all parts that are pending."""
        return frozenset().union(*(recipient.pending for recipient in self.to))

    def simplified(self) -> "EmailPost":
        """Return the mail without HTML and attachments, with a note that names these."""
        names = ", ".join(map(file_name, self.attachments))
        missing = f"\n\nThe mail server did not take: {names}" if names else ""
        return replace(self, text=self.text + missing, html="", attachments=())

    def with_files_only(self) -> "EmailPost":
        """Return a mail with an id of its own, with the attachments for those who already have the text."""
        names = ", ".join(map(file_name, self.attachments))
        key = f"{self.key}.files" if self.key else ""
        return replace(self, text=f"The attachments that were missing: {names}", html="", key=key)


def compose(message: Message, to: Sequence[Mailbox]) -> EmailPost:
    """Return the mail for a message; the code, if there is one, comes first in the subject."""
    return EmailPost(
        subject=one_line(f"{message.code} - {message.title}" if message.code else message.title),
        text=_plain(message),
        html=render_html(message),
        key=_digest(message.key),
        thread=_digest(message.thread),
        attachments=message.attachments,
        to=tuple(_recipient(message, number, box) for number, box in enumerate(to, 1)),
    )


def encode(post: EmailPost, sender: Mailbox, to: Sequence[Mailbox], moment: datetime) -> bytes:
    """Return the mail as bytes: 7-bit, CRLF, no line too long, so that every mail server accepts it."""
    mail = _body(post)
    mail["From"] = str(sender)
    mail["To"] = ", ".join(map(str, to))
    mail["Subject"] = _header(post.subject)  # type: ignore[assignment]  # it accepts a Header, which the stubs do not say
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = f"<{post.key}@{sender.domain}>" if post.key else make_msgid(domain=sender.domain)
    if post.thread:
        mail["In-Reply-To"] = mail["References"] = f"<t.{post.thread}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834
    return mail.as_bytes(policy=_WIRE)


def _recipient(message: Message, number: int, box: Mailbox) -> Recipient:
    """Return a recipient with the names of its parts; they are stored, so they contain no address."""
    part = sha256(f"{message.key}\0{box.canonical}".encode()).hexdigest()[:16]
    return Recipient(box.address, number, part, f"{part}-files" if message.attachments else "")


def _digest(name: str) -> str:
    """Return a digest of a name for a message id, short enough to stay on one line."""
    return sha256(name.encode()).hexdigest()[:24] if name else ""


def _plain(message: Message) -> str:
    fields = "\n".join(f"{label}: {value}" for label, value in message.fields)
    parts = (message.code or "", message.text, fields, "\n".join(message.notes))
    return "\n\n".join(part for part in parts if part) or message.title


def _body(post: EmailPost) -> MIMEBase:
    words = _text(post.text, "plain")
    if post.html:
        words = MIMEMultipart("alternative", _subparts=[words, _text(post.html, "html")])
    if not post.attachments:
        return words
    return MIMEMultipart("mixed", _subparts=[words, *map(_file, post.attachments)])


def _text(text: str, kind: str) -> MIMEBase:
    """Return a text part; ASCII as quoted-printable, because spam filters distrust ASCII in base64."""
    charset = Charset("utf-8")
    charset.body_encoding = QP if text.isascii() else BASE64
    part = MIMENonMultipart("text", kind, charset="utf-8")
    part.set_payload("\r\n".join(re.split(r"\r\n|\r|\n", text)), charset)
    return part


def _file(attachment: Attachment) -> MIMEBase:
    content_type = attachment.content_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(content_type):
        content_type = "application/octet-stream"
    part = MIMEBase(*content_type.split("/"))
    part.set_payload(attachment.data)
    encode_base64(part)
    name = file_name(attachment)[-_LONGEST_NAME:]
    part.add_header(
        "Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name)
    )
    return part


def _header(text: str) -> Header:
    """Return a subject header; ASCII stays plain, unless it could be read as encoded, or cannot be folded."""
    plain = text.isascii() and "=?" not in text and max(map(len, text.split(" "))) <= _LONGEST_WORD
    return Header(text, "us-ascii" if plain else "utf-8", header_name="Subject")
