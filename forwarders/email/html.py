"""The HTML form of a mail."""

from html import escape

from forwarders.base import Message

_FONT = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
_CODE = "margin:0 0 16px;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:2px"
_TEXT = "margin:0 0 16px;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext"
_SMALL = "margin:0 0 16px;font-size:14px;opacity:.75"  # no grey is legible on both a light and a dark ground


def render_html(message: Message) -> str:
    """Return the message as a page: the code in large type, the text as typed, then fields and notes."""
    parts = (
        _paragraph(_CODE, message.code or ""),
        _paragraph(_TEXT, message.text or ("" if message.code else message.title)),
        _fields(message.fields),
        "".join(_paragraph(_SMALL + ";font-style:italic", note) for note in message.notes),
    )
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>\n'
        f'<body style="margin:0;padding:16px;{_FONT}">\n'
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _fields(fields: tuple[tuple[str, str], ...]) -> str:
    rows = "".join(_row(label, value) for label, value in fields)
    return f'<table role="presentation" style="{_SMALL};border-spacing:0">{rows}</table>' if rows else ""


def _row(label: str, value: str) -> str:
    return (
        f'<tr><td style="padding:0 12px 0 0;vertical-align:top">{_escape(label)}</td>'
        f'<td dir="auto" style="padding:0;vertical-align:top">{_escape(value)}</td></tr>'
    )


def _paragraph(style: str, text: str) -> str:
    return f'<div dir="auto" style="{style}">{_escape(text)}</div>' if text else ""


def _escape(text: str) -> str:
    """Escape a text; line breaks become `<br>`, because some mail programs do not support `pre-wrap`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br>".join(escape(line) for line in lines)
