"""The page of what a reader sees in Slack."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from testkit.services.slack import Posted
from tools.gallery.page import block, picture, row
from tools.gallery.scenes import Scene
from tools.gallery.stage import Arrivals

_TAGS = {"bold": "b", "italic": "i", "code": "code"}
_CONTENT_TYPES = {".png": "image/png"}


def rows(scene: Scene, arrivals: Arrivals) -> Iterator[str]:
    """Yield a row for each channel that received something: first the bot's, then the webhook's."""
    by_bot = [post for post in arrivals.slack if post.payload.keys() & {"channel", "channel_id"}]
    by_webhook = [post for post in arrivals.slack if post not in by_bot]
    for channel, posts, note in (("#team", by_bot, ""), ("#work", by_webhook, ': content = "code"')):
        if posts:
            yield row(scene.name + note, block("channel", channel) + _message(scene, posts))


def _message(scene: Scene, posts: list[Posted]) -> str:
    """Show posts that belong together under one name, as Slack does."""
    head = block("name", f"<b>SMS relay</b><i>APP</i>{scene.first_seen_at:%H:%M}")
    return block("post", head + "".join(_text(post.payload) + _files(post) for post in posts))


def _text(payload: Mapping[str, Any]) -> str:
    sections = (section for each in payload.get("blocks", ()) for section in each["elements"])
    return block("words", "".join(_element(each) for section in sections for each in section["elements"]))


def _element(element: Mapping[str, Any]) -> str:
    text = escape(element["text"])
    if element["type"] == "link":
        text = f"<a>{text}</a>"
    for style in element.get("style", ()):
        text = f"<{_TAGS[style]}>{text}</{_TAGS[style]}>"
    return text


def _files(post: Posted) -> str:
    return "".join(
        block("file", escape(name)) + picture(_CONTENT_TYPES[name[name.rindex(".") :]], data)
        for name, data in post.files
    )
