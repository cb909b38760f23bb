"""A page of the gallery: what each scene looks like in one service, with a caption."""

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from pathlib import Path

STYLE = Path(__file__).with_name("style.css")


def page(name: str, rows: Iterable[str], service: str = "") -> str:
    """Return a page that needs no other file; it looks like a service, by default the one of its name."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>\n'
        f"<style>\n{STYLE.read_text()}</style></head>\n"
        f'<body class="{service or name}">\n' + "\n".join(rows) + "\n</body></html>\n"
    )


def row(name: str, content: str) -> str:
    """Return a scene: its name beside what arrived."""
    return f'<section><h2>{escape(name)}</h2><div class="said">\n{content}\n</div></section>'


def block(kind: str, inner: str) -> str:
    """Return a part of a message, with a class of the style sheet; nothing if it is empty."""
    return f'<div class="{kind}">{inner}</div>' if inner else ""


def picture(content_type: str, data: bytes) -> str:
    """Return an image with the bytes that arrived."""
    return f'<img alt="" src="data:{content_type};base64,{b64encode(data).decode()}">'
