"""The page of an answer by SMS: what a person does in Telegram, and what the chat shows then."""

import asyncio
from collections.abc import AsyncIterator
from html import escape

from forwarders.telegram.conversation import HEADER, webhook_secret
from relay.app import App, build_app
from relay.config import load
from relay.events import parse
from relay.logs import Log
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN
from testkit.services.telegram_chat import BOT, Bubble, TelegramChat
from tools.function import ROOT
from tools.gallery.page import block, row
from tools.gallery.scenes import MUM, PHONE, Scene
from tools.gallery.stage import PATIENCE, Clock, NotDelivered

ANNA, SECRET = 4711, "a-secret-of-the-gallery"
QUESTION = "Are you coming? The soup is nearly ready."
ANSWER, LATER = "On my way, 20 minutes 🚲", "Leave me some!"


class Stage:
    """A chat in which one person answers, and a phone that does as it is asked."""

    def __init__(self, chat: TelegramChat, gateway: Gateway) -> None:
        self.chat = chat
        self.gateway = gateway
        self._clock = Clock()
        environ = {
            "API_KEY": "nobody-posts-here",
            "CONFIG_FILE": "tools/gallery/answers.toml",
            "LEDGER_SECRET": SECRET,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": CHAT,
            "TELEGRAM_API_URL": chat.url,
            "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
            "SMSGATE_USER": USER,
            "SMSGATE_PASSWORD": PASSWORD,
        }
        self.app: App = build_app(load(environ, ROOT), Log("ERROR", structured=False), self._clock)

    async def post(self, event: str, at: int, **payload: object) -> Bubble:
        """Let the phone post an event; return the chat's latest message."""
        scene = Scene("", event, at, payload)
        self._clock.now = scene.first_seen_at.timestamp()
        deadline = asyncio.get_running_loop().time() + PATIENCE
        deliveries = await self.app.relay.handle(parse(scene.body), scene.body, deadline)
        if self.app.replies is None or not deliveries or any(each.open for each in deliveries):
            raise NotDelivered(event)
        await self.app.replies.finish(deadline)
        return self.chat.latest

    async def update(self, body: bytes) -> Bubble:
        """Let Telegram post what a person did; return the chat's latest message."""
        replies = self.app.replies
        if replies is None:
            raise NotDelivered("replies")
        names = replies.authenticate({HEADER: webhook_secret(str(BOT), SECRET.encode())})
        status, _, _ = await replies.answer(names, body, asyncio.get_running_loop().time() + PATIENCE)
        if status != 200:  # noqa: PLR2004  (HTTP's)
            raise NotDelivered(f"an update, {status}")
        return self.chat.latest

    async def say(self, text: str, number: int) -> Bubble:
        """Let the person reply to a message."""
        return await self.update(self.chat.said(text, ANNA, answers=number, at=self._clock.now))

    async def press(self, label: str) -> Bubble:
        """Let the person press a button."""
        return await self.update(self.chat.pressed(label, ANNA))


async def rows() -> list[str]:
    """Play an answer that arrives and one that does not; return a row for each step.

    Raises:
        NotDelivered: a step did not come to its end.
    """
    async with TelegramChat() as chat, Gateway(PHONE) as gateway:
        stage = Stage(chat, gateway)
        try:
            return [row(name, content) for name, content in [each async for each in _steps(stage)]]
        finally:
            await stage.app.aclose()


async def _steps(stage: Stage) -> AsyncIterator[tuple[str, str]]:
    """Yield each step: its name, and what the chat shows then."""
    sms = await stage.post("sms:received", 802, sender=MUM, message=QUESTION, simNumber=1)
    number = max(stage.chat.bubbles)
    yield "An SMS is forwarded", _bot(sms)
    asked = await stage.say(ANSWER, number)
    yield "You reply to it, and are asked", _mine(ANSWER) + _bot(asked)
    yield "After Send", _bot(await stage.press("Send"))
    [sent] = stage.gateway.accepted.values()
    await stage.post("sms:sent", 803, messageId=sent["id"], recipient=MUM)
    yield (
        "When it has arrived",
        _bot(await stage.post("sms:delivered", 804, messageId=sent["id"], recipient=MUM)),
    )
    await stage.say(LATER, number)
    await stage.press("Send")
    later = list(stage.gateway.accepted.values())[-1]
    reason = "Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)"
    failed = await stage.post("sms:failed", 806, messageId=later["id"], recipient=MUM, reason=reason)
    yield "One that the phone could not send", _mine(LATER) + _bot(failed)


def _bot(bubble: Bubble) -> str:
    buttons = "".join(block("button", escape(label)) for label in bubble.buttons)
    return block("bubble", block("words", bubble.html)) + block("buttons", buttons)


def _mine(text: str) -> str:
    return block("bubble mine", block("words", escape(text)))
