"""The page of what a reader sees in Telegram."""

from collections.abc import Iterator
from html import escape

from tools.gallery.page import block, picture, row
from tools.gallery.scenes import Scene
from tools.gallery.stage import Arrivals, TelegramPost


def rows(scene: Scene, arrivals: Arrivals) -> Iterator[str]:
    """Yield a row with what the chat received, if anything."""
    if arrivals.telegram:
        yield row(scene.name, "\n".join(_message(scene, post) for post in arrivals.telegram))


def _message(scene: Scene, post: TelegramPost) -> str:
    request, shown = post
    form = request.form()
    text = form.get("text") or form.get("caption", "")
    if form.get("parse_mode") != "HTML":
        text = escape(text)
    files = "".join(picture(file.content_type, file.data) for file in shown.files)
    stamp = f"{'🔕 ' if shown.silent else ''}{scene.first_seen_at:%H:%M}"
    bubble = block("bubble", files + block("words", text) + block("stamp", stamp))
    return bubble + block("button", escape(shown.label))
