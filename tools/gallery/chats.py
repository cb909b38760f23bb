"""What a reader sees in Telegram."""

from collections.abc import Iterator
from html import escape

from tools.gallery.page import block, picture, row
from tools.gallery.scenes import Scene
from tools.gallery.stage import Arrivals, TelegramPost


def rows(scene: Scene, arrived: Arrivals) -> Iterator[str]:
    """Yield a row of what came in the chat, if anything did."""
    if arrived.telegram:
        yield row(scene.name, "\n".join(_message(scene, post) for post in arrived.telegram))


def _message(scene: Scene, post: TelegramPost) -> str:
    request, shown = post
    form = request.form()
    words = form.get("text") or form.get("caption", "")
    if form.get("parse_mode") != "HTML":
        words = escape(words)
    files = "".join(picture(file.content_type, file.data) for file in shown.files)
    stamp = f"{'🔕 ' if shown.silent else ''}{scene.first_seen_at:%H:%M}"
    bubble = block("bubble", files + block("words", words) + block("stamp", stamp))
    return bubble + block("button", escape(shown.label))
