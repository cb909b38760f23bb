"""The page of what a reader sees in a mailbox."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from html import escape

from testkit.services.smtp import Mail
from tools.gallery.page import block, picture, row
from tools.gallery.scenes import Scene
from tools.gallery.stage import Arrivals

_BODY = re.compile(r'<body style="([^"]*)">(.*)</body>', re.DOTALL)


def rows(scene: Scene, arrivals: Arrivals) -> Iterator[str]:
    """Yield a row with what the mailbox received, if anything."""
    if arrivals.mails:
        yield row(scene.name, "\n".join(_mail(scene, mail) for mail in arrivals.mails))


def _mail(scene: Scene, mail: Mail) -> str:
    parsed = mail.parsed
    sender, to = escape(str(parsed["From"])), escape(str(parsed["To"]))
    subject = block("subject", escape(str(parsed["Subject"])))
    head = subject + block("from", f"<b>{sender}</b><span>{scene.first_seen_at:%H:%M}</span><p>to {to}</p>")
    return block("mail", block("head", head) + _body(mail) + block("files", _files(parsed)))


def _body(mail: Mail) -> str:
    """Return the mail's own body, with its own style."""
    found = _BODY.search(mail.part("html"))
    assert found  # noqa: S101  without it the forwarder has a bug
    return f'<div class="body" style="{found[1]}">{found[2]}</div>'


def _files(parsed: EmailMessage) -> str:
    return "".join(
        block("file", escape(str(part.get_filename()))) + picture(part.get_content_type(), part.get_content())
        for part in parsed.iter_attachments()
    )
