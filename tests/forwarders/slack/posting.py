"""How a message is posted to a Slack of this machine, and what it came to."""

from typing import Any

from hypothesis import strategies as st

from forwarders.base import Attachment, Message
from forwarders.slack import Slack

MESSAGE = Message(
    title="SMS from Bank",
    text="481 516 is your code",
    fields=(("To", "+12025550143"), ("SIM", "2")),
    notes=("arrived 3 h late",),
    code="481516",
)
PICTURE = Attachment("view.png", "image/png", b"\x89PNG")
PARAGRAPH = "Grüße & <Küsse> — 你好世界 😀 'quoted' *stars* https://example.org/?a=1&b=2 and words.\n"
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


async def send(slack: Slack, message: Message) -> list[str | None]:
    return [await slack.send(post) for post in slack.plan(message)]


def elements(payload: Any) -> list[dict[str, Any]]:
    return [each for block in payload["blocks"] for part in block["elements"] for each in part["elements"]]
